package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/model"
)

// With maps=sorted the entries of a map are stored in the order of their keys, so
// that equal values have equal bytes. Any order will do that tells keys apart.

// putSorted writes the entries of a map, in order.
func putSorted(e *codec, w *block, expr string, t *model.Type) {
	in := w.nested()
	p := in.local("p")
	v := vars{"v": bare(expr), "p": p, "compare": e.compare(t.Key)}
	e.putEntry(in, p+".Key", p+".Value", t)
	v["in"] = in.lines()
	w.add("for _, $p := range $cachert.Sorted($v, $compare) {\n$in\n}", v)
}

// compare spells the function that compares two keys.
func (e *codec) compare(t *model.Type) jen.Code {
	v := vars{"T": e.g.spell(t)}
	switch t.Kind {
	case model.Bool, model.Float32, model.Float64, model.Complex64, model.Complex128:
		return e.g.snippet("$cachert.Compare"+comparer(t.Kind)+"[$T]", v)
	case model.Time:
		return e.g.snippet("$cachert.CompareTime", v)
	case model.Array, model.Struct, model.Custom:
		return jen.Id("compare" + e.compared(t))
	}
	return e.g.snippet("$cmp.Compare[$T]", v)
}

// comparer is what the runtime calls a kind.
func comparer(k model.Kind) string {
	switch k {
	case model.Bool:
		return "Bool"
	case model.Float32, model.Float64:
		return "Float"
	}
	return "Complex"
}

// compared returns the name of a type in that of the function that compares its
// values, and sees to it that there is one.
func (e *codec) compared(t *model.Type) string {
	if name := e.compares[t]; name != "" {
		return name
	}
	name := e.name + "Key"
	if t.Named() {
		name = e.name + upper(t.Name)
	}
	name = e.g.unique("compare" + name)[len("compare"):]
	e.compares[t] = name
	v := vars{"f": name, "T": e.g.spell(t)}
	switch t.Kind {
	case model.Array:
		v["in"] = e.g.snippet("return $slices.CompareFunc(a[:], b[:], $compare)", vars{"compare": e.compare(t.Elem)})
	case model.Struct:
		v["in"] = e.compareFields(t)
	case model.Custom:
		v["dst"] = ""
		if methods[t.Marshal].appends {
			v["dst"] = "nil"
		}
		v["in"] = e.g.snippet("x, _ := a.$M($dst) // an error is found when it is stored\ny, _ := b.$M($dst)\nreturn $bytes.Compare(x, y)",
			vars{"M": methods[t.Marshal].store, "dst": v["dst"]})
	}
	e.comparers = append(e.comparers, e.g.snippet(comment("compare%s says which of two keys is stored first.", name)+
		"func compare$f(a, b $T) int {\n$in\n}", v))
	return name
}

// compareFields returns the comparison of two structs, field by field.
func (e *codec) compareFields(t *model.Type) jen.Code {
	all := &jen.Statement{}
	for _, f := range t.Fields {
		if f.Skip {
			continue
		}
		v := vars{"x": "a." + f.Name, "y": "b." + f.Name}
		switch f.Type.Kind {
		case model.Bool, model.Float32, model.Float64, model.Complex64, model.Complex128:
			all.Add(e.g.snippet("$cachert.Compare"+comparer(f.Type.Kind)+"($x, $y),\n", v))
		case model.Time, model.Array, model.Struct, model.Custom:
			v["f"] = e.compare(f.Type)
			all.Add(e.g.snippet("$f($x, $y),\n", v))
		default:
			all.Add(e.g.snippet("$cmp.Compare($x, $y),\n", v))
		}
	}
	if len(*all) == 0 {
		return jen.Id("return 0")
	}
	return e.g.snippet("return $cmp.Or(\n$all)", vars{"all": all})
}
