package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/model"
)

// A map is 0 if it is nil, or else its length and one, and its entries in the
// order in which Go hands them out: a cache needs no other, unless it is asked for.

func sizeMap(e *codec, w *block, expr string, t *model.Type) {
	if e.plain(t) {
		e.head(w, expr, t)
		e.text(w, expr, t)
		return
	}
	w.add("n += $cachert.SizeUvarint(uint64(len($v)) + 1)", vars{"v": bare(expr)})
	var width int64
	in, names := w.nested(), [2]string{"_", "_"}
	for i, part := range []*model.Type{t.Key, t.Elem} {
		n, ok := e.constant(part)
		if ok {
			width += n
		}
		if ok && !part.Strings() {
			continue
		}
		names[i] = in.local([]string{"k", "x"}[i])
		if ok {
			e.text(in, names[i], part)
		} else {
			e.size(in, names[i], part)
		}
	}
	if width > 0 {
		addWidth(w, width, expr)
	}
	e.entries(w, expr, names[0], names[1], in)
}

func putMap(e *codec, w *block, expr string, t *model.Type) {
	w.add("b = $cachert.PutCount(b, len($v), $v == nil)", vars{"v": bare(expr)})
	if t.Key.Empty() && t.Elem.Empty() {
		w.add("b = $cachert.PutEmpty(b, len($v))", vars{"v": bare(expr)})
		return
	}
	if e.sorted {
		putSorted(e, w, expr, t)
		return
	}
	in := w.nested()
	k, x := in.local("k"), in.local("x")
	e.putEntry(in, k, x, t)
	if t.Key.Empty() {
		k = "_"
	}
	if t.Elem.Empty() {
		x = "_"
	}
	e.entries(w, expr, k, x, in)
}

// putEntry writes one entry, in one run if it is of one size.
func (e *codec) putEntry(w *block, k, x string, t *model.Type) {
	if r := e.entry(k, x, t); r != nil {
		r.put(w)
		return
	}
	e.put(w, k, t.Key)
	e.put(w, x, t.Elem)
}

// entry returns the run that an entry is, or nil.
func (e *codec) entry(k, x string, t *model.Type) *run {
	if !e.flat(t.Key) || !e.flat(t.Elem) {
		return nil
	}
	r := &run{e: e}
	r.add(k, t.Key)
	r.add(x, t.Elem)
	return r
}

// entries writes a loop over the entries of a map, which ends with the last one: Go would
// look for another.
func (e *codec) entries(w *block, expr, k, x string, in *block) {
	w.names["left"] = max(w.names["left"], in.names["left"]) // it is another one than those of the loops inside
	left := w.local("left")
	v := vars{"v": bare(expr), "k": k, "x": ", " + x, "in": in.lines(), "left": left}
	if x == "_" {
		v["x"] = ""
	}
	w.add("$left := len($v)\nfor $k$x := range $v {\n$in\nif $left--; $left == 0 {\nbreak\n}\n}", v)
}

func takeMap(e *codec, w *block, expr string, t *model.Type) {
	in := w.nested()
	k, x := in.local("k"), in.local("x")
	v := vars{
		"v": bare(expr), "map": expr, "T": e.g.spell(t), "K": e.g.spell(t.Key), "X": e.g.spell(t.Elem), "k": k, "x": x, "n": in.local("entries"),
		"min": t.MinEntry(), "fail": e.fail, "before": "",
	}
	e.n, e.ok = true, true
	w.add("if n, b, ok = $cachert.TakeCount(b, $min); !ok {\n$fail\n}", v)
	before := in.nested()
	take := e.apart(before, v["n"].(string), t.MinEntry(), t)
	take(in, func() {
		if r := e.entry(k, x, t); r != nil {
			r.take(in)
			return
		}
		e.take(in, k, t.Key)
		e.take(in, x, t.Elem)
	})
	v["in"] = in.lines()
	if t.Key.Empty() && t.Elem.Empty() {
		before.add("if b, ok = $cachert.TakeEmpty(b, n); !ok {\n$fail\n}", v)
	}
	if len(before.code) > 0 {
		v["before"] = join(before.lines(), jen.Op("\n"))
	}
	w.add(`if $n := n; $n >= 0 {
$v = make($T, $n)
${before}for range $n {
var $k $K
var $x $X
$in
$map[$k] = $x
}
if len($v) != $n { // a key twice
$fail
}
}`, v)
}
