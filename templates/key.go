package templates

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/model"
)

// keyType spells the type of the key.
func (x *cacheGen) keyType() jen.Code {
	if x.c.Key.Struct() {
		return jen.Id(x.c.Name + "Key")
	}
	return x.spell(x.c.Key.Parts[0].Type)
}

// keyDecls declares the key, if it has several parts, and how memory keys begin.
func (x *cacheGen) keyDecls() []jen.Code {
	var id [8]byte
	binary.BigEndian.PutUint64(id[:], x.c.Fingerprint())
	all := []jen.Code{x.snippet(`// $prefix begins every key in memory: a byte that is changed where a
// key is padded or hashed, and the fingerprint of the cache.
const $prefix = "\x00$id"`, x.with(vars{"id": hexEscape(id[:])}))}
	if !x.c.Key.Struct() {
		return all
	}
	fields, values := &jen.Statement{}, make([]string, 0, len(x.c.Key.Parts))
	for _, p := range x.c.Key.Parts {
		fields.Add(x.snippet("$n $T\n", vars{"n": p.Name, "T": x.spell(p.Type)}))
		values = append(values, fmt.Sprintf("%s: v.%s", p.Name, p.Path))
	}
	v := x.with(vars{"fields": fields, "values": strings.Join(values, ", ")})
	all = append(all, x.snippet("// $key is the key of a value in a $X.\ntype $key struct {\n$fields}", v))
	if x.c.Key.Fields {
		all = append(all, x.snippet("// ${key}Of returns the key of a value.\nfunc ${key}Of(v $V) $key {\nreturn $key{$values}\n}", v))
	}
	return all
}

func hexEscape(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		fmt.Fprintf(&s, `\x%02x`, c)
	}
	return s.String()
}

// keyFuncs returns the functions that spell a key.
func (x *cacheGen) keyFuncs() []jen.Code {
	all := []jen.Code{x.binaryKeyFunc()}
	if x.remote() {
		all = append(all, x.textKeyFunc())
	}
	return all
}

// part spells a part of the key in a function that has it as key.
func (x *cacheGen) keyPart(p model.KeyPart) string {
	if x.c.Key.Struct() {
		return "key." + p.Name
	}
	return "key"
}

// keyFails reports whether spelling a key can fail: some type does it itself.
func (x *cacheGen) keyFails() bool {
	for _, p := range x.c.Key.Parts {
		if marshals(p.Type) {
			return true
		}
	}
	return false
}

func marshals(t *model.Type) bool {
	return t.Marshal != model.NoMarshal || t.Kind == model.Array && marshals(t.Elem)
}

// keyWidth returns the length of a binary key without its prefix, if all keys
// have the same.
func (x *cacheGen) keyWidth() (n int64, ok bool) {
	for _, p := range x.c.Key.Parts {
		w, fixed := binaryWidth(p.Type)
		if !fixed {
			return 0, false
		}
		n += w
	}
	return n, true
}

func binaryWidth(t *model.Type) (n int64, ok bool) {
	switch {
	case t.Marshal != model.NoMarshal:
		return 0, false
	case t.Kind == model.Time:
		return 12, true
	case t.Kind == model.Array:
		n, ok = binaryWidth(t.Elem)
		return n * t.Len, ok
	}
	return t.Width()
}

// binaryKeySize returns how much of the stack a binary key gets.
func (x *cacheGen) binaryKeySize() int64 {
	if n, ok := x.keyWidth(); ok {
		return n + 10
	}
	return 128
}

func (x *cacheGen) binaryKeyFunc() jen.Code {
	w := x.block()
	for i, p := range x.c.Key.Parts {
		x.binaryPart(w, x.keyPart(p), p.Type, i == len(x.c.Key.Parts)-1)
	}
	v := x.with(vars{"in": w.lines(), "f": x.binaryKey, "end": "return k", "result": "[]byte", "panics": ""})
	switch n, ok := x.keyWidth(); {
	case ok && n+9 == 16:
		v["end"] = "return append(k, 0) // fastcache has keys of 16 bytes for itself"
	case !ok:
		v["end"] = x.snippet("return $cachert.FinishKey(k)", nil)
	}
	if x.keyFails() {
		v["result"], v["panics"] = "(_ []byte, err error)", x.snippet("defer $cachert.Recover(&err)\n", nil)
		v["end"] = x.snippet("return $cachert.FinishKey(k), nil", nil)
	}
	return x.snippet("// $f appends key as memory tiers know it.\nfunc $f(k []byte, key $K) $result {\n${panics}k = append(k, $prefix...)\n$in\n$end\n}", v)
}

