package templates

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/model"
)

// A value is stored in one pass over its fields, in source order: numbers at
// their own width, lengths of strings in four bytes, counts as varints. The bytes of
// its strings follow in a section of their own, so that a decoder makes one Go string
// of them all. Behind it is what values make of themselves that have methods for it.
//
// Each kind has three verbs:
//
//	size  adds to n, and to text what the strings take
//	put   writes to the front of b, and appends to text
//	take  reads from the front of b, and of s and own
//
// Values of fixed size that stand side by side are one run, in which a string is its
// length: one check of bounds covers them all.

// verb writes the statements of one kind for the value that expr spells.
type verb func(e *codec, w *block, expr string, t *model.Type)

// kind is how the values of a kind that is no run are stored.
type kind struct{ size, put, take verb }

// verbs returns how values of a kind are stored.
func verbs(k model.Kind) kind {
	switch k {
	case model.Slice:
		return kind{sizeSlice, putSlice, takeSlice}
	case model.Array:
		return kind{sizeArray, putArray, takeArray}
	case model.Map:
		return kind{sizeMap, putMap, takeMap}
	case model.Pointer:
		return kind{sizePointer, putPointer, takePointer}
	case model.Struct:
		return kind{sizeStruct, putStruct, takeStruct}
	case model.Custom:
		return kind{sizeOwn, putOwn, takeOwn}
	}
	panic("cachegen bug: no codec for " + k.String())
}

// codec emits the functions that store the values of one annotated type.
type codec struct {
	g      *gen
	root   *model.Type
	name   string // Product
	texts  bool   // values can have strings
	own    bool   // of which each is to be copied
	sorted bool   // maps are stored in the order of their keys

	funcs   map[*model.Type]string // types that have functions of their own
	order   []*model.Type
	customs map[*model.Type]string // types that store themselves
	owners  []*model.Type          // the same in order

	compares  map[*model.Type]string // keys that have functions to compare them
	comparers []jen.Code             // those functions

	cut    map[*model.Type][]part // structs whose functions are cut
	pieces []jen.Code             // the functions of their parts

	fail    string // the statement with which the current decoder gives up
	deep    bool   // the current function counts its depth
	n, ok   bool   // the current decoder needs a variable n, or ok
	emitted bool   // the functions are in the file
	cloned  bool   // those that copy are in the file
}

// wide is how many fields the structs of a value may have among them, until each
// struct gets functions of its own: in one function nobody finds his way any more.
const wide = 64

// newCodec decides which types get functions of their own: recursive ones, and
// structs that are stored in several places or lie in a wide one.
func (g *gen) newCodec(k codecKey) *codec {
	root := k.root
	e := &codec{
		g: g, root: root, name: g.stem(upper(root.Name)), texts: root.Strings(), own: k.own, sorted: k.order,
		funcs: map[*model.Type]string{}, customs: map[*model.Type]string{}, compares: map[*model.Type]string{}, cut: map[*model.Type][]part{},
	}
	uses, most := map[*model.Type]int{}, 2
	if fields(root, map[*model.Type]bool{}) > wide {
		most = 1
	}
	var walk func(t *model.Type)
	walk = func(t *model.Type) {
		uses[t]++
		apart := t != root && t.Named() && t.Kind == model.Struct && uses[t] == most && !fixed(t) && !small(t)
		if (t.Recursive || apart) && e.funcs[t] == "" {
			e.funcs[t] = g.stem(e.name + upper(t.Name))
			e.order = append(e.order, t)
		}
		if t.Kind == model.Custom && e.customs[t] == "" {
			e.customs[t] = g.stem(e.name + upper(t.Name))
			e.owners = append(e.owners, t)
		}
		if uses[t] > 1 || fixed(t) {
			return
		}
		if t.Key != nil {
			walk(t.Key)
		}
		if t.Elem != nil {
			walk(t.Elem)
		}
		for _, f := range t.Fields {
			if !f.Skip {
				walk(f.Type)
			}
		}
	}
	walk(root)
	return e
}

// fixed reports whether values of the type are part of a run, and all that there is
// of them.
func fixed(t *model.Type) bool {
	if t.Kind == model.Struct {
		for _, f := range t.Fields {
			if !f.Skip && !fixed(f.Type) {
				return false
			}
		}
		return true
	}
	if t.Kind == model.Array {
		return t.Len == 0 || fixed(t.Elem)
	}
	return leaf(t) && t.Kind != model.String
}

// small reports whether a struct is hardly more than the call of a function would be.
func small(t *model.Type) bool {
	return len(t.Fields) <= 3 && !slices.ContainsFunc(t.Fields, func(f model.Field) bool { return !f.Skip && !leaf(f.Type) })
}

// fields counts the fields of all structs of a value.
func fields(t *model.Type, seen map[*model.Type]bool) (n int) {
	if t == nil || seen[t] {
		return 0
	}
	seen[t] = true
	for _, f := range t.Fields {
		if !f.Skip {
			n += 1 + fields(f.Type, seen)
		}
	}
	return n + fields(t.Key, seen) + fields(t.Elem, seen)
}

// leaf reports whether a value of the type is one item of a run.
func leaf(t *model.Type) bool {
	switch t.Kind {
	case model.String:
		return true
	case model.Struct:
		return false
	case model.Array:
		return byteArray(t) || t.Len == 0
	}
	_, ok := t.Width()
	return ok
}

