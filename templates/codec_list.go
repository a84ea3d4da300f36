package templates

import (
	"fmt"

	"github.com/cachegen/cachegen/generator/model"
)

// A slice is 0 if it is nil, or else its length and one, and its elements. Those
// that have nothing to store are a zero each: see model.Type.MinElem.

func sizeSlice(e *codec, w *block, expr string, t *model.Type) {
	if e.plain(t) {
		e.head(w, expr, t)
		e.text(w, expr, t)
		return
	}
	w.add("n += $cachert.SizeUvarint(uint64(len($v)) + 1)", vars{"v": bare(expr)})
	e.each(w, expr, t.Elem, e.size)
}

func putSlice(e *codec, w *block, expr string, t *model.Type) {
	v := vars{"v": bare(expr)}
	w.add("b = $cachert.PutCount(b, len($v), $v == nil)", v)
	switch {
	case plainBytes(t):
		w.add("b = b[copy(b, $v):]", v)
	case t.Elem.Empty():
		w.add("b = $cachert.PutEmpty(b, len($v))", v)
	default:
		e.each(w, expr, t.Elem, e.put)
	}
}

func takeSlice(e *codec, w *block, expr string, t *model.Type) {
	v := vars{"v": bare(expr), "T": e.g.spell(t), "min": t.Elem.MinElem(), "fail": e.fail}
	e.n, e.ok = true, true
	w.add("if n, b, ok = $cachert.TakeCount(b, $min); !ok {\n$fail\n}", v)
	in := w.nested()
	if plainBytes(t) {
		// In a variable of its own, which is copied to at once, they are not cleared before.
		v["x"] = in.local("x")
		in.add("$x := make($T, n)\ncopy($x, b)\n$v, b = $x, b[n:]", v)
		v["in"] = in.lines()
		w.add("if n >= 0 {\n$in\n}", v)
		return
	}
	in.add("$v = make($T, n)", v)
	switch {
	case t.Elem.Empty():
		in.add("if b, ok = $cachert.TakeEmpty(b, n); !ok {\n$fail\n}", v)
	default:
		take := e.apart(in, "n", t.Elem.MinElem(), t)
		e.each(in, expr, t.Elem, func(w *block, expr string, elem *model.Type) {
			take(w, func() { e.take(w, expr, elem) })
		})
	}
	v["in"] = in.lines()
	w.add("if n >= 0 {\n$in\n}", v)
}

// apart returns a function around what reads one of the n elements of t. If they
// can nest without end, each of them sees none of the bytes that the later ones need
// at least. So whatever was made room for has a byte that nothing else has, at any
// depth: else every level could claim what is left once more.
func (e *codec) apart(w *block, n string, size int64, t *model.Type) func(w *block, take func()) {
	if !t.Nested() {
		return func(_ *block, take func()) { take() }
	}
	v := vars{"later": w.local("later"), "all": w.local("all"), "first": n, "step": "--"}
	if size > 1 {
		v["first"], v["step"] = fmt.Sprintf("%d * %s", size, n), fmt.Sprintf(" -= %d", size)
	}
	w.add("$later := $first // bytes that the elements to come need", v)
	return func(w *block, take func()) {
		w.add("$later$step\n$all := b\nb = b[:len(b)-$later]", v)
		take()
		w.add("b = $all[len($all)-$later-len(b):]", v)
	}
}

// addWidth adds what elements of one size take.
func addWidth(w *block, width int64, expr string) {
	v := vars{"v": bare(expr), "n": width}
	if width == 1 {
		w.add("n += len($v)", v)
	} else {
		w.add("n += $n * len($v)", v)
	}
}

// plainBytes reports whether copy moves the elements of the slice to bytes.
func plainBytes(t *model.Type) bool { return t.Bytes() && !t.Elem.Named() }

// An array is its elements.

func sizeArray(e *codec, w *block, expr string, t *model.Type) { e.each(w, expr, t.Elem, e.size) }
func putArray(e *codec, w *block, expr string, t *model.Type)  { e.each(w, expr, t.Elem, e.put) }
func takeArray(e *codec, w *block, expr string, t *model.Type) { e.each(w, expr, t.Elem, e.take) }

// each writes a loop over the elements of a slice or an array. Elements that are
// structs are reached through a pointer, so that their index is checked once.
func (e *codec) each(w *block, expr string, elem *model.Type, do func(*block, string, *model.Type)) {
	in := w.nested()
	v := vars{"v": bare(expr), "i": in.local("i")}
	element := expr + "[" + v["i"].(string) + "]"
	if elem.Kind == model.Struct && len(elem.Fields) > 1 && e.funcs[elem] == "" {
		p := in.local("e")
		in.add("$p := &$e", vars{"p": p, "e": element})
		element = p
	}
	do(in, element, elem)
	if len(in.code) == 0 {
		return // elements of no size
	}
	v["in"] = in.lines()
	w.add("for $i := range $v {\n$in\n}", v)
}
