package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/model"
)

// functions returns the encoder and the decoder of the annotated type, and the
// functions that they share parts of.
func (e *codec) functions() []jen.Code {
	all := []jen.Code{e.sizeFunc(e.root, e.name, false), e.appendFunc(), e.decodeFunc()}
	for _, t := range e.order {
		all = append(all, e.sizeFunc(t, e.funcs[t], t.Recursive), e.putFunc(t), e.takeFunc(t))
	}
	return all
}

func (e *codec) sizeFunc(t *model.Type, name string, deep bool) jen.Code {
	e.deep = deep
	w := e.g.block()
	if deep {
		zero := ""
		if e.texts {
			zero = ", 0"
		}
		w.add("if depth > $cachert.MaxDepth {\nreturn $cachert.TooDeep$zero\n}", vars{"zero": zero})
	}
	e.value(w, "size", t, name)
	v := vars{"f": "size" + name, "T": e.g.spell(t), "in": w.lines(), "depth": depthParam(deep)}
	if e.texts {
		return e.g.snippet(comment("size%s returns how many bytes *v takes, without its strings, and how many\n// those take.", name)+
			"func $f(v *$T$depth) (n, text int) {\n$in\nreturn n, text\n}", v)
	}
	return e.g.snippet(comment("size%s returns how many bytes *v takes.", name)+
		"func $f(v *$T$depth) (n int) {\n$in\nreturn n\n}", v)
}

// value writes the statements for the value of a function: a call, if this is the
// function of the annotated type and the type has one for its parts.
func (e *codec) value(w *block, verb string, t *model.Type, name string) {
	if name != e.funcs[t] && e.funcs[t] != "" {
		e.call(w, verb, "(*v)", t)
		return
	}
	if r := (run{e: e}); fixed(t) && verb != "size" {
		r.add("(*v)", t)
		if verb == "put" {
			r.put(w)
		} else {
			r.take(w)
		}
		return
	}
	if n, ok := t.Width(); ok && verb == "size" {
		w.add("n += $n", vars{"n": n})
		return
	}
	switch k := verbs(t.Kind); verb {
	case "size":
		k.size(e, w, "(*v)", t)
	case "put":
		k.put(e, w, "(*v)", t)
	case "take":
		k.take(e, w, "(*v)", t)
	}
}

func (e *codec) appendFunc() jen.Code {
	e.deep = false
	w := e.g.block()
	v := vars{"name": e.name, "T": e.g.spell(e.root), "deep": "\n"}
	e.value(w, "put", e.root, e.name)
	v["in"] = w.lines()
	if e.recursive() {
		v["deep"] = e.g.snippet("\nif n < 0 {\nreturn nil, $cachert.ErrDepth\n}\n", nil)
	}
	if !e.texts {
		return e.g.snippet(comment("append%s appends *v to dst in the stored form.", e.name)+`func append$name(dst []byte, v *$T) ([]byte, error) {
n := size$name(v)${deep}dst, b := $cachert.Grow(dst, n)
$in
_ = b
return dst, nil
}`, v)
	}
	return e.g.snippet(comment("append%s appends *v to dst in the stored form: numbers, counts and lengths\n// in the order of the fields, then the bytes of all strings.", e.name)+`func append$name(dst []byte, v *$T) ([]byte, error) {
n, t := size$name(v)${deep}n += $cachert.SizeUvarint(uint64(t))
dst, b := $cachert.Grow(dst, n+t)
b, text := b[:n], b[n:]
b = $cachert.PutUvarint(b, uint64(t))
$in
_, _ = b, text
return dst, nil
}`, v)
}

func (e *codec) decodeFunc() jen.Code {
	e.deep, e.n, e.ok = false, false, false
	e.fail = "return " + e.g.aliases[runtimePath] + ".ErrCorrupt"
	w := e.g.block()
	e.value(w, "take", e.root, e.name)
	v := vars{"name": e.name, "T": e.g.spell(e.root), "in": w.lines(), "vars": e.declared(e.texts)}
	bound := comment("Whatever data is, it allocates at most %d times its length, and 4 KiB.", e.root.Factor(e.own))
	if !e.texts {
		return e.g.snippet(comment("decode%s sets *v, which is zero, from data.", e.name)+bound+
			"func decode$name(v *$T, data []byte, _ string) error {\nb := data\n$vars$in\nif len(b) != 0 {\nreturn $cachert.ErrCorrupt\n}\nreturn nil\n}", v)
	}
	return e.g.snippet(comment("decode%s sets *v, which is zero, from data. Its strings are cut from text,\n// which is data as a string, or from a copy of them if text is empty.", e.name)+bound+`func decode$name(v *$T, data []byte, text string) error {
b, s, ok := $cachert.SplitText(data, text)
if !ok {
return $cachert.ErrCorrupt
}
$vars$in
if len(b) != 0 || len(s) != 0 {
return $cachert.ErrCorrupt
}
return nil
}`, v)
}

// declared declares the variables that a decoder has turned out to need.
func (e *codec) declared(ok bool) string {
	text := ""
	if e.n {
		text += "var n int\n"
	}
	if e.ok && !ok {
		text += "var ok bool\n"
	}
	return text
}

func (e *codec) putFunc(t *model.Type) jen.Code {
	w := e.g.block()
	e.value(w, "put", t, e.funcs[t])
	v := vars{"name": e.funcs[t], "T": e.g.spell(t), "in": w.lines()}
	if e.texts {
		return e.g.snippet(comment("put%s writes *v to the front of b and text, and returns what is left of them.", e.funcs[t])+
			"func put$name(b, text []byte, v *$T) (_, _ []byte) {\n$in\nreturn b, text\n}", v)
	}
	return e.g.snippet(comment("put%s writes *v to the front of b and returns what is left of it.", e.funcs[t])+
		"func put$name(b []byte, v *$T) []byte {\n$in\nreturn b\n}", v)
}

func (e *codec) takeFunc(t *model.Type) jen.Code {
	e.deep, e.n, e.ok, e.fail = t.Recursive, false, false, "return b, s, false"
	if !e.texts {
		e.fail = "return b, false"
	}
	w := e.g.block()
	if e.deep {
		w.add("if depth > $cachert.MaxDepth {\n$fail\n}", vars{"fail": e.fail})
	}
	body := w.nested()
	e.value(body, "take", t, e.funcs[t])
	v := vars{"name": e.funcs[t], "T": e.g.spell(t), "depth": depthParam(e.deep), "vars": e.declared(true)}
	w.code = append(w.code, body.code...)
	v["in"] = w.lines()
	if e.texts {
		return e.g.snippet(comment("take%s sets *v, which is zero, from the front of b and s, and returns what is\n// left of them.", e.funcs[t])+
			"func take$name(v *$T, b []byte, s string$depth) (_ []byte, _ string, ok bool) {\n$vars$in\nreturn b, s, true\n}", v)
	}
	return e.g.snippet(comment("take%s sets *v, which is zero, from the front of b and returns what is left.", e.funcs[t])+
		"func take$name(v *$T, b []byte$depth) (_ []byte, ok bool) {\n$vars$in\nreturn b, true\n}", v)
}

func depthParam(deep bool) string {
	if deep {
		return ", depth int"
	}
	return ""
}
