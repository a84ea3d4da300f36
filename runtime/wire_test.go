package runtime

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"
)

func TestUvarint(t *testing.T) {
	for shift := range 65 {
		for _, n := range []uint64{1<<shift - 1, 1 << shift, 1<<shift + 1} {
			want := binary.AppendUvarint(nil, n)
			check(t, SizeUvarint(n), len(want))
			b := make([]byte, len(want)+2)
			check(t, len(PutUvarint(b, n)), 2)
			if !bytes.Equal(b[:len(want)], want) {
				t.Errorf("PutUvarint(%d) = %x, want %x", n, b, want)
			}
			got, rest, ok := TakeUvarint(b)
			if got != n || len(rest) != 2 || !ok {
				t.Errorf("TakeUvarint(%x) = %d, %d bytes, %v", b, got, len(rest), ok)
			}
			for i := range want { // every truncation
				if _, _, ok := TakeUvarint(want[:i]); ok {
					t.Errorf("TakeUvarint(%x): ok", want[:i])
				}
			}
		}
	}
}

// TestUvarintForms refuses what is no varint, or not the shortest one.
func TestUvarintForms(t *testing.T) {
	for _, s := range []string{
		"", "\x80", "\x80\x00", "\x81\x00", "\xff\x00", "\xff\x80\x00",
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",     // 65 bits
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", // 11 bytes
		"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00",
	} {
		if n, _, ok := TakeUvarint([]byte(s)); ok {
			t.Errorf("TakeUvarint(%x) = %d", s, n)
		}
		if n, _, ok := TakeCount([]byte(s), 1); ok {
			t.Errorf("TakeCount(%x) = %d", s, n)
		}
	}
	n, _, ok := TakeUvarint([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	check(t, n, uint64(math.MaxUint64))
	check(t, ok, true)
}

// TestTakeCount believes no count for which there are not bytes enough.
func TestTakeCount(t *testing.T) {
	for _, tt := range []struct {
		n    uint64 // as written: one more than the count
		left int    // bytes behind it
		size int    // of an element
		want int
		ok   bool
	}{
		{0, 0, 8, -1, true}, // nil
		{1, 0, 8, 0, true},  // empty
		{2, 8, 8, 1, true},
		{2, 7, 8, 0, false},
		{101, 100, 1, 100, true},
		{102, 100, 1, 0, false},
		{14, 100, 8, 0, false},
		{13, 100, 8, 12, true},
		{1 << 63, 100, 1, 0, false},
		{math.MaxUint64, 100, 1, 0, false},
	} {
		b := append(binary.AppendUvarint(nil, tt.n), make([]byte, tt.left)...)
		n, rest, ok := TakeCount(b, tt.size)
		if ok != tt.ok || ok && (n != tt.want || len(rest) != tt.left) {
			t.Errorf("TakeCount(%d, %d left, size %d) = %d, %d left, %v", tt.n, tt.left, tt.size, n, len(rest), ok)
		}
	}
}

func TestPutCount(t *testing.T) {
	for _, n := range []int{0, 1, 126, 127, 128, 1 << 20} {
		b := make([]byte, 10)
		used := len(b) - len(PutCount(b, n, false))
		got, rest, ok := TakeCount(append(b, make([]byte, n)...), 1)
		if got != n || !ok || len(rest) != len(b)+n-used {
			t.Errorf("count %d came back as %d, %v", n, got, ok)
		}
	}
	b := []byte{7, 7}
	check(t, len(PutCount(b, 5, true)), 1)
	n, _, ok := TakeCount(b, 1)
	check(t, n, -1)
	check(t, ok, true)
}

// TestEmpty stores elements that have nothing to store as zeros, and as nothing else.
func TestEmpty(t *testing.T) {
	b := []byte{7, 7, 7, 7}
	check(t, string(PutEmpty(b, 3)), "\a")
	rest, ok := TakeEmpty(b, 3)
	check(t, string(rest), "\a")
	check(t, ok, true)
	_, ok = TakeEmpty(b, 4)
	check(t, ok, false)
}

// encoding returns two sections as they are stored.
func encoding(first, text string) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(text)))
	return append(append(b, first...), text...)
}

func TestSplitText(t *testing.T) {
	for _, text := range []string{"", "x", "some text", strings.Repeat("long", 100)} {
		for _, first := range []string{"", "1234"} {
			data := encoding(first, text)
			for _, whole := range []string{"", string(data)} {
				b, s, ok := split(data, whole)
				if string(b) != first || s != text || !ok {
					t.Errorf("SplitText(%q, %q) = %q, %q, %v", data, whole, b, s, ok)
				}
			}
			for n := range data { // a truncation is refused, or has less in its first section
				b, s, ok := split(data[:n], "")
				if ok && len(b)+len(s) >= len(first)+len(text) {
					t.Errorf("SplitText(%q) = %q, %q", data[:n], b, s)
				}
			}
		}
	}
}

