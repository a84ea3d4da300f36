package templates

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/model"
)

// A copy of a value is made in place: Go copies the value itself, and its clone
// function then gives the copy slices, maps and pointers of its own. Strings are
// shared, since nobody can change them; nil and empty stay different; what is
// not stored becomes zero. The functions are those of the codec, by one more
// verb, and recursive ones count their depth as its size pass does. What nobody can
// look into is copied by the methods that store it.

// shares reports whether a copy of a value of the type shares something with it
// that can change, or has a field that is not to be kept.
func shares(t *model.Type) bool {
	switch t.Kind {
	case model.Slice, model.Map, model.Pointer:
		return true
	case model.Custom:
		return !t.Flat
	case model.Array:
		return t.Len > 0 && shares(t.Elem)
	case model.Struct:
		for _, f := range t.Fields {
			if f.Name != "_" && (f.Skip || shares(f.Type)) {
				return true
			}
		}
	}
	return false
}

// clones returns the functions that copy.
func (e *codec) clones() []jen.Code {
	all := []jen.Code{e.cloneFunc(e.root, e.name, "clone%s makes *v, a copy of a value, share nothing with it that can change.")}
	for _, t := range e.order {
		if shares(t) {
			all = append(all, e.cloneFunc(t, e.funcs[t], "clone%s does so for a part."))
		}
	}
	for _, t := range e.owners {
		if shares(t) {
			all = append(all, e.cloneOwnFunc(t))
		}
	}
	return all
}

// cloneFunc returns the function that copies values of a type.
func (e *codec) cloneFunc(t *model.Type, name, doc string) jen.Code {
	e.deep = t.Recursive && name == e.funcs[t]
	w := e.g.block()
	if e.deep {
		w.add("if depth > $cachert.MaxDepth {\nreturn $cachert.ErrDepth\n}", nil)
	}
	e.cloneValue(w, t, name)
	v := vars{"name": name, "T": e.g.spell(t), "in": w.lines(), "depth": depthParam(e.deep)}
	if !cloneFails(t) {
		return e.g.snippet(comment(doc, name)+"func clone$name(v *$T$depth) {\n$in\n}", v)
	}
	why := "// It fails for a value that is too deep, as one is that contains itself.\n"
	if !t.Nests() {
		why = "// It fails where a method of the value does.\n"
	}
	return e.g.snippet(comment(doc, name)+why+"func clone$name(v *$T$depth) error {\n$in\nreturn nil\n}", v)
}

// cloneFails reports whether there are values of a type that cannot be copied: they
// are too deep, or their own methods fail.
func cloneFails(t *model.Type) bool {
	switch {
	case t == nil || !shares(t):
		return false
	case t.Recursive || t.Kind == model.Custom:
		return true
	}
	return cloneFails(t.Key) || cloneFails(t.Elem) ||
		slices.ContainsFunc(t.Fields, func(f model.Field) bool { return !f.Skip && cloneFails(f.Type) })
}

// cloneValue writes the statements for the value of a function.
func (e *codec) cloneValue(w *block, t *model.Type, name string) {
	if name != e.funcs[t] && e.funcs[t] != "" {
		e.cloneCall(w, "(*v)", t)
		return
	}
	e.cloneInline(w, "(*v)", t)
}

// clonePlace writes the statements that make what expr spells stand alone.
func (e *codec) clonePlace(w *block, expr string, t *model.Type) {
	switch {
	case !shares(t):
	case e.funcs[t] != "" || e.customs[t] != "":
		e.cloneCall(w, expr, t)
	default:
		e.cloneInline(w, expr, t)
	}
}

func (e *codec) cloneCall(w *block, expr string, t *model.Type) {
	v := vars{"f": "clone" + e.funcs[t] + e.customs[t], "v": address(expr), "depth": ""}
	if t.Recursive {
		v["depth"] = ", 1"
		if e.deep {
			v["depth"] = ", depth+1"
		}
	}
	if cloneFails(t) {
		w.add("if err := $f($v$depth); err != nil {\nreturn err\n}", v)
	} else {
		w.add("$f($v)", v)
	}
}

func (e *codec) cloneInline(w *block, expr string, t *model.Type) {
	v := vars{"v": bare(expr)}
	switch t.Kind {
	case model.Slice:
		w.add("$v = $slices.Clone($v)", v)
		if shares(t.Elem) {
			e.each(w, expr, t.Elem, e.clonePlace)
		}
	case model.Array:
		e.each(w, expr, t.Elem, e.clonePlace)
	case model.Map:
		e.cloneMap(w, v, t)
	case model.Pointer:
		in := w.nested()
		v["p"] = in.local("p")
		in.add("$p := *$v", v)
		e.clonePlace(in, v["p"].(string), t.Elem)
		in.add("$v = &$p", v)
		v["in"] = in.lines()
		w.add("if $v != nil {\n$in\n}", v)
	case model.Struct:
		for _, f := range t.Fields {
			switch x := field(expr, f); {
			case f.Name == "_":
			case f.Skip:
				w.add("$cachert.Zero(&$x)", vars{"x": x})
			default:
				e.clonePlace(w, x, f.Type)
			}
		}
	default:
		panic("cachegen bug: no copy of " + t.Kind.String())
	}
}

// cloneMap writes into a map of its own where keys or elements need more than
// Go's copy of them: not into the old one, since a key that is NaN would be
// another one each time.
func (e *codec) cloneMap(w *block, v vars, t *model.Type) {
	if !shares(t.Key) && !shares(t.Elem) {
		w.add("$v = $maps.Clone($v)", v)
		return
	}
	in := w.nested()
	v["m"], v["k"], v["x"], v["T"] = in.local("m"), in.local("k"), in.local("x"), e.g.spell(t)
	e.clonePlace(in, v["k"].(string), t.Key)
	e.clonePlace(in, v["x"].(string), t.Elem)
	in.add("$m[$k] = $x", v)
	v["in"] = in.lines()
	w.add("if $v != nil {\n$m := make($T, len($v))\nfor $k, $x := range $v {\n$in\n}\n$v = $m\n}", v)
}
