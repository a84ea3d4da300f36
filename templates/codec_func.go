package templates

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/model"
)

// functions returns the encoder and the decoder of the annotated type, and the
// functions that they share parts of.
func (e *codec) functions() []jen.Code {
	var all []jen.Code
	if e.onePass() {
		all = e.onceFuncs()
	} else {
		all = append(all, e.sizeFunc(e.root, e.name, false), e.appendFunc(), e.decodeFunc())
	}
	for _, t := range e.order {
		all = append(all, e.sizeFunc(t, e.funcs[t], t.Recursive), e.putFunc(t, e.funcs[t]), e.takeFunc(t))
	}
	for _, t := range e.owners {
		all = append(all, e.takeOwnFunc(t))
	}
	all = append(all, e.pieces...)
	return append(all, e.comparers...)
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
	k := kind{(*codec).size, (*codec).put, (*codec).take}
	if t.Kind == model.Struct || !e.flat(t) {
		k = verbs(t.Kind)
	}
	switch verb {
	case "size":
		k.size(e, w, "(*v)", t)
	case "put":
		k.put(e, w, "(*v)", t)
	case "take":
		k.take(e, w, "(*v)", t)
	}
}

// header returns how many bytes say how long the section of the strings is: none, if
// all that stands in front of it has one size.
func (e *codec) header() int {
	if _, ok := e.constant(e.root); ok {
		return 0
	}
	return 4
}

const appendsText = "append%s appends *v to dst in the stored form: numbers, counts and lengths\n// in the order of the fields, then the bytes of all strings."

func (e *codec) appendFunc() jen.Code {
	e.deep = false
	w := e.g.block()
	v := vars{"name": e.name, "T": e.g.spell(e.root), "deep": "\n", "grow": "Grow", "own": "", "end": "return dst, nil", "h": ""}
	e.value(w, "put", e.root, e.name)
	v["in"], v["split"] = w.lines(), "b, text := b[:n], b[n:n]"
	if h := e.header(); h > 0 {
		v["h"] = fmt.Sprint(h, "+")
		v["split"] = e.g.snippet("$binary.LittleEndian.PutUint32(b, uint32(t))\nb, text := b[$h:$h+n], b[$h+n:$h+n]", vars{"h": h})
	}
	if e.recursive() {
		v["deep"] = e.g.snippet("\nif n < 0 {\nreturn nil, $cachert.ErrDepth\n}\n", nil)
	}
	doc := comment("append%s appends *v to dst in the stored form.", e.name)
	if e.texts {
		doc = comment(appendsText, e.name)
	}
	if len(e.owners) > 0 {
		doc = comment("append%s appends *v to dst in the stored form: numbers, counts and lengths\n// in the order of the fields, then what values make of themselves.", e.name)
		if e.texts {
			doc = comment("append%s appends *v to dst in the stored form: numbers, counts and lengths\n// in the order of the fields, then the bytes of all strings, then what values make\n// of themselves.", e.name)
		}
		// The scratch is for small ones, which then need no memory.
		v["grow"], v["own"] = "GrowOwn", e.g.snippet("var scratch [256]byte\nown := &$cachert.Own{Bytes: scratch[:0]}\n", nil)
		v["end"] = "return own.End(dst, n)"
		if e.texts {
			v["end"] = e.g.snippet("return own.End(dst, ${h}n+t)", v)
		}
	}
	if !e.texts {
		return e.g.snippet(doc+`func append$name(dst []byte, v *$T) ([]byte, error) {
n := size$name(v)${deep}dst, b := $cachert.$grow(dst, n)
$own$in
_ = b
$end
}`, v)
	}
	return e.g.snippet(doc+`func append$name(dst []byte, v *$T) ([]byte, error) {
n, t := size$name(v)${deep}if uint64(t) > $math.MaxUint32 {
return nil, $cachert.ErrTooLarge
}
dst, b := $cachert.$grow(dst, ${h}n+t)
$split
$own$in
_, _ = b, text
$end
}`, v)
}

