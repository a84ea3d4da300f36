package templates

import "github.com/cachegen/cachegen/generator/model"

// A pointer is one byte: 0 if it is nil, or else 1 and what it points to.

func sizePointer(e *codec, w *block, expr string, t *model.Type) {
	v := vars{"v": bare(expr)}
	w.add("n++", v)
	in := w.nested()
	e.size(in, "(*"+expr+")", t.Elem)
	if len(in.code) > 0 {
		v["in"] = in.lines()
		w.add("if $v != nil {\n$in\n}", v)
	}
}

func putPointer(e *codec, w *block, expr string, t *model.Type) {
	in := w.nested()
	e.put(in, "(*"+expr+")", t.Elem)
	w.add("if $v == nil {\nb[0], b = 0, b[1:]\n} else {\nb[0], b = 1, b[1:]\n$in\n}", vars{"v": bare(expr), "in": in.lines()})
}

func takePointer(e *codec, w *block, expr string, t *model.Type) {
	v := vars{"v": bare(expr), "T": e.g.spell(t.Elem), "fail": e.fail}
	e.n = true
	in := w.nested()
	if e.flat(t.Elem) {
		r := run{e: e, first: e.g.snippet("$v = new($T)", v)}
		r.add("(*"+expr+")", t.Elem)
		r.take(in)
	} else {
		if n := t.Elem.Min(); n > 1 {
			in.add("if len(b) < $n {\n$fail\n}", vars{"n": n, "fail": e.fail}) // before room is made for it
		}
		in.add("$v = new($T)", v)
		e.take(in, "(*"+expr+")", t.Elem)
	}
	v["in"] = in.lines()
	w.add("if len(b) == 0 || b[0] > 1 {\n$fail\n}", v)
	w.add("if n, b = int(b[0]), b[1:]; n == 1 {\n$in\n}", v)
}
