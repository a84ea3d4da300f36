package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/model"
)

// A value that stores itself by its own methods is the number of the bytes that they
// make, which follow in a section behind the strings. So they are asked once, and
// need not say beforehand how much it will be.

func sizeOwn(_ *codec, w *block, _ string, _ *model.Type) {
	w.add("n += $n", vars{"n": model.OwnSize})
}

func putOwn(_ *codec, w *block, expr string, t *model.Type) {
	v := vars{"v": receiver(expr), "M": methods[t.Marshal].store}
	if methods[t.Marshal].appends {
		w.add("own.Set($v.$M(own.Bytes))", v)
	} else {
		w.add("own.Add($v.$M())", v)
	}
	w.add("b = own.PutSize(b)", nil)
}

func takeOwn(e *codec, w *block, expr string, t *model.Type) {
	e.ok = true
	w.add("if b, own, ok = take$f($v, b, own); !ok {\n$fail\n}", vars{"f": e.customs[t], "v": address(expr), "fail": e.fail})
}

// methods are the names of the method pairs.
var methods = map[model.Marshal]struct {
	store, set string
	appends    bool
}{
	model.BinaryAppend: {"AppendBinary", "UnmarshalBinary", true},
	model.BinaryPair:   {"MarshalBinary", "UnmarshalBinary", false},
	model.GobPair:      {"GobEncode", "GobDecode", false},
	model.TextAppend:   {"AppendText", "UnmarshalText", true},
	model.TextPair:     {"MarshalText", "UnmarshalText", false},
}

// receiver spells what a method is called on: Go follows a pointer itself.
func receiver(expr string) string {
	if bare := bare(expr); bare != expr {
		return bare[1:]
	}
	return expr
}

// takeOwnFunc returns the function that has a type set its values.
func (e *codec) takeOwnFunc(t *model.Type) jen.Code {
	return e.g.snippet(comment("take%s sets *v, which is zero, from the front of own by its method, and\n// returns what is left of b and own.", e.customs[t])+
		`func take$f(v *$T, b, own []byte) (_, _ []byte, ok bool) {
data, b, own, ok := $cachert.TakeOwn(b, own)
if !ok {
return b, own, false
}
defer $cachert.Refuse(&ok) // if it panics
return b, own, v.$M(data) == nil
}`, vars{"f": e.customs[t], "T": e.g.spell(t), "M": methods[t.Marshal].set})
}

// cloneOwnFunc returns the function that copies values of a type by its methods.
func (e *codec) cloneOwnFunc(t *model.Type) jen.Code {
	v := vars{"f": e.customs[t], "T": e.g.spell(t), "M": methods[t.Marshal].store, "U": methods[t.Marshal].set, "dst": ""}
	if methods[t.Marshal].appends {
		v["dst"] = "nil"
	}
	return e.g.snippet(comment("clone%s does so for a part, by its methods.", e.customs[t])+
		`func clone$f(v *$T) (err error) {
defer $cachert.Recover(&err)
data, err := v.$M($dst)
if err != nil {
return err
}
fresh := new($T)
if err := fresh.$U(data); err != nil {
return err
}
*v = *fresh
return nil
}`, v)
}
