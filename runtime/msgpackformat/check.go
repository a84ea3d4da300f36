package msgpackformat

import (
	"encoding/binary"

	"github.com/cachegen/cachegen/runtime"
)

// maxLevels is twice what depth lets pass, since that counts only the levels that
// a type can repeat.
const maxLevels = 2 * runtime.MaxDepth

// check reports whether b is one whole value, with nothing behind it and not nested
// too deeply. The decoder allocates what a count claims, and calls itself for what
// it skips; this does neither.
func check(b []byte) error {
	levels := make([]int, 1, 16) // how many values are still to come, from the outside
	levels[0] = 1
	for len(levels) > 0 {
		last := len(levels) - 1
		if levels[last] == 0 {
			levels = levels[:last]
			continue
		}
		levels[last]--
		size, items, ok := head(b)
		if !ok || size > uint64(len(b)) {
			return runtime.ErrCorrupt
		}
		b = b[size:]
		if items > uint64(len(b)) { // each takes a byte at least
			return runtime.ErrCorrupt
		}
		if items > 0 {
			if len(levels) > maxLevels {
				return runtime.ErrDepth
			}
			levels = append(levels, int(items))
		}
	}
	if len(b) > 0 {
		return runtime.ErrCorrupt
	}
	return nil
}

// head reads what is in front of a value: how many bytes it takes without the
// values in it, and how many those are.
func head(b []byte) (size, items uint64, ok bool) {
	if len(b) == 0 {
		return 0, 0, false
	}
	switch c := b[0]; {
	case c <= 0x7f || c >= 0xe0: // small numbers
		return 1, 0, true
	case c <= 0x8f: // small map
		return 1, 2 * uint64(c&0x0f), true
	case c <= 0x9f: // small array
		return 1, uint64(c & 0x0f), true
	case c <= 0xbf: // short string
		return 1 + uint64(c&0x1f), 0, true
	case c == 0xc1: // never used
		return 0, 0, false
	case c <= 0xc3: // nil, false, true
		return 1, 0, true
	case c <= 0xc6: // bytes
		n, size, ok := length(b, c-0xc4)
		return size + n, 0, ok
	case c <= 0xc9: // extension, with a byte for its type
		n, size, ok := length(b, c-0xc7)
		return size + 1 + n, 0, ok
	case c <= 0xcb: // float
		return 1 + 4<<(c-0xca), 0, true
	case c <= 0xcf: // unsigned number
		return 1 + 1<<(c-0xcc), 0, true
	case c <= 0xd3: // signed number
		return 1 + 1<<(c-0xd0), 0, true
	case c <= 0xd8: // short extension
		return 2 + 1<<(c-0xd4), 0, true
	case c <= 0xdb: // string
		n, size, ok := length(b, c-0xd9)
		return size + n, 0, ok
	case c <= 0xdd: // array
		n, size, ok := length(b, c-0xdc+1)
		return size, n, ok
	default: // map
		n, size, ok := length(b, c-0xde+1)
		return size, 2 * n, ok
	}
}

// length reads the length behind the first byte, of 1<<width bytes, and returns
// how many bytes both take.
func length(b []byte, width byte) (n, size uint64, ok bool) {
	size = 1 + 1<<width
	if uint64(len(b)) < size {
		return 0, 0, false
	}
	switch b = b[1:]; width {
	case 0:
		n = uint64(b[0])
	case 1:
		n = uint64(binary.BigEndian.Uint16(b))
	default:
		n = uint64(binary.BigEndian.Uint32(b))
	}
	return n, size, true
}