// row reports whether a value of the type is an array that a run goes through.
func (e *codec) row(t *model.Type) bool {
	return t.Kind == model.Array && !leaf(t) && e.flat(t.Elem)
}

// flat reports whether a value of the type is one run, or a part of one.
func (e *codec) flat(t *model.Type) bool {
	switch {
	case e.funcs[t] != "":
		return false
	case t.Kind != model.Struct:
		return leaf(t) || e.row(t)
	}
	return !slices.ContainsFunc(t.Fields, func(f model.Field) bool { return !f.Skip && !e.flat(f.Type) })
}

// constant returns the size of values of a type, without their strings, if all have
// the same and no function of its own works it out.
func (e *codec) constant(t *model.Type) (n int64, ok bool) {
	switch {
	case e.funcs[t] != "":
		return 0, false
	case t.Kind == model.Pointer:
		return 1, t.Elem.Empty() // whether it is nil is all there is to say
	case t.Kind == model.Array && t.Len > 0:
		n, ok = e.constant(t.Elem)
		return n * t.Len, ok
	case t.Kind != model.Struct:
		return t.Constant()
	}
	for _, f := range t.Fields {
		if f.Skip {
			continue
		}
		width, ok := e.constant(f.Type)
		if !ok {
			return 0, false
		}
		n += width
	}
	return n, true
}

// byteArray reports whether the type is an array that copy can fill from bytes.
func byteArray(t *model.Type) bool {
	return t.Kind == model.Array && t.Elem.Kind == model.Uint8 && !t.Elem.Named()
}

// size, put and take write the statements for one value.
func (e *codec) size(w *block, expr string, t *model.Type) {
	if n, ok := e.constant(t); ok {
		addConstant(w, n, "")
		e.text(w, expr, t)
		return
	}
	if name := e.funcs[t]; name != "" {
		e.call(w, "size", expr, t)
		return
	}
	verbs(t.Kind).size(e, w, expr, t)
}

// addConstant adds a size that does not depend on the value.
func addConstant(w *block, n int64, comment string) {
	switch {
	case n == 1:
		w.add("n++", nil)
	case n > 1:
		w.add("n += $n"+comment, vars{"n": n})
	}
}

func (e *codec) put(w *block, expr string, t *model.Type) {
	switch {
	case e.flat(t):
		r := run{e: e}
		r.add(expr, t)
		r.put(w)
	case e.funcs[t] != "":
		e.call(w, "put", expr, t)
	default:
		verbs(t.Kind).put(e, w, expr, t)
	}
}

func (e *codec) take(w *block, expr string, t *model.Type) {
	switch {
	case e.flat(t):
		r := run{e: e}
		r.add(expr, t)
		r.take(w)
	case e.funcs[t] != "":
		e.call(w, "take", expr, t)
	default:
		verbs(t.Kind).take(e, w, expr, t)
	}
}

// address returns the expression of a pointer to what expr spells.
func address(expr string) string {
	if len(expr) > 3 && expr[:2] == "(*" && expr[len(expr)-1] == ')' {
		return expr[2 : len(expr)-1]
	}
	return "&" + expr
}

// call calls the function that a type has for a verb.
func (e *codec) call(w *block, verb, expr string, t *model.Type) {
	v := vars{"f": verb + e.funcs[t], "v": address(expr), "fail": e.fail, "depth": ""}
	if t.Recursive && verb != "put" { // put comes after size, which has been there
		v["depth"] = ", 1"
		if e.deep {
			v["depth"] = ", depth+1"
		}
	}
	if verb == "size" {
		e.callSize(w, t, v)
		return
	}
	e.invoke(w, verb, v)
}

// invoke calls a function that writes or reads.
func (e *codec) invoke(w *block, verb string, v vars) {
	if verb == "take" {
		e.ok = true
		v["state"] = e.state()
		w.add("if $state, ok = $f($v, $state$depth); !ok {\n$fail\n}", v)
		return
	}
	v["state"], v["own"] = "b", ""
	if e.texts {
		v["state"] = "b, text"
	}
	if len(e.owners) > 0 {
		v["own"] = ", own"
	}
	w.add("$state = $f($state$own, $v)", v)
}

// state returns the variables that a decoder reads from.
func (e *codec) state() string {
	state := "b"
	if e.texts {
		state += ", s"
	}
	if len(e.owners) > 0 {
		state += ", own"
	}
	return state
}

func (e *codec) callSize(w *block, t *model.Type, v vars) {
	if !e.texts && !t.Recursive {
		w.add("n += $f($v)", v)
		return
	}
	v["vars"], v["zero"], v["is"] = "m", "", w.assign("m")
	if e.texts {
		v["vars"], v["zero"] = "m, t", ", 0"
	}
	w.add("$vars $is $f($v$depth)", v)
	if t.Recursive {
		w.add("if m < 0 {\nreturn m$zero\n}", v)
	}
	w.add("n += m", v)
	if e.texts {
		w.add("text += t", v)
	}
}

// comment returns a line of a doc comment.
func comment(format string, args ...any) string { return "// " + fmt.Sprintf(format, args...) + "\n" }

// recursive reports whether some type of the value is.
func (e *codec) recursive() bool {
	for _, t := range e.order {
		if t.Recursive {
			return true
		}
	}
	return false
}
