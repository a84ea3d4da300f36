package codectest

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// Keys are the functions that spell the keys of a cache.
type Keys[K comparable] struct {
	Binary func(dst []byte, key K) []byte // for memory tiers
	Text   func(dst []byte, key K) []byte // for those outside the process
	Slot   bool                           // the text begins with a hash tag

	// Same says whether two keys mean the same; where it is nil, == does.
	Same func(a, b K) bool
}

// Check draws pairs of keys that could be mistaken for each other, and looks that
// they are spelled alike only if they are the same.
func (c Keys[K]) Check(t *testing.T) {
	t.Helper()
	d := newDrawer(nil, drawPart)
	draw := rapid.Custom(func(t *rapid.T) (k K) {
		d.fill(t, reflect.ValueOf(&k).Elem(), 0, true)
		return k
	})
	t.Run(reflect.TypeFor[K]().Name(), func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			a := draw.Draw(t, "a")
			b := draw.Draw(t, "b")
			if v := reflect.ValueOf(&b).Elem(); v.Kind() == reflect.Struct && open(v.Type()) {
				// Another one in some parts only.
				for i := range v.NumField() {
					if rapid.Bool().Draw(t, "same part") {
						v.Field(i).Set(reflect.ValueOf(a).Field(i))
					}
				}
			}
			c.Pair(t, a, b)
			c.Pair(t, a, a)
		})
	})
}

// open reports whether reflection can set all fields of a struct.
func open(t reflect.Type) bool {
	for i := range t.NumField() {
		if !t.Field(i).IsExported() {
			return false
		}
	}
	return true
}

// Pair looks at the spelling of two keys.
func (c Keys[K]) Pair(t tb, a, b K) {
	t.Helper()
	same := a == b
	if c.Same != nil {
		same = c.Same(a, b)
	}
	binary := c.Binary(nil, a)
	if other := c.Binary(nil, b); bytes.Equal(binary, other) != same {
		t.Errorf("%s and %s are spelled %q and %q in memory", brief(a), brief(b), binary, other)
	}
	text, other := string(c.Text(nil, a)), string(c.Text([]byte("front:"), b))
	if other, ok := strings.CutPrefix(other, "front:"); !ok || (text == other) != same {
		t.Errorf("%s and %s are spelled %s and %s", brief(a), brief(b), brief(text), brief(other))
	}
	c.readable(t, text)
	if n := len(binary); n == 16 || n > 1024 {
		t.Errorf("the key of %s in memory has %d bytes, which fastcache is not to get", brief(a), n)
	}
}

// brief returns a value as a message may quote it.
func brief(v any) string {
	s := fmt.Sprintf("%q", v)
	if len(s) > 200 {
		s = fmt.Sprintf("%s… (%d bytes)", s[:200], len(s))
	}
	return s
}

// readable looks at a text: it has no bytes that mean something to Redis, to a log
// or to a terminal, and is no hash tag but where it is to be one.
func (c Keys[K]) readable(t tb, text string) {
	t.Helper()
	rest := text
	if c.Slot {
		tag, after, ok := strings.Cut(text, "}")
		if !ok || len(tag) < 2 || tag[0] != '{' {
			t.Errorf("no hash tag at the front of %s", brief(text))
			return
		}
		rest = tag[1:] + after
	}
	if i := strings.IndexFunc(rest, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '{' || r == '}' }); i >= 0 {
		t.Errorf("%q is in the text %s", rest[i], brief(text))
	}
}

// drawPart draws what a string in a key can be, with all that could be mistaken for
// what stands between the parts, and some that are longer than a key may be.
func drawPart(t *rapid.T) string {
	switch rapid.IntRange(0, 9).Draw(t, "") {
	case 0:
		return rapid.SampledFrom([]string{"", "%", "%25", "%3A", "%~", ":", "::", "%%", "\x00", "\xff", "{", "}", "{}", "{a}", ",", "a:b", "true", "-1"}).Draw(t, "")
	case 1:
		return drawBytes(t)
	case 2:
		long := strings.Repeat(rapid.SampledFrom([]string{"k", ":", "é"}).Draw(t, ""), rapid.SampledFrom([]int{127, 128, 511, 512, 1015, 1016, 1024, 1 << 20}).Draw(t, ""))
		at := rapid.IntRange(0, len(long)).Draw(t, "")
		return long[:at] + rapid.SampledFrom([]string{"", "x", ":", "\x00"}).Draw(t, "") + long[at:]
	}
	return rapid.StringOfN(rapid.SampledFrom([]rune{0, ' ', '%', ':', ',', '{', '}', '~', '2', '5', 'A', 'a', 0x7f, utf8.RuneError, 'é', '\n'}), 0, 4, -1).Draw(t, "")
}
