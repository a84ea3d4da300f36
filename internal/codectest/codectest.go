// Package codectest checks generated encoders and decoders, from inside the
// packages that they are generated into.
//
//	values ──append──> bytes ──decode──> the same values
//	           every prefix, every flipped bit, bytes behind the end, any bytes at all
package codectest

import (
	"bytes"
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Codec is a generated pair of functions.
type Codec[V any] struct {
	Append func(dst []byte, v *V) ([]byte, error)
	Decode func(v *V, data []byte, text string) error
	// Options are for go-cmp, beside those for NaN and time.
	Options []cmp.Option
}

func (c Codec[V]) options() []cmp.Option {
	return append([]cmp.Option{
		cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }),
		cmp.Comparer(func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }),
		cmp.Comparer(func(a, b complex64) bool {
			return math.Float32bits(real(a)) == math.Float32bits(real(b)) && math.Float32bits(imag(a)) == math.Float32bits(imag(b))
		}),
		cmp.Comparer(func(a, b complex128) bool {
			return math.Float64bits(real(a)) == math.Float64bits(real(b)) && math.Float64bits(imag(a)) == math.Float64bits(imag(b))
		}),
		cmp.Comparer(func(a, b time.Time) bool {
			_, x := a.Zone()
			_, y := b.Zone()
			return a.Equal(b) && x == y && a.IsZero() == b.IsZero()
		}),
	}, c.Options...)
}

// Check takes each value through everything that can be done to its encoding.
func (c Codec[V]) Check(t *testing.T, values ...V) {
	t.Helper()
	for i := range values {
		v := &values[i]
		data, err := c.Append(nil, v)
		if err != nil {
			t.Errorf("value %d: %v", i, err)
			continue
		}
		c.roundTrip(t, v, data)
		c.truncations(t, data)
		c.flips(t, data)
	}
}

// roundTrip decodes from bytes and from a string, and behind a prefix, and looks
// whether the value keeps anything of the buffer that it came from.
func (c Codec[V]) roundTrip(t *testing.T, v *V, data []byte) {
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
	if err := c.Decode(&fromText, data, string(data)); err != nil {
		t.Errorf("decoding from text: %v", err)
	}
	if d := cmp.Diff(fromBytes, fromText, c.options()...); d != "" {
		t.Errorf("decoding from bytes and from text differ:\n%s", d)
	}
	behind, err := c.Append([]byte("prefix"), v)
	if err != nil || len(behind) != len(data)+6 || string(behind[:6]) != "prefix" {
		t.Errorf("appending: %d bytes behind a prefix, want %d: %v", len(behind)-6, len(data), err)
	}
	if cap(data) > len(data)+len(data)/4+64 {
		t.Errorf("encoding of %d bytes in a buffer of %d: the size pass is off", len(data), cap(data))
	}
}

// truncations decodes every prefix, and bytes behind the end: none is a value.
func (c Codec[V]) truncations(t *testing.T, data []byte) {
	t.Helper()
	for n := range data {
		if c.Decode(new(V), data[:n:n], "") == nil {
			t.Errorf("a prefix of %d of %d bytes is a value", n, len(data))
		}
	}
	if c.Decode(new(V), append(bytes.Clone(data), 0), "") == nil {
		t.Error("a byte behind the end is not noticed")
	}
}

// flips decodes the encoding with each bit flipped. The envelope catches those
// outside the process; the decoder must survive them, and what it makes of them
// must be a value like any other.
func (c Codec[V]) flips(t *testing.T, data []byte) {
	t.Helper()
	for i := range data {
		for bit := range 8 {
			data[i] ^= 1 << bit
			c.Any(t, data)
			data[i] ^= 1 << bit
		}
	}
}

// Any decodes any bytes: if they are a value, it has an encoding that is that
// value again.
func (c Codec[V]) Any(t testing.TB, data []byte) {
	t.Helper()
	var v, again V
	if c.Decode(&v, data, "") != nil {
		return
	}
	enc, err := c.Append(nil, &v)
	if err != nil {
		t.Errorf("a value that was decoded cannot be encoded: %v", err)
		return
	}
	if err := c.Decode(&again, enc, ""); err != nil {
		t.Errorf("a value that was decoded and encoded cannot be decoded: %v", err)
		return
	}
	if len(enc) != len(data) {
		t.Errorf("%d bytes are a value whose encoding has %d: numbers are not in their only form", len(data), len(enc))
	}
}

// Fuzz feeds the decoder with any bytes, starting from the values' encodings, and
// checks that it takes at most factor times the input and 4 KiB of memory.
func (c Codec[V]) Fuzz(f *testing.F, factor uint64, values ...V) {
	for i := range values {
		data, err := c.Append(nil, &values[i])
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_ = c.Decode(new(V), data, "")
		runtime.ReadMemStats(&after)
		if used, limit := after.TotalAlloc-before.TotalAlloc, factor*uint64(len(data))+4096; used > limit {
			t.Errorf("decoding %d bytes took %d bytes of memory, want at most %d", len(data), used, limit)
		}
		c.Any(t, data)
	})
}