// binaryPart writes the statements for one part of a binary key.
func (x *cacheGen) binaryPart(w *block, expr string, t *model.Type, last bool) {
	v := vars{"v": expr}
	if t.Marshal != model.NoMarshal {
		v["text"] = x.marshalKey(w, expr, t)
		w.add("k = $cachert.AppendBinaryString(k, string($text))", v)
		return
	}
	v["n"] = convertTo(map[model.Kind]string{
		model.Int16: "uint16", model.Uint16: "uint16", model.Int32: "uint32", model.Uint32: "uint32", model.String: "string",
	}[t.Kind], "uint64", expr, t)
	switch t.Kind {
	case model.Bool:
		w.add("if $v {\nk = append(k, 1)\n} else {\nk = append(k, 0)\n}", v)
	case model.Int8, model.Uint8:
		w.add("k = append(k, byte($v))", v)
	case model.Int16, model.Uint16:
		w.add("k = $binary.LittleEndian.AppendUint16(k, $n)", v)
	case model.Int32, model.Uint32:
		w.add("k = $binary.LittleEndian.AppendUint32(k, $n)", v)
	case model.Int, model.Int64, model.Uint, model.Uint64:
		w.add("k = $binary.LittleEndian.AppendUint64(k, $n)", v)
	case model.String:
		if last {
			w.add("k = append(k, $v...)", v)
		} else {
			w.add("k = $cachert.AppendBinaryString(k, $n)", v)
		}
	case model.Time:
		w.add("k = $cachert.AppendBinaryTime(k, $v)", v)
	case model.Array:
		x.keyArray(w, expr, "", func(in *block, e string) { x.binaryPart(in, e, t.Elem, false) })
	default:
		panic("cachegen bug: no key of kind " + t.Kind.String())
	}
}

// keyArray writes a loop over the elements of an array in a key.
func (x *cacheGen) keyArray(w *block, expr, before string, each func(*block, string)) {
	i, e := w.local("i"), w.local("e")
	in := w.nested()
	if before != "" {
		in.add(before, vars{"i": i})
	} else {
		i = "_"
	}
	each(in, e)
	w.add("for $i, $e := range $v {\n$in\n}", vars{"i": i, "e": e, "v": expr, "in": in.lines()})
}

// marshalKey has a part spell itself and returns the name of its text.
func (x *cacheGen) marshalKey(w *block, expr string, t *model.Type) string {
	v := vars{"v": expr, "text": w.local("part"), "M": "MarshalText()"}
	if t.Marshal == model.TextAppend {
		v["M"] = "AppendText(make([]byte, 0, 64))"
	}
	w.add("$text, err := $v.$M\nif err != nil {\nreturn nil, err\n}", v)
	return v["text"].(string)
}

func (x *cacheGen) textKeyFunc() jen.Code {
	w := x.block()
	for i, p := range x.c.Key.Text(x.c.Slot) {
		if i > 0 {
			w.add("k = append(k, ':')", nil)
		}
		if p.Path == x.c.Slot {
			w.add("k = append(k, '{')\nslot := len(k)", nil)
			x.textPart(w, x.keyPart(p), p.Type)
			w.add("k = $cachert.EndKeySlot(k, slot)", nil)
			continue
		}
		x.textPart(w, x.keyPart(p), p.Type)
	}
	v := x.with(vars{"in": w.lines(), "f": x.textKey, "result": "[]byte", "end": "return k", "panics": ""})
	if x.keyFails() {
		v["result"], v["panics"] = "(_ []byte, err error)", x.snippet("defer $cachert.Recover(&err)\n", nil)
		v["end"] = "return k, nil"
	}
	return x.snippet("// $f appends key as the tiers outside the process know it.\nfunc $f(k []byte, key $K) $result {\n$panics$in\n$end\n}", v)
}

// textPart writes the statements for one part of a text key.
func (x *cacheGen) textPart(w *block, expr string, t *model.Type) {
	v := vars{"v": expr}
	if t.Marshal != model.NoMarshal {
		v["text"] = x.marshalKey(w, expr, t)
		w.add("k = $cachert.AppendKeyString(k, string($text))", v)
		return
	}
	v["n"] = convertTo(map[model.Kind]string{
		model.Bool: "bool", model.String: "string",
		model.Uint: "uint64", model.Uint8: "uint64", model.Uint16: "uint64", model.Uint32: "uint64", model.Uint64: "uint64",
	}[t.Kind], "int64", expr, t)
	switch t.Kind {
	case model.Bool:
		w.add("k = $strconv.AppendBool(k, $n)", v)
	case model.Int, model.Int8, model.Int16, model.Int32, model.Int64:
		w.add("k = $strconv.AppendInt(k, $n, 10)", v)
	case model.Uint, model.Uint8, model.Uint16, model.Uint32, model.Uint64:
		w.add("k = $strconv.AppendUint(k, $n, 10)", v)
	case model.String:
		w.add("k = $cachert.AppendKeyString(k, $n)", v)
	case model.Time:
		w.add("k = $cachert.AppendKeyTime(k, $v)", v)
	case model.Array:
		if byteArray(t) {
			w.add("k = $cachert.AppendKeyBytes(k, $v[:])", v)
			return
		}
		x.keyArray(w, expr, "if $i > 0 {\nk = append(k, ',')\n}", func(in *block, e string) { x.textPart(in, e, t.Elem) })
	default:
		panic("cachegen bug: no key of kind " + t.Kind.String())
	}
}

// convertTo spells expr as a value of a basic type, or of another if that is "".
func convertTo(basic, other, expr string, t *model.Type) string {
	if basic == "" {
		basic = other
	}
	if !t.Named() && t.Kind.String() == basic {
		return expr
	}
	return basic + "(" + expr + ")"
}
