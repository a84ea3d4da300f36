package templates

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/model"
)

// run is a row of values of fixed size.
type run struct {
	e     *codec
	items []item
	start place
	width int64
	first jen.Code // what is to be done before the run is read, or nil
}

// item is one of them: what spells it, and where it lies.
type item struct {
	expr string
	t    *model.Type
	place
}

// place is one in b: a number of bytes, and more in a loop.
type place struct {
	n    int64
	more string // "4*i", or ""
}

// index spells the place that lies some bytes behind p.
func (p place) index(behind int64) string {
	switch n := p.n + behind; {
	case p.more == "":
		return fmt.Sprint(n)
	case n == 0:
		return p.more
	default:
		return fmt.Sprintf("%d+%s", n, p.more)
	}
}

// at spells the bytes of b from there on.
func (p place) at(behind int64) string {
	if p == (place{n: -behind}) {
		return "b"
	}
	return "b[" + p.index(behind) + ":]"
}

// element returns the place of the element i of an array that lies at p.
func (p place) element(i string, size int64) place {
	if size > 1 {
		i = fmt.Sprintf("%d*%s", size, i)
	}
	if p.more != "" {
		i = p.more + "+" + i
	}
	return place{p.n, i}
}

// add appends a value; a struct is added field by field.
func (r *run) add(expr string, t *model.Type) {
	if t.Kind == model.Struct {
		for _, f := range t.Fields {
			if !f.Skip {
				r.add(field(expr, f), f.Type)
			}
		}
		return
	}
	n, _ := t.Constant()
	if n == 0 {
		return
	}
	r.items = append(r.items, item{expr, t, place{r.start.n + r.width, r.start.more}})
	r.width += n
}

// several reports whether the run is more than one read or write.
func (r *run) several() bool {
	if len(r.items) == 1 {
		switch it := r.items[0]; it.t.Kind {
		case model.Time, model.Complex64, model.Complex128:
			return true
		case model.Array:
			return !leaf(it.t)
		}
	}
	return len(r.items) > 1
}

// each writes a loop over the elements of an array, of which each is a run.
func (it item) each(w *block, e *codec, do func(item, *block, *codec)) {
	e.each(w, it.expr, it.t.Elem, func(in *block, expr string, elem *model.Type) {
		size, _ := elem.Constant()
		r := run{e: e, start: it.element(in.latest("i"), size)}
		r.add(expr, elem)
		for _, part := range r.items {
			do(part, in, e)
		}
	})
}

// put writes the run.
func (r *run) put(w *block) {
	if r.width == 0 {
		return
	}
	if r.several() {
		w.add("_ = b[$n]", vars{"n": r.width - 1})
	}
	for _, it := range r.items {
		it.put(w, r.e)
	}
	for _, it := range r.items {
		it.putText(w, r.e)
	}
	w.add("b = b[$n:]", vars{"n": r.width})
}

// putText writes the strings of an item. They come after the numbers of their run: a
// call to append takes all registers away, and so fewer have to be loaded again.
func (it item) putText(w *block, e *codec) {
	switch {
	case it.t.Kind == model.String:
		w.add("text = append(text, $v...)", vars{"v": bare(it.expr)})
	case it.t.Kind == model.Array && it.t.Strings():
		it.each(w, e, item.putText)
	}
}

// take reads the run.
func (r *run) take(w *block) {
	if r.width > 0 {
		w.add("if len(b) < $n {\n$fail\n}", vars{"n": r.width, "fail": r.e.fail})
	}
	if r.first != nil {
		w.code = append(w.code, r.first)
	}
	if r.width == 0 {
		return
	}
	for _, it := range r.items {
		it.take(w, r.e)
	}
	w.add("b = b[$n:]", vars{"n": r.width})
}

func (it item) put(w *block, e *codec) {
	v := vars{"v": bare(it.expr), "b": it.at(0), "i": it.index(0)}
	as := func(basic string) { v["v"] = e.to(basic, it.expr, it.t) }
	switch it.t.Kind {
	case model.Bool:
		w.add("b[$i] = 0\nif $v {\nb[$i] = 1\n}", v)
	case model.Int8, model.Uint8:
		as("uint8")
		w.add("b[$i] = $v", v)
	case model.Int16, model.Uint16:
		as("uint16")
		w.add("$binary.LittleEndian.PutUint16($b, $v)", v)
	case model.Int32, model.Uint32:
		as("uint32")
		w.add("$binary.LittleEndian.PutUint32($b, $v)", v)
	case model.Int, model.Int64, model.Uint, model.Uint64:
		as("uint64")
		w.add("$binary.LittleEndian.PutUint64($b, $v)", v)
	case model.Float32:
		as("float32")
		w.add("$binary.LittleEndian.PutUint32($b, $math.Float32bits($v))", v)
	case model.Float64:
		as("float64")
		w.add("$binary.LittleEndian.PutUint64($b, $math.Float64bits($v))", v)
	case model.Complex64:
		v["b2"] = it.at(4)
		w.add("$binary.LittleEndian.PutUint32($b, $math.Float32bits(real(complex64($v))))", v)
		w.add("$binary.LittleEndian.PutUint32($b2, $math.Float32bits(imag(complex64($v))))", v)
	case model.Complex128:
		v["b2"] = it.at(8)
		w.add("$binary.LittleEndian.PutUint64($b, $math.Float64bits(real(complex128($v))))", v)
		w.add("$binary.LittleEndian.PutUint64($b2, $math.Float64bits(imag(complex128($v))))", v)
	case model.Array:
		if !byteArray(it.t) {
			it.each(w, e, item.put)
			return
		}
		w.add("copy($b, $v[:])", vars{"b": v["b"], "v": it.expr})
	case model.String:
		w.add("$binary.LittleEndian.PutUint32($b, uint32(len($v)))", v)
	case model.Time:
		v["t"], v["nsec"], v["zone"] = receiver(it.expr), it.at(8), it.at(12)
		w.add("$binary.LittleEndian.PutUint64($b, uint64($t.Unix()))", v)
		w.add("$binary.LittleEndian.PutUint32($nsec, uint32($t.Nanosecond()))", v)
		w.add("$binary.LittleEndian.PutUint32($zone, $cachert.Zone($v, $t.Location() == $time.UTC))", v)
	}
}

