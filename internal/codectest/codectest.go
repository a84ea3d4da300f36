// Package codectest checks generated encoders and decoders, from inside the
// packages that they are generated into. One call does all of it:
//
//	var products = codectest.Codec[Product]{Append: appendProduct, Decode: decodeProduct, Prefix: productCachePrefix}
//
//	func TestCodec(t *testing.T)   { products.Check(t, samples()...) }
//	func FuzzProduct(f *testing.F) { products.Fuzz(f, samples()...) }
//
// What is checked, and where:
//
//	codectest.go  values ──append──> bytes ──decode──> the same values, given and random ones
//	damage.go     every prefix, every flipped bit, bytes behind the end, any bytes at all
//	bomb.go       counts and depths that promise more than there is
//	mutate.go     thousands of encodings that were changed at random, or as many as MUTATIONS says
//	memory.go     how much memory a decoder may take for them
//	differ.go     the same value to encoding/json or encoding/gob
//	stored.go     the same bytes as the releases before
//	corpus.go     what fuzzing begins with
//	draw.go       random values of any type
//	keys.go       keys that are different stay different
package codectest

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Codec is a generated pair of functions.
type Codec[V any] struct {
	Append func(dst []byte, v *V) ([]byte, error)
	Decode func(v *V, data []byte, text string) error

	// Prefix is that of a cache of the type, which has its fingerprint.
	Prefix string

	// K bounds the memory that decoding takes: K times the input, and 4 KiB. Where it
	// is 0, it is what the decoder's comment says.
	K uint64

	// Own is set for values that hold a type which stores itself by its own
	// methods. Those may allocate, and may read what they would not write.
	Own bool

	// Draw has functions func(*rapid.T) T for types whose random values are not
	// to be drawn field by field.
	Draw []any

	// Options are for go-cmp, beside those that all codecs need.
	Options []cmp.Option
}

// Check takes each value, and random ones, through everything that can be done to
// an encoding.
func (c Codec[V]) Check(t *testing.T, values ...V) {
	t.Helper()
	c = c.ready()
	t.Run(reflect.TypeFor[V]().Name(), func(t *testing.T) {
		var encodings [][]byte
		for i := range values {
			data, err := c.Append(nil, &values[i])
			if err != nil {
				t.Fatalf("value %d: %v", i, err)
			}
			c.roundTrip(t, &values[i], data)
			c.allocs(t, &values[i], data)
			c.truncations(t, data)
			c.flips(t, data)
			c.counts(t, data)
			encodings = append(encodings, data)
		}
		c.stored(t, values, encodings)
		c.bombs(t)
		if t.Failed() { // rapid does not start then
			return
		}
		rapid.Check(t, c.random)
		for i := range 8 {
			v := c.Values().Example(i)
			data, err := c.Append(nil, &v)
			if err != nil {
				t.Fatalf("a random value: %v", err)
			}
			encodings = append(encodings, data)
		}
		c.mutate(t, encodings)
	})
}

// random takes one random value there and back.
func (c Codec[V]) random(t *rapid.T) {
	v := c.Values().Draw(t, "value")
	data, err := c.Append(nil, &v)
	if err != nil {
		t.Fatalf("encoding: %v", err)
	}
	c.roundTrip(t, &v, data)
	if n := rapid.IntRange(0, len(data)).Draw(t, "cut"); n < len(data) && c.Decode(new(V), data[:n:n], "") == nil {
		t.Errorf("a prefix of %d of %d bytes is a value", n, len(data))
	}
}

// tb is what testing and rapid have in common.
type tb interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// roundTrip decodes from bytes and from a string, and looks whether the value
// keeps anything of the buffer that it came from.
func (c Codec[V]) roundTrip(t tb, v *V, data []byte) {
	t.Helper()
	var fromBytes, fromText V
	buf := bytes.Clone(data)
	if err := c.Decode(&fromBytes, buf, ""); err != nil {
		t.Errorf("decoding what was encoded: %v", err)
		return
	}
	for i := range buf {
		buf[i] ^= 0xff
	}
	if d := cmp.Diff(*v, fromBytes, c.options()...); d != "" {
		t.Errorf("round trip (-encoded +decoded):\n%s", d)
	}
	if at := unstored(reflect.ValueOf(&fromBytes).Elem(), "", 0); at != "" {
		t.Errorf("%s is not stored, and is not zero after decoding", at)
	}
	if err := c.Decode(&fromText, data, string(data)); err != nil {
		t.Errorf("decoding from text: %v", err)
	}
	if d := cmp.Diff(fromBytes, fromText, c.options()...); d != "" {
		t.Errorf("decoding from bytes and from text differ:\n%s", d)
	}
	c.size(t, v, data)
	c.differ(t, v, &fromBytes)
}

// size checks that encoding takes the room that it says beforehand, and no other:
// none is allocated if there is enough, and all at once if there is not.
func (c Codec[V]) size(t tb, v *V, data []byte) {
	t.Helper()
	room := append(make([]byte, 0, 6+len(data)), "prefix"...)
	all, err := c.Append(room, v)
	if err != nil || len(all) != len(room)+len(data) || string(all[:6]) != "prefix" {
		t.Errorf("appending: %d bytes behind a prefix, want %d: %v", len(all)-6, len(data), err)
		return
	}
	if &all[0] != &room[0] {
		t.Errorf("encoding of %d bytes does not fit a buffer of as many: the size pass is off", len(data))
	}
	for _, short := range []int{len(data) / 2, len(data) - 1} {
		c.short(t, v, data, max(0, short))
	}
}

// short checks that an encoding is whole that has begun in a buffer which is too small.
func (c Codec[V]) short(t tb, v *V, data []byte, room int) {
	t.Helper()
	var back V
	all, err := c.Append(make([]byte, 0, room), v)
	if err != nil || len(all) != len(data) || c.Decode(&back, all, "") != nil {
		t.Errorf("into a buffer of %d bytes: %d of %d bytes, or none that can be decoded: %v", room, len(all), len(data), err)
		return
	}
	if d := cmp.Diff(*v, back, c.options()...); d != "" {
		t.Errorf("into a buffer of %d bytes (-encoded +decoded):\n%s", room, d)
	}
}

// allocs checks that encoding allocates nothing.
func (c Codec[V]) allocs(t tb, v *V, data []byte) {
	t.Helper()
	if c.Own {
		return
	}
	room := make([]byte, 0, len(data))
	if n := testing.AllocsPerRun(1, func() { _, _ = c.Append(room, v) }); n != 0 {
		t.Errorf("encoding takes %v allocations, want none", n)
	}
}
