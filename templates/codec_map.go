package templates

import "github.com/cachegen/cachegen/generator/model"

// A map is 0 if it is nil, or else its length and one, and its entries in the
// order in which Go hands them out: a cache needs no other, unless it is asked for.

func sizeMap(e *codec, w *block, expr string, t *model.Type) {
	v := vars{"v": expr}
	w.add("n += $cachert.SizeUvarint(uint64(len($v)) + 1)", v)
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
		names[i] = w.local([]string{"k", "x"}[i])
		if ok {
			e.text(in, names[i], part)
		} else {
			e.size(in, names[i], part)
		}
	}
	if len(in.code) == 0 {
		width = max(width, 1)
	}
	if width > 0 {
		addWidth(w, width, expr)
	}
	if len(in.code) > 0 {
		e.entries(w, expr, names[0], names[1], in)
	}
}

func putMap(e *codec, w *block, expr string, t *model.Type) {
	w.add("b = $cachert.PutCount(b, len($v), $v == nil)", vars{"v": expr})
	if t.Key.Empty() && t.Elem.Empty() {
		w.add("b = $cachert.PutEmpty(b, len($v))", vars{"v": expr})
		return
	}
	if e.sorted {
		putSorted(e, w, expr, t)
		return
	}
	k, x := w.local("k"), w.local("x")
	in := w.nested()
	e.put(in, k, t.Key)
	before := len(in.code)
	e.put(in, x, t.Elem)
	if len(in.code) == before {
		x = "_" // of no size
	}
	if before == 0 {
		k = "_"
	}
	e.entries(w, expr, k, x, in)
}

// entries writes a loop over the entries of a map.
func (e *codec) entries(w *block, expr, k, x string, in *block) {
	v := vars{"v": expr, "k": k, "x": x, "in": in.lines()}
	if x == "_" {
		w.add("for $k := range $v {\n$in\n}", v)
		return
	}
	w.add("for $k, $x := range $v {\n$in\n}", v)
}

func takeMap(e *codec, w *block, expr string, t *model.Type) {
	v := vars{
		"v": expr, "T": e.g.spell(t), "K": e.g.spell(t.Key), "X": e.g.spell(t.Elem),
		"k": w.local("k"), "x": w.local("x"), "n": w.local("entries"),
		"min": t.MinEntry(), "fail": e.fail, "before": "",
	}
	e.n, e.ok = true, true
	w.add("if n, b, ok = $cachert.TakeCount(b, $min); !ok {\n$fail\n}", v)
	in := w.nested()
	before := in.nested()
	take := e.apart(before, v["n"].(string), t.MinEntry(), t)
	take(in, func() {
		e.take(in, v["k"].(string), t.Key)
		e.take(in, v["x"].(string), t.Elem)
	})
	v["in"] = in.lines()
	if t.Key.Empty() && t.Elem.Empty() {
		before.add("if b, ok = $cachert.TakeEmpty(b, n); !ok {\n$fail\n}", v)
	}
	if len(before.code) > 0 {
		before.add("", nil) // to end its line
		v["before"] = before.lines()
	}
	w.add(`if $n := n; $n >= 0 {
$v = make($T, $n)
${before}for range $n {
var $k $K
var $x $X
$in
$v[$k] = $x
}
if len($v) != $n { // a key twice
$fail
}
}`, v)
}