func (it item) take(w *block, e *codec) {
	v := vars{"v": bare(it.expr), "b": it.at(0), "i": it.index(0), "T": e.g.spell(it.t), "fail": e.fail}
	switch it.t.Kind {
	case model.Bool:
		w.add("if b[$i] > 1 {\n$fail\n}\n$v = b[$i] == 1", v)
	case model.Int8, model.Uint8:
		v["x"] = e.convert(it.t, "uint8", e.g.snippet("b[$i]", v))
		w.add("$v = $x", v)
	case model.Int16, model.Uint16:
		v["x"] = e.convert(it.t, "uint16", e.g.snippet("$binary.LittleEndian.Uint16($b)", v))
		w.add("$v = $x", v)
	case model.Int32, model.Uint32:
		v["x"] = e.convert(it.t, "uint32", e.g.snippet("$binary.LittleEndian.Uint32($b)", v))
		w.add("$v = $x", v)
	case model.Int64, model.Uint64:
		v["x"] = e.convert(it.t, "uint64", e.g.snippet("$binary.LittleEndian.Uint64($b)", v))
		w.add("$v = $x", v)
	case model.Int, model.Uint:
		v["F"] = map[model.Kind]string{model.Int: "IsInt", model.Uint: "IsUint"}[it.t.Kind]
		w.add("if !$cachert."+v["F"].(string)+"($binary.LittleEndian.Uint64($b)) {\n$fail\n}", v)
		w.add("$v = $T($binary.LittleEndian.Uint64($b))", v)
	case model.Float32:
		v["x"] = e.convert(it.t, "float32", e.g.snippet("$math.Float32frombits($binary.LittleEndian.Uint32($b))", v))
		w.add("$v = $x", v)
	case model.Float64:
		v["x"] = e.convert(it.t, "float64", e.g.snippet("$math.Float64frombits($binary.LittleEndian.Uint64($b))", v))
		w.add("$v = $x", v)
	case model.Complex64:
		v["b2"] = it.at(4)
		v["x"] = e.convert(it.t, "complex64", e.g.snippet("complex($math.Float32frombits($binary.LittleEndian.Uint32($b)), $math.Float32frombits($binary.LittleEndian.Uint32($b2)))", v))
		w.add("$v = $x", v)
	case model.Complex128:
		v["b2"] = it.at(8)
		v["x"] = e.convert(it.t, "complex128", e.g.snippet("complex($math.Float64frombits($binary.LittleEndian.Uint64($b)), $math.Float64frombits($binary.LittleEndian.Uint64($b2)))", v))
		w.add("$v = $x", v)
	case model.Array:
		if !byteArray(it.t) {
			it.each(w, e, item.take)
			return
		}
		w.add("copy($v[:], $b)", vars{"b": v["b"], "v": it.expr})
	case model.String:
		e.n = true
		v["x"] = e.convert(it.t, "string", "s[:n]")
		if e.own {
			v["x"] = e.g.snippet("$T(s[:n])", v)
		}
		w.add("if n = int($binary.LittleEndian.Uint32($b)); uint(n) > uint(len(s)) {\n$fail\n}\n$v, s = $x, s[n:]", v)
	case model.Time:
		e.ok = true
		w.add("if $v, ok = $cachert.TakeTime($b); !ok {\n$fail\n}", v)
	}
}

// convert spells a conversion of x, which is of the basic type from, where the
// type asks for one.
func (e *codec) convert(t *model.Type, from string, x any) jen.Code {
	v := vars{"T": e.g.spell(t), "x": x}
	if !t.Named() && t.Kind.String() == from {
		return e.g.snippet("$x", v)
	}
	return e.g.snippet("$T($x)", v)
}

// to spells the value that expr spells as one of a basic type.
func (e *codec) to(basic, expr string, t *model.Type) string {
	if !t.Named() && t.Kind.String() == basic {
		return bare(expr)
	}
	return basic + "(" + bare(expr) + ")"
}

// bare returns an expression without the parentheses around a whole dereference.
func bare(expr string) string {
	if !strings.HasPrefix(expr, "(*") {
		return expr
	}
	depth := 0
	for i, c := range expr {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 && i < len(expr)-1 {
			return expr
		}
	}
	return expr[1 : len(expr)-1]
}
