package runtime

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"time"
)

// Keys outside the process are text: the parts in order, with colons between
// them. What could be taken for something else is escaped as %XX: colons and
// percent signs, braces, which would choose a slot of a Redis Cluster, commas,
// which separate the elements of an array, control characters and spaces.

// MaxTextKey is how long the text of a key may be, in bytes. The end of a longer
// one is replaced by a hash of the whole.
const MaxTextKey = 512

const upperHex = "0123456789ABCDEF"

// AppendKeyString appends s, escaped.
func AppendKeyString(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c <= ' ', c == 0x7f, c == '%', c == ':', c == ',', c == '{', c == '}':
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// AppendKeyTime appends the instant of t, as seconds and nanoseconds of Unix
// time. The zone does not count.
func AppendKeyTime(dst []byte, t time.Time) []byte {
	dst = strconv.AppendInt(dst, t.Unix(), 10)
	dst = append(dst, '.')
	return strconv.AppendInt(dst, int64(t.Nanosecond()), 10)
}

// AppendKeyBytes appends an array of bytes in hexadecimal.
func AppendKeyBytes(dst, b []byte) []byte { return hex.AppendEncode(dst, b) }

// maxSlot is how long the part of a key may be that chooses a slot of a Redis
// Cluster, in bytes, so that the cut of a long key never goes through it.
const maxSlot = 128

// EndKeySlot ends the part of a key that began at start, behind an opening brace: keys
// that have the same part there share a slot of a Redis Cluster. Redis ignores braces
// with nothing between them, so an empty part is a percent sign, which no other is. The end of a long part is replaced by a hash of the whole.
func EndKeySlot(dst []byte, start int) []byte {
	switch part := dst[start:]; {
	case len(part) == 0:
		dst = append(dst, '%')
	case len(part) > maxSlot:
		sum := sha256.Sum256(part)
		dst = append(dst[:start+maxSlot-34], "%~"...)
		dst = hex.AppendEncode(dst, sum[:16])
	}
	return append(dst, '}')
}

// boundKey cuts the text of a key, which begins at start, to MaxTextKey.
func boundKey(key []byte, start int) []byte {
	text := key[start:]
	if len(text) <= MaxTextKey {
		return key
	}
	sum := sha256.Sum256(text)
	// "%~" is no escape sequence, so no shorter key ends like this.
	key = append(key[:start+MaxTextKey-34], "%~"...)
	return hex.AppendEncode(key, sum[:16])
}

// Keys in memory are binary. The first byte of a key says how it was finished,
// and eight bytes of the cache's fingerprint follow, so that caches can share a
// store.
const (
	keyPadded = 1 // a zero byte was appended
	keyHashed = 2 // the rest is the SHA-256 sum of what it was

	maxBinaryKey = 1024
)

// FinishKey makes a binary key of any length one that fastcache takes: keys of
// 16 bytes are those of its own big entries, and very long ones it drops.
func FinishKey(key []byte) []byte {
	switch {
	case len(key) == 16:
		key[0] |= keyPadded
		return append(key, 0)
	case len(key) > maxBinaryKey:
		sum := sha256.Sum256(key[9:])
		key[0] |= keyHashed
		return append(key[:9], sum[:]...)
	}
	return key
}

// AppendBinaryString appends a string that is not the last part of a key: its
// length goes before it.
func AppendBinaryString(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

// AppendBinaryTime appends the instant of t.
func AppendBinaryTime(dst []byte, t time.Time) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(t.Unix()))
	return binary.LittleEndian.AppendUint32(dst, uint32(t.Nanosecond()))
}