func (e *codec) decodeFunc() jen.Code {
	e.deep, e.n, e.ok = false, false, false
	e.fail = "return " + e.g.aliases[runtimePath] + ".ErrCorrupt"
	w := e.g.block()
	e.value(w, "take", e.root, e.name)
	doc := comment("decode%s sets *v, which is zero, from data.", e.name)
	if e.own {
		doc = comment("decode%s sets *v, which is zero, from data. Each of its strings is a copy.", e.name)
	}
	if e.texts && !e.own {
		doc = comment("decode%s sets *v, which is zero, from data. Its strings are cut from text,\n// which is data as a string, or from a copy of them if text is empty.", e.name)
	}
	doc += comment("Whatever data is, it allocates at most %d times its length, and 4 KiB.", e.root.Factor(e.own))
	v := vars{"name": e.name, "T": e.g.spell(e.root), "in": w.lines(), "fail": e.fail, "left": "len(b) != 0", "text": "_"}
	if e.texts && !e.own {
		v["text"] = "text"
	}
	if e.texts {
		v["left"] = v["left"].(string) + " || len(s) != 0"
	}
	if len(e.owners) > 0 {
		v["left"] = v["left"].(string) + " || len(own) != 0"
	}
	v["split"], v["vars"] = e.split(v), e.declared(e.texts || len(e.owners) > 0)
	return e.g.snippet(doc+`func decode$name(v *$T, data []byte, $text string) error {
$split$vars$in
if $left {
$fail
}
return nil
}`, v)
}

// split divides an encoding into the sections that it has.
func (e *codec) split(v vars) jen.Code {
	const check = "if !ok {\n$fail\n}\n"
	var own, rest string
	section := "$cachert.SplitText(data)\n"
	if n, ok := e.constant(e.root); ok {
		section = fmt.Sprintf("$cachert.SplitAt(data, %d)\n", n)
	}
	switch {
	case !e.texts && len(e.owners) == 0:
		rest = "b := data\n"
	case !e.texts:
		rest = "b, _, own, ok := $cachert.SplitOwn(data, \"\")\n" + check
	case e.own:
		own = "data, _, own, ok := $cachert.SplitOwn(data, \"\")\n" + check
		rest = "b, s, ok := " + section + check
	default:
		own = "data, text, own, ok := $cachert.SplitOwn(data, text)\n" + check
		rest = "b, section, ok := " + section + check + "s := $cachert.Text(section, text)\n"
	}
	if len(e.owners) > 0 {
		rest = own + rest
	}
	return e.g.snippet(rest, v)
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

func (e *codec) putFunc(t *model.Type, name string) jen.Code {
	w := e.g.block()
	e.value(w, "put", t, name)
	return e.putDecl(name, t, w, "writes *v")
}

// putDecl declares a function that writes something.
func (e *codec) putDecl(name string, t *model.Type, w *block, does string) jen.Code {
	v := vars{"name": name, "T": e.g.spell(t), "in": w.lines(), "own": ""}
	if len(e.owners) > 0 {
		v["own"] = e.g.snippet(", own *$cachert.Own", nil)
	}
	if e.texts {
		return e.g.snippet(comment("put%s %s to the front of b and its strings behind text, and returns what is\n// left of b, and text.", name, does)+
			"func put$name(b, text []byte$own, v *$T) (_, _ []byte) {\n$in\nreturn b, text\n}", v)
	}
	return e.g.snippet(comment("put%s %s to the front of b and returns what is left of it.", name, does)+
		"func put$name(b []byte$own, v *$T) []byte {\n$in\nreturn b\n}", v)
}

func (e *codec) takeFunc(t *model.Type) jen.Code {
	e.deep = t.Recursive
	return e.takeDecl(e.funcs[t], t, "sets *v, which is zero,", func(w *block) {
		if e.deep {
			w.add("if depth > $cachert.MaxDepth {\n$fail\n}", vars{"fail": e.fail})
		}
		e.value(w, "take", t, e.funcs[t])
	})
}

// takeDecl declares a function that reads something, as body has it.
func (e *codec) takeDecl(name string, t *model.Type, does string, body func(w *block)) jen.Code {
	v := vars{"name": name, "T": e.g.spell(t), "state": e.state(), "params": "b []byte", "results": "_ []byte", "front": "b", "left": "it"}
	if e.texts {
		v["params"], v["results"] = v["params"].(string)+", s "+e.section(), v["results"].(string)+", _ "+e.section()
		v["front"], v["left"] = "b and s", "them"
	}
	if len(e.owners) > 0 {
		v["params"], v["results"] = v["params"].(string)+", own []byte", v["results"].(string)+", _ []byte"
		v["front"], v["left"] = strings.ReplaceAll(e.state(), ", own", " and own"), "them"
	}
	e.n, e.ok, e.fail = false, false, "return "+e.state()+", false"
	w := e.g.block()
	body(w)
	v["depth"], v["vars"], v["in"] = depthParam(e.deep), e.declared(true), w.lines()
	return e.g.snippet("// take$name "+does+" from the front of $front, and returns what is\n// left of $left.\n"+
		"func take$name(v *$T, $params$depth) ($results, ok bool) {\n$vars$in\nreturn $state, true\n}", v)
}

// section returns the type in which a decoder has the strings.
func (e *codec) section() string {
	if e.own {
		return "[]byte"
	}
	return "string"
}

func depthParam(deep bool) string {
	if deep {
		return ", depth int"
	}
	return ""
}
