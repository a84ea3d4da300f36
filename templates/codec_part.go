package templates

import (
	"fmt"

	"github.com/cachegen/cachegen/generator/model"
)

// Go's compiler inlines next to nothing in a function of more than 5,000 nodes of
// syntax, not even what writes a number: see inlineBigFunctionNodes in its package
// inline. So the functions of a struct that are longer than some 400 lines are cut
// into parts of about 150.
const (
	long     = 400
	partSize = 150
)

// lines estimates how many lines it takes to write or read a value.
func (e *codec) lines(t *model.Type) (n int) {
	switch {
	case t.Kind == model.Struct:
		for _, f := range t.Fields {
			if !f.Skip {
				n += e.linesOf(f.Type)
			}
		}
		return n
	case t.Kind == model.Array && t.Len == 0: // its elements are nowhere, and have no functions
		return 0
	case t.Kind == model.Map:
		return 10 + e.linesOf(t.Key) + e.linesOf(t.Elem)
	case t.Elem != nil && !byteArray(t) && !plainBytes(t):
		return 6 + e.linesOf(t.Elem)
	case t.Kind == model.Time, t.Kind == model.Bool:
		return 4
	}
	return 3
}

// linesOf is lines for a part of another value, which can have functions of its own.
func (e *codec) linesOf(t *model.Type) int {
	if e.funcs[t] != "" {
		return 3
	}
	return e.lines(t)
}

// part is some fields of a struct that stand side by side, and the name of their
// functions.
type part struct {
	name string
	t    *model.Type // with these fields only
	doc  string
}

// parts cuts a struct. Its parts have the same names in both directions.
func (e *codec) parts(t *model.Type) (parts []part) {
	if e.cut[t] != nil {
		return e.cut[t]
	}
	n := partSize
	for _, f := range t.Fields {
		if f.Skip {
			continue
		}
		if n >= partSize {
			n = 0
			name := e.name
			if e.funcs[t] != "" {
				name = e.funcs[t]
			}
			of := *t
			of.Fields = nil
			parts = append(parts, part{name: e.g.stem(fmt.Sprint(name, len(parts)+1)), t: &of})
		}
		n += e.linesOf(f.Type)
		last := &parts[len(parts)-1]
		last.t.Fields = append(last.t.Fields, f)
		if last.doc = "the field " + f.Name; len(last.t.Fields) > 1 {
			last.doc = "the fields " + last.t.Fields[0].Name + " to " + f.Name
		}
	}
	e.cut[t] = parts
	return parts
}

func (e *codec) putParts(w *block, t *model.Type) {
	for _, p := range e.parts(t) {
		e.callPart(w, "put", p)
		in := e.g.block()
		e.fields(in, "(*v)", p.t, (*run).put, e.put)
		e.pieces = append(e.pieces, e.putDecl(p.name, p.t, in, "writes "+p.doc+" of *v\n//"))
	}
}

func (e *codec) takeParts(w *block, t *model.Type) {
	for _, p := range e.parts(t) {
		e.callPart(w, "take", p)
		n, ok, fail := e.n, e.ok, e.fail
		e.pieces = append(e.pieces, e.takeDecl(p.name, p.t, "sets "+p.doc+" of *v\n//", func(in *block) {
			e.fields(in, "(*v)", p.t, (*run).take, e.take)
		}))
		e.n, e.ok, e.fail = n, ok, fail
	}
}

// callPart calls a function of a part.
func (e *codec) callPart(w *block, verb string, p part) {
	v := vars{"f": verb + p.name, "v": "v", "fail": e.fail, "depth": ""}
	if e.deep && verb == "take" {
		v["depth"] = ", depth"
	}
	e.invoke(w, verb, v)
}
