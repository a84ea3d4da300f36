package templates

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/model"
)

// Where a look at counts tells how many bytes all but the strings take, a value is
// written at once into the room that there is, and its strings are gone through once:
// ranging over a map is dear, as Go draws where each range begins. Only where there
// was too little room are they added up, and written again.

// onePass reports whether the values of the codec are written so. It gains nothing
// where the strings are found without a loop.
func (e *codec) onePass() bool {
	return e.texts && len(e.owners) == 0 && e.counted(e.root) && loops(e.root)
}

// counted reports whether counts alone tell the size of a value, without its strings.
func (e *codec) counted(t *model.Type) bool {
	if _, ok := e.constant(t); ok {
		return true
	}
	switch {
	case e.funcs[t] != "":
		return false
	case t.Kind == model.Slice, t.Kind == model.Map:
		return e.plain(t)
	case t.Kind == model.Pointer:
		return e.counted(t.Elem)
	case t.Kind != model.Struct:
		return false
	}
	for _, f := range t.Fields {
		if !f.Skip && !e.counted(f.Type) {
			return false
		}
	}
	return true
}

// plain reports whether the elements or entries of a slice or a map are of one size.
func (e *codec) plain(t *model.Type) bool {
	_, ok := e.constant(t.Elem)
	if ok && t.Kind == model.Map {
		_, ok = e.constant(t.Key)
	}
	return ok
}

// loops reports whether it takes a loop to find the strings of a value that is
// counted.
func loops(t *model.Type) bool {
	switch {
	case !t.Strings():
		return false
	case t.Kind == model.Pointer:
		return loops(t.Elem)
	case t.Kind == model.Struct:
		for _, f := range t.Fields {
			if !f.Skip && loops(f.Type) {
				return true
			}
		}
		return false
	}
	return t.Kind != model.String
}

// head writes the statements that add to n what a value takes that is counted.
func (e *codec) head(w *block, expr string, t *model.Type) {
	n, ok := e.constant(t)
	switch {
	case ok:
		addConstant(w, n, "")
	case t.Kind == model.Pointer:
		w.add("n++", nil)
		in := w.nested()
		e.head(in, "(*"+expr+")", t.Elem)
		w.add("if $v != nil {\n$in\n}", vars{"v": bare(expr), "in": in.lines()})
	case t.Kind == model.Struct:
		e.heads(w, expr, t)
	default: // a slice or a map
		w.add("n += $cachert.SizeUvarint(uint64(len($v)) + 1)", vars{"v": bare(expr)})
		width, _ := e.constant(t.Elem)
		if t.Kind == model.Map {
			key, _ := e.constant(t.Key)
			width += key
		}
		addWidth(w, max(width, 1), expr)
	}
}

func (e *codec) heads(w *block, expr string, t *model.Type) {
	var all int64
	for _, f := range t.Fields {
		if f.Skip {
			continue
		}
		if n, ok := e.constant(f.Type); ok {
			all += n
		} else {
			e.head(w, field(expr, f), f.Type)
		}
	}
	addConstant(w, all, " // fields of one size")
}

// text writes the statements that add to text what the strings of a value take that
// is counted.
func (e *codec) text(w *block, expr string, t *model.Type) {
	if !t.Strings() {
		return
	}
	switch t.Kind {
	case model.String:
		w.add("text += len($v)", vars{"v": bare(expr)})
	case model.Array, model.Slice:
		e.each(w, expr, t.Elem, e.text)
	case model.Map:
		e.entryTexts(w, expr, t)
	case model.Pointer:
		in := w.nested()
		e.text(in, "(*"+expr+")", t.Elem)
		w.add("if $v != nil {\n$in\n}", vars{"v": bare(expr), "in": in.lines()})
	case model.Struct:
		for _, f := range t.Fields {
			if !f.Skip {
				e.text(w, field(expr, f), f.Type)
			}
		}
	}
}

func (e *codec) entryTexts(w *block, expr string, t *model.Type) {
	in, names := w.nested(), [2]string{"_", "_"}
	for i, part := range []*model.Type{t.Key, t.Elem} {
		if part.Strings() {
			names[i] = in.local([]string{"k", "x"}[i])
			e.text(in, names[i], part)
		}
	}
	e.entries(w, expr, names[0], names[1], in)
}

// onceFuncs are the functions of the annotated type.
func (e *codec) onceFuncs() []jen.Code {
	return []jen.Code{e.textFunc(), e.appendOnceFunc(), e.decodeFunc()}
}

func (e *codec) textFunc() jen.Code {
	w := e.g.block()
	e.text(w, "(*v)", e.root)
	return e.g.snippet(comment("text%s returns how many bytes the strings of *v take.", e.name)+
		"func text$f(v *$T) (text int) {\n$in\nreturn text\n}", vars{"f": e.name, "T": e.g.spell(e.root), "in": w.lines()})
}

// appendOnceFunc is appendFunc in one pass. Everything is in one function: calls take all
// registers away.
func (e *codec) appendOnceFunc() jen.Code {
	v := vars{"f": e.name, "T": e.g.spell(e.root), "n": "", "from": "", "size": ""}
	if h := e.header(); h > 0 {
		v["n"] = fmt.Sprintf("n := %d\n", h)
		v["from"] = e.g.snippet("[$h:]", vars{"h": h})
		v["size"] = e.g.snippet("$binary.LittleEndian.PutUint32(head, uint32(len(text)))\n", nil)
	}
	head, put := e.g.block(), e.g.block()
	if n, ok := e.constant(e.root); ok {
		v["n"] = fmt.Sprintf("const n = %d", n)
	} else {
		e.head(head, "(*v)", e.root)
	}
	e.value(put, "put", e.root, e.name)
	v["head"], v["put"] = head.lines(), put.lines()
	return e.g.snippet(comment(appendsText, e.name)+`func append$f(dst []byte, v *$T) ([]byte, error) {
$n$head
head, text := $cachert.Room(dst, n)
if head == nil { // and room for the strings at once
t := text$f(v)
if uint64(t) > $math.MaxUint32 {
return nil, $cachert.ErrTooLarge
}
dst = $slices.Grow(dst, n+t)
head, text = $cachert.Room(dst, n)
}
b := head$from
$put
_ = b
if uint64(len(text)) > $math.MaxUint32 {
return nil, $cachert.ErrTooLarge
}
${size}return $cachert.Join(dst, head, text), nil
}`, v)
}
