package codectest

import (
	"bytes"
	"reflect"
)

// truncations decodes every prefix, and bytes behind the end: none is a value.
func (c Codec[V]) truncations(t tb, data []byte) {
	t.Helper()
	for n := range data {
		if c.Decode(new(V), data[:n:n], "") == nil {
			t.Errorf("a prefix of %d of %d bytes is a value", n, len(data))
		}
	}
	for _, behind := range [][]byte{{0}, {1}, {0xff}, data} {
		if len(behind) > 0 && c.Decode(new(V), append(bytes.Clone(data), behind...), "") == nil {
			t.Errorf("%d bytes behind the end are not noticed", len(behind))
		}
	}
}

// flips decodes the encoding with each bit flipped. The envelope catches those
// outside the process; the decoder must survive them, and what it makes of them
// must be a value like any other.
func (c Codec[V]) flips(t tb, data []byte) {
	t.Helper()
	for i := range data {
		for bit := range 8 {
			data[i] ^= 1 << bit
			c.Any(t, data)
			data[i] ^= 1 << bit
		}
	}
}

// Any decodes any bytes. If they are a value, they are the only form of it: it is
// encoded as the same bytes, or as many if a map decides their order.
func (c Codec[V]) Any(t tb, data []byte) {
	t.Helper()
	var v V
	if c.Decode(&v, data, "") != nil {
		return
	}
	enc, err := c.Append(nil, &v)
	if err != nil {
		t.Errorf("a value that was decoded cannot be encoded: %v\n%x", err, data)
		return
	}
	if !c.Own && len(enc) != len(data) {
		t.Errorf("%d bytes are a value whose encoding has %d: numbers are not in their only form\n%x", len(data), len(enc), data)
	}
	if !c.Own && !c.unordered() && !bytes.Equal(enc, data) {
		t.Errorf("two encodings of one value:\n%x\n%x", data, enc)
	}
	if err := c.Decode(new(V), enc, ""); err != nil {
		t.Errorf("a value that was decoded and encoded cannot be decoded: %v\n%x", err, data)
	}
}

// unordered reports whether the order of a value's bytes is Go's: it can hold a map.
func (c Codec[V]) unordered() bool {
	return holds(reflect.TypeFor[V](), func(t reflect.Type) bool { return t.Kind() == reflect.Map })
}

// holds reports whether a value of the type can hold, as far as it is stored, one
// of a type that is asked for.
func holds(t reflect.Type, is func(reflect.Type) bool) bool {
	seen := map[reflect.Type]bool{}
	var walk func(t reflect.Type) bool
	walk = func(t reflect.Type) bool {
		if seen[t] {
			return false
		}
		seen[t] = true
		if is(t) {
			return true
		}
		switch t.Kind() {
		case reflect.Map:
			return walk(t.Key()) || walk(t.Elem())
		case reflect.Pointer, reflect.Slice, reflect.Array:
			return walk(t.Elem())
		case reflect.Struct:
			for i := range t.NumField() {
				if f := t.Field(i); !skipped(f) && walk(f.Type) {
					return true
				}
			}
		}
		return false
	}
	return walk(t)
}
