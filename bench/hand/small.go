package hand

import (
	"math"
	"time"

	"github.com/cachegen/cachegen/bench/shop"
)

// smallFixed is how much of a Small has one size.
const smallFixed = 8 + 8 + 1 + 8 + 4 + 4

// AppendSmall appends *v to dst.
func AppendSmall(dst []byte, v *shop.Small) []byte {
	start := len(dst)
	n := smallFixed + len(v.Name)
	if cap(dst)-start < n {
		grown := make([]byte, start, start+n)
		copy(grown, dst)
		dst = grown
	}
	dst = dst[:start+n]
	b := dst[start:]
	_ = b[smallFixed-1]
	le.PutUint64(b, uint64(v.ID))
	le.PutUint64(b[8:], math.Float64bits(v.Score))
	b[16] = 0
	if v.Live {
		b[16] = 1
	}
	le.PutUint64(b[17:], uint64(v.At.Unix()))
	le.PutUint32(b[25:], uint32(v.At.Nanosecond()))
	le.PutUint32(b[29:], zone(v.At, v.At.Location() == time.UTC))
	copy(b[smallFixed:], v.Name)
	return dst
}

// DecodeSmall sets *v, which is zero.
func DecodeSmall(v *shop.Small, b []byte) error {
	if len(b) < smallFixed {
		return errCorrupt
	}
	decodeSmall(v, b)
	v.Name = string(b[smallFixed:])
	return nil
}

// DecodeSmallInside lets the string point into b, which must never change.
func DecodeSmallInside(v *shop.Small, b []byte) error {
	if len(b) < smallFixed {
		return errCorrupt
	}
	decodeSmall(v, b)
	v.Name = inside(b[smallFixed:])
	return nil
}

func decodeSmall(v *shop.Small, b []byte) {
	_ = b[smallFixed-1]
	v.ID = int64(le.Uint64(b))
	v.Score = math.Float64frombits(le.Uint64(b[8:]))
	v.Live = b[16] == 1
	v.At = instant(b[17:])
}

// utc stands for the zone of a time in UTC.
const utc = math.MinInt32

// zone returns how many seconds the zone of t lies east of UTC.
func zone(t time.Time, inUTC bool) uint32 {
	if inUTC {
		return 1 << 31
	}
	return lookUp(t)
}

//go:noinline
func lookUp(t time.Time) uint32 {
	_, offset := t.Zone()
	return uint32(int32(offset))
}

// instant reads a time of 16 bytes.
func instant(b []byte) time.Time {
	_ = b[15]
	t := time.Unix(int64(le.Uint64(b)), int64(le.Uint32(b[8:])))
	if zone := int32(le.Uint32(b[12:])); zone != utc {
		return t.In(time.FixedZone("", int(zone)))
	}
	return t.UTC()
}

// AppendBlob appends *v to dst.
func AppendBlob(dst []byte, v *shop.Blob) []byte {
	dst = le.AppendUint32(dst, uint32(len(v.Name)))
	dst = append(dst, v.Name...)
	return append(dst, v.Data...)
}

// DecodeBlob sets *v, which is zero.
func DecodeBlob(v *shop.Blob, b []byte) error {
	if len(b) < 4 || uint64(len(b)) < 4+uint64(le.Uint32(b)) {
		return errCorrupt
	}
	n := le.Uint32(b)
	v.Name = string(b[4 : 4+n])
	v.Data = append(make([]byte, 0, len(b)-4-int(n)), b[4+n:]...)
	return nil
}
