package templates

import (
	"strings"

	"github.com/cachegen/cachegen/generator/model"
)

// A struct is its fields, in order. Fields of fixed size that stand side by side
// are read and written as one run.

func sizeStruct(e *codec, w *block, expr string, t *model.Type) {
	var n int64
	for _, f := range t.Fields {
		if f.Skip {
			continue
		}
		if width, ok := e.constant(f.Type); ok {
			n += width
			e.text(w, field(expr, f), f.Type)
			continue
		}
		e.size(w, field(expr, f), f.Type)
	}
	addConstant(w, n, " // fields of one size")
}

func putStruct(e *codec, w *block, expr string, t *model.Type) {
	if expr == "(*v)" && e.lines(t) > long {
		e.putParts(w, t)
		return
	}
	e.fields(w, expr, t, (*run).put, e.put)
}

func takeStruct(e *codec, w *block, expr string, t *model.Type) {
	if expr == "(*v)" && e.lines(t) > long {
		e.takeParts(w, t)
		return
	}
	e.fields(w, expr, t, (*run).take, e.take)
}

// fields hands runs of fields to one function and each other field to the other.
func (e *codec) fields(w *block, expr string, t *model.Type, whole func(*run, *block), single func(*block, string, *model.Type)) {
	r := &run{e: e}
	e.runs(w, r, expr, t, whole, single)
	whole(r, w)
}

// runs walks the fields of a struct, and of the structs that it holds: a run goes
// on across their borders.
func (e *codec) runs(w *block, r *run, expr string, t *model.Type, whole func(*run, *block), single func(*block, string, *model.Type)) {
	for _, f := range t.Fields {
		switch x := field(expr, f); {
		case f.Skip:
		case f.Type.Kind != model.Struct && e.flat(f.Type):
			r.add(x, f.Type)
		case f.Type.Kind == model.Struct && e.funcs[f.Type] == "":
			e.runs(w, r, x, f.Type, whole, single)
		default:
			whole(r, w)
			*r = run{e: e}
			single(w, x, f.Type)
		}
	}
}

// field spells a field of what expr spells.
func field(expr string, f model.Field) string {
	if strings.HasPrefix(expr, "(*") && strings.HasSuffix(expr, ")") && !strings.Contains(expr[2:], "(") {
		expr = expr[2 : len(expr)-1] // Go follows the pointer itself
	}
	return expr + "." + f.Name
}
