package runtime

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// The binary codec writes numbers in little endian at their own width, lengths of
// strings in four bytes, counts as unsigned varints, and all strings of a value, in
// order, in one section behind everything else. How long that is stands in four bytes
// in front, unless all that is not strings has one size. The functions of this file are
// the parts that generated encoders and decoders do not write out.

// MaxDepth is how deep a value of a recursive type may be nested. Encoders
// refuse deeper values with ErrDepth, so cyclic ones too, and decoders refuse
// such bytes before the stack grows.
const MaxDepth = 10000

// SizeUvarint returns the length of n as a varint, in bytes.
func SizeUvarint(n uint64) int {
	if n < 0x80 { // as most are
		return 1
	}
	return (bits.Len64(n) + 6) / 7
}

// PutUvarint writes n to the front of b and returns what is left of b.
func PutUvarint(b []byte, n uint64) []byte {
	if n < 0x80 {
		b[0] = byte(n)
		return b[1:]
	}
	return b[binary.PutUvarint(b, n):]
}

// TooDeep is what the size of a value nested deeper than MaxDepth is.
const TooDeep = -1

// TakeUvarint reads a varint in its shortest form from the front of b.
func TakeUvarint(b []byte) (n uint64, rest []byte, ok bool) {
	n, size := binary.Uvarint(b)
	if size <= 0 || size != SizeUvarint(n) {
		return 0, nil, false
	}
	return n, b[size:], true
}

// TakeCount reads the count of a slice or a map whose elements take at least
// size bytes of what is left each, and one at least: -1 is nil. No count is
// believed for which there are not bytes enough.
func TakeCount(b []byte, size int) (n int, rest []byte, ok bool) {
	if len(b) > 0 && b[0] < 0x80 { // as most are
		n, rest = int(b[0])-1, b[1:]
		return n, rest, n <= 0 || uint64(n)*uint64(size) <= uint64(len(rest))
	}
	u, rest, ok := TakeUvarint(b)
	if !ok {
		return -1, rest, false
	}
	u--
	return int(u), rest, u <= uint64(len(rest)/size)
}

// SplitText splits an encoding into its two sections: the first one and the
// strings. Both stay part of data.
func SplitText(data []byte) (b, section []byte, ok bool) {
	if len(data) < textHeader {
		return nil, nil, false
	}
	b = data[textHeader:]
	n := binary.LittleEndian.Uint32(data)
	if uint64(n) > uint64(len(b)) {
		return nil, nil, false
	}
	at := len(b) - int(n)
	return b[:at], b[at:], true
}

// SplitAt is SplitText for types whose values take n bytes without their strings.
func SplitAt(data []byte, n int) (b, section []byte, ok bool) {
	if len(data) < n {
		return nil, nil, false
	}
	return data[:n], data[n:], true
}

// Text returns the section of the strings as one string, for all of them to be cut from:
// the end of text, which is the whole encoding as a string that is never changed, or a copy
// if there is none.
func Text(section []byte, text string) string {
	if text != "" {
		return text[len(text)-len(section):]
	}
	return string(section)
}

// textHeader is how many bytes say how long the section of the strings is.
const textHeader = 4

// PutCount writes the count of a slice or a map to the front of b and returns
// what is left of b.
func PutCount(b []byte, n int, isNil bool) []byte {
	if isNil {
		b[0] = 0
		return b[1:]
	}
	return PutUvarint(b, uint64(n)+1)
}

// PutEmpty writes n elements that have nothing to store to the front of b, a zero
// each, and returns what is left of b.
func PutEmpty(b []byte, n int) []byte {
	clear(b[:n])
	return b[n:]
}

// TakeEmpty reads n elements that have nothing to store from the front of b, which
// has as many bytes at least.
func TakeEmpty(b []byte, n int) (rest []byte, ok bool) {
	for _, zero := range b[:n] {
		if zero != 0 {
			return nil, false
		}
	}
	return b[n:], true
}

// IsInt reports whether n, read as 64 bits, is an int of this machine.
func IsInt(n uint64) bool { return int64(int(n)) == int64(n) }

// IsUint reports whether n is a uint of this machine.
func IsUint(n uint64) bool { return uint64(uint(n)) == n }

// Room returns n bytes of the room behind dst, and the rest of it to append to: nil if
// there are fewer.
func Room(dst []byte, n int) (b, rest []byte) {
	room := dst[len(dst):cap(dst)]
	if len(room) < n {
		return nil, nil
	}
	return room[:n:n], room[n:n]
}

// Join returns dst with what was written to the room behind it, and what was appended to
// the rest of that: which lies somewhere else by now if that was too little.
func Join(dst, b, rest []byte) []byte {
	all := len(dst) + len(b)
	if len(rest) <= cap(dst)-all {
		return dst[:all+len(rest)]
	}
	return append(dst[:all], rest...)
}

// Grow returns dst with n more bytes, and those bytes.
func Grow(dst []byte, n int) (all, added []byte) {
	start := len(dst)
	all = slices.Grow(dst, n)[:start+n]
	return all, all[start:]
}
