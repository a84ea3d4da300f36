package runtime

import (
	"encoding/binary"
	"sync/atomic"
	"time"
)

// A time is stored as seconds of Unix time (8 bytes), nanoseconds (4) and a
// zone: 0 for UTC, or 1 and the seconds east of it (4).

// SizeTime returns the length of t in the stored form, in bytes.
func SizeTime(t time.Time) int {
	if t.Location() == time.UTC {
		return 13
	}
	return 17
}

// PutTime writes t to the front of b and returns what is left of b. The
// monotonic reading is not stored.
func PutTime(b []byte, t time.Time) []byte {
	_ = b[12]
	binary.LittleEndian.PutUint64(b, uint64(t.Unix()))
	binary.LittleEndian.PutUint32(b[8:], uint32(t.Nanosecond()))
	if t.Location() == time.UTC {
		b[12] = 0
		return b[13:]
	}
	b[12] = 1
	_, offset := t.Zone()
	binary.LittleEndian.PutUint32(b[13:], uint32(offset))
	return b[17:]
}

// TakeTime reads a time from the front of b. It is in UTC if it was, else in
// the local zone if that has the same offset then, else in a fixed zone.
func TakeTime(b []byte) (t time.Time, rest []byte, ok bool) {
	if len(b) < 13 {
		return t, nil, false
	}
	nsec := binary.LittleEndian.Uint32(b[8:])
	if nsec >= 1e9 {
		return t, nil, false
	}
	t = time.Unix(int64(binary.LittleEndian.Uint64(b)), int64(nsec))
	if b[12] == 0 {
		return t.UTC(), b[13:], true
	}
	return takeZone(t, b)
}

// takeZone reads the zone of a time that is not in UTC.
func takeZone(t time.Time, b []byte) (_ time.Time, rest []byte, ok bool) {
	if b[12] != 1 || len(b) < 17 {
		return t, nil, false
	}
	offset := int(int32(binary.LittleEndian.Uint32(b[13:])))
	if _, local := t.Zone(); local != offset {
		t = t.In(fixedZone(offset))
	}
	return t, b[17:], true
}

// lastZone remembers the fixed zone decoded last, since the times of one
// program are mostly from one.
var lastZone atomic.Pointer[zone]

type zone struct {
	offset int
	loc    *time.Location
}

func fixedZone(offset int) *time.Location {
	if z := lastZone.Load(); z != nil && z.offset == offset {
		return z.loc
	}
	z := &zone{offset, time.FixedZone("", offset)}
	lastZone.Store(z)
	return z.loc
}
