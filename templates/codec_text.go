package templates

import "github.com/cachegen/cachegen/generator/model"

// A string is its length, and its bytes in the section of strings.

func sizeString(_ *codec, w *block, expr string, _ *model.Type) {
	v := vars{"v": expr}
	w.add("n += $cachert.SizeUvarint(uint64(len($v)))", v)
	w.add("text += len($v)", v)
}

func putString(_ *codec, w *block, expr string, _ *model.Type) {
	v := vars{"v": expr}
	w.add("b = $cachert.PutUvarint(b, uint64(len($v)))", v)
	w.add("text = text[copy(text, $v):]", v)
}

func takeString(e *codec, w *block, expr string, t *model.Type) {
	v := vars{"v": expr, "x": e.convert(t, "string", "s[:n]"), "fail": e.fail}
	if e.own {
		v["x"] = e.g.snippet("$T(s[:n])", vars{"T": e.g.spell(t)})
	}
	e.n, e.ok = true, true
	w.add("if n, b, ok = $cachert.TakeLength(b, len(s)); !ok {\n$fail\n}", v)
	w.add("$v, s = $x, s[n:]", v)
}

// A time is seconds, nanoseconds and a zone.

func sizeTime(_ *codec, w *block, expr string, _ *model.Type) {
	w.add("n += $cachert.SizeTime($v)", vars{"v": expr})
}

func putTime(_ *codec, w *block, expr string, _ *model.Type) {
	w.add("b = $cachert.PutTime(b, $v)", vars{"v": expr})
}

func takeTime(e *codec, w *block, expr string, _ *model.Type) {
	e.ok = true
	w.add("if $v, b, ok = $cachert.TakeTime(b); !ok {\n$fail\n}", vars{"v": expr, "fail": e.fail})
}
