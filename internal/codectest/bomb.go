package codectest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/cachegen/cachegen/runtime"
)

// bombs decodes what promises more than there is: counts without elements, and
// counts, lengths and presence bytes one in another. Where a type is recursive,
// some of them are its own beginning over and over.
func (c Codec[V]) bombs(t tb) {
	t.Helper()
	for _, n := range []uint64{1, 127, 1 << 14, 1 << 20, 1<<20 + 1, 1 << 31, 1 << 40, 1<<63 - 1, 1<<64 - 1} {
		count := binary.AppendUvarint(nil, n)
		for _, zeros := range []int{0, 1, 8, 100} {
			front := make([]byte, zeros)
			c.bounded(t, append(bytes.Clone(front), count...))
			c.bounded(t, append(append(front, bytes.Repeat(count, 20)...), make([]byte, 100)...))
		}
	}
	for _, unit := range units {
		for _, front := range []string{"", "\x00"} { // with a section of strings, and without one
			c.bounded(t, append([]byte(front), bytes.Repeat(unit, 4<<10/len(unit))...))
		}
	}
}

// counts puts numbers that are too large in the place of each byte of an encoding.
func (c Codec[V]) counts(t tb, data []byte) {
	t.Helper()
	for i := range data {
		for _, n := range []uint64{1 << 12, 1 << 20, 1 << 40} {
			count := binary.AppendUvarint(bytes.Clone(data[:i]), n)
			c.bounded(t, append(count, data[i+1:]...))
		}
	}
}

// Depth takes values that are as deep as they may be, and deeper by one, which
// neither the encoder nor the decoder goes into. deep returns a value of n levels.
func (c Codec[V]) Depth(t *testing.T, deep func(n int) V) {
	t.Helper()
	encode := func(n int) []byte {
		v := deep(n)
		data, err := c.Append(nil, &v)
		if err != nil {
			t.Fatalf("a value of %d levels: %v", n, err)
		}
		return data
	}
	less, most := encode(runtime.MaxDepth-1), encode(runtime.MaxDepth)
	if err := c.Decode(new(V), most, ""); err != nil {
		t.Errorf("decoding the deepest value: %v", err)
	}
	v := deep(runtime.MaxDepth + 1)
	if _, err := c.Append(nil, &v); !errors.Is(err, runtime.ErrDepth) {
		t.Errorf("encoding a value too deep: %v, want ErrDepth", err)
	}
	// A level more is what the deepest one has more than the one before.
	at := 0
	for at < len(less) && less[at] == most[at] {
		at++
	}
	level := most[at : at+len(most)-len(less)]
	if more := slices.Insert(bytes.Clone(less), at, level...); !bytes.Equal(more, most) {
		t.Fatalf("a level is not found in the encoding: %x", level)
	}
	if c.Decode(new(V), slices.Insert(bytes.Clone(most), at, level...), "") == nil {
		t.Error("a value too deep was decoded")
	}
}

// units are all sequences of up to four of the bytes that open something.
var units = func() (all [][]byte) {
	last := [][]byte{{}}
	for range 4 {
		var next [][]byte
		for _, u := range last {
			for _, b := range []byte{0, 1, 2} {
				next = append(next, append(bytes.Clone(u), b))
			}
		}
		all = append(all, next...)
		last = next
	}
	return append(all, []byte{0xff}, []byte{0xff, 0x7f}, []byte{0x80}, []byte{0x7f})
}()
