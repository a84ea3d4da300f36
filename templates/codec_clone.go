package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/model"
)

// A copy of a value is made in place: Go copies the value itself, and its clone
// function then gives the copy slices, maps and pointers of its own. Strings are
// shared, since nobody can change them; nil and empty stay different; what is
// not stored becomes zero. The functions are those of the codec, by one more
// verb, and recursive ones count their depth as its size pass does.

// shares reports whether a copy of a value of the type shares something with it
// that can change, or has a field that is not to be kept.
func shares(t *model.Type) bool {
	switch t.Kind {
	case model.Slice, model.Map, model.Pointer, model.Custom:
		return true
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
	e.deep = false
	w := e.g.block()
	v := vars{"name": e.name, "T": e.g.spell(e.root)}
	if e.recursive() {
		e.fail = "return " + e.g.aliases[runtimePath] + ".ErrDepth"
	}
	e.cloneValue(w, e.root, e.name)
	v["in"] = w.lines()
	var all []jen.Code
	if e.recursive() {
		all = append(all, e.g.snippet(comment("clone%s makes *v, a copy of a value, share nothing with it that can change.\n// It fails for a value that is too deep, as one is that contains itself.", e.name)+
			"func clone$name(v *$T) error {\n$in\nreturn nil\n}", v))
	} else {
		all = append(all, e.g.snippet(comment("clone%s makes *v, a copy of a value, share nothing with it that can change.", e.name)+
			"func clone$name(v *$T) {\n$in\n}", v))
	}
	for _, t := range e.order {
		if shares(t) {
			all = append(all, e.clonePart(t))
		}
	}
	return all
}

// clonePart returns the function of a type that has one.
func (e *codec) clonePart(t *model.Type) jen.Code {
	e.deep, e.fail = t.Recursive, "return false"
	w := e.g.block()
	if e.deep {
		w.add("if depth > $cachert.MaxDepth {\nreturn false\n}", nil)
	}
	e.cloneValue(w, t, e.funcs[t])
	v := vars{"name": e.funcs[t], "T": e.g.spell(t), "in": w.lines()}
	if e.deep {
		return e.g.snippet(comment("clone%s does so for a part, and reports whether it is not too deep.", e.funcs[t])+
			"func clone$name(v *$T, depth int) bool {\n$in\nreturn true\n}", v)
	}
	return e.g.snippet(comment("clone%s does so for a part.", e.funcs[t])+"func clone$name(v *$T) {\n$in\n}", v)
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
	case e.funcs[t] != "":
		e.cloneCall(w, expr, t)
	default:
		e.cloneInline(w, expr, t)
	}
}

func (e *codec) cloneCall(w *block, expr string, t *model.Type) {
	v := vars{"f": "clone" + e.funcs[t], "v": address(expr), "depth": "1", "fail": e.fail}
	if !t.Recursive {
		w.add("$f($v)", v)
		return
	}
	if e.deep {
		v["depth"] = "depth+1"
	}
	w.add("if !$f($v, $depth) {\n$fail\n}", v)
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
		v["p"] = w.local("p")
		in := w.nested()
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
	v["m"], v["k"], v["x"], v["T"] = w.local("m"), w.local("k"), w.local("x"), e.g.spell(t)
	in := w.nested()
	e.clonePlace(in, v["k"].(string), t.Key)
	e.clonePlace(in, v["x"].(string), t.Elem)
	in.add("$m[$k] = $x", v)
	v["in"] = in.lines()
	w.add("if $v != nil {\n$m := make($T, len($v))\nfor $k, $x := range $v {\n$in\n}\n$v = $m\n}", v)
}