// split splits an encoding as generated code does.
func split(data []byte, text string) (b []byte, s string, ok bool) {
	b, section, ok := SplitText(data)
	if ok {
		s = Text(section, text)
	}
	return b, s, ok
}

// TestSplitTextShares tells the two sources of strings apart: without a text they are
// copied, with one they are not.
func TestSplitTextShares(t *testing.T) {
	data := encoding("1234", "some text")
	whole := string(data)
	_, s, _ := split(data, "")
	for i := range data {
		data[i] = 'x'
	}
	check(t, s, "some text")
	data = []byte(whole)
	if n := testing.AllocsPerRun(100, func() { _, s, _ = split(data, whole) }); n != 0 {
		t.Errorf("%v allocations with a text", n)
	}
	check(t, s, "some text")
}

func TestSplitAt(t *testing.T) {
	b, section, ok := SplitAt([]byte("1234some text"), 4)
	check(t, string(b), "1234")
	check(t, string(section), "some text")
	check(t, ok, true)
	_, section, ok = SplitAt([]byte("1234"), 4)
	check(t, len(section), 0)
	check(t, ok, true)
	_, _, ok = SplitAt([]byte("123"), 4)
	check(t, ok, false)
}

func TestIsIntIsUint(t *testing.T) {
	wide := math.MaxInt == math.MaxInt64
	for n, want := range map[uint64][2]bool{
		0:                    {true, true},
		math.MaxInt32:        {true, true},
		math.MaxInt32 + 1:    {wide, true},
		math.MaxUint32 + 1:   {wide, wide},
		math.MaxUint64:       {true, wide}, // -1
		1 << 63:              {wide, wide},
		^uint64(1<<31 - 1):   {true, wide}, // the lowest int32
		^uint64(1<<31-1) - 1: {wide, wide},
	} {
		if got := [2]bool{IsInt(n), IsUint(n)}; got != want {
			t.Errorf("%#x: %v, want %v", n, got, want)
		}
	}
}

func TestGrow(t *testing.T) {
	for _, room := range []int{0, 1, 100} {
		dst := append(make([]byte, 0, 3+room), "abc"...)
		all, added := Grow(dst, 5)
		copy(added, "12345")
		check(t, string(all), "abc12345")
		check(t, len(added), 5)
	}
}

// TestRoom writes into the room that there is, and joins what did not fit.
func TestRoom(t *testing.T) {
	for _, text := range []string{"", "345", "more than there is room for"} {
		dst := append(make([]byte, 0, 8), "abc"...)
		b, rest := Room(dst, 2)
		rest = append(rest, text...)
		copy(b, "12")
		got := Join(dst, b, rest)
		check(t, string(got), "abc12"+text)
		check(t, &got[0] == &dst[0], len(text) <= 3) // where there is room, nothing is copied
	}
	dst := append(make([]byte, 0, 8), "abc"...)
	b, rest := Room(dst, 5)
	check(t, len(b) == 5 && rest != nil && cap(rest) == 0, true)
	check(t, string(Join(dst, b, rest)), string(dst[:8]))
	b, rest = Room(dst, 6)
	check(t, b == nil && rest == nil, true)
	b, rest = Room(nil, 0)
	check(t, len(b) == 0 && len(rest) == 0, true)
}

// FuzzWire reads what it wrote: an answer other than no means that the bytes are what
// would be written.
func FuzzWire(f *testing.F) {
	f.Add([]byte{}, 1)
	f.Add([]byte("\x05\x00\x00abcde"), 1)
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01x"), 0)
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		size = 1 + size&63
		if n, rest, ok := TakeUvarint(data); ok {
			b := make([]byte, 10)
			used := len(b) - len(PutUvarint(b, n))
			if !bytes.Equal(append(b[:used:used], rest...), data) {
				t.Errorf("TakeUvarint(%x) = %d", data, n)
			}
		}
		if n, rest, ok := TakeCount(data, size); ok {
			if n < -1 || n > 0 && n*size > len(rest) {
				t.Errorf("TakeCount(%x, %d) = %d", data, size, n)
			}
			b := make([]byte, 10)
			used := len(b) - len(PutCount(b, n, n < 0))
			if !bytes.Equal(append(b[:used:used], rest...), data) {
				t.Errorf("TakeCount(%x) = %d", data, n)
			}
		}
		first, text, ok := split(data, "")
		first2, text2, ok2 := split(data, string(data))
		if ok != ok2 || !bytes.Equal(first, first2) || text != text2 {
			t.Errorf("SplitText(%x) differs with a text", data)
		}
		if ok && !bytes.Equal(encoding(string(first), text), data) {
			t.Errorf("SplitText(%x) = %x, %x", data, first, text)
		}
	})
}
