package runtime

import (
	"encoding/binary"
	"math"
	"sync/atomic"
	"time"
)

// A time is stored as seconds of Unix time (8 bytes), nanoseconds (4) and the seconds
// that its zone lies east of UTC (4), or utc if it is in UTC.
const (
	timeSize = 16
	utc      = math.MinInt32
)

// Zone returns what is stored of the zone of t; inUTC says that t is in UTC, where there
// is nothing to look up and the call becomes a constant. The monotonic reading is not stored.
func Zone(t time.Time, inUTC bool) uint32 {
	if inUTC {
		return 1 << 31 // utc, as it is stored
	}
	return zoneOf(t)
}

// zoneOf looks up the zone. Inlined, it would keep Zone from being so.
//
//go:noinline
func zoneOf(t time.Time) uint32 {
	_, offset := t.Zone()
	return uint32(int32(offset))
}

// TakeTime reads a time from the first 16 bytes of b. It is in UTC if it was, else in
// the local zone if that has the same offset then, else in a fixed zone.
func TakeTime(b []byte) (t time.Time, ok bool) {
	_ = b[timeSize-1]
	nsec := binary.LittleEndian.Uint32(b[8:])
	if nsec >= 1e9 {
		return t, false
	}
	t = time.Unix(int64(binary.LittleEndian.Uint64(b)), int64(nsec))
	zone := int32(binary.LittleEndian.Uint32(b[12:]))
	if zone == utc {
		return t.UTC(), true
	}
	return inZone(t, int(zone)), true
}

// inZone returns t in the zone so many seconds east of UTC.
func inZone(t time.Time, offset int) time.Time {
	if _, local := t.Zone(); local != offset {
		t = t.In(fixedZone(offset))
	}
	return t
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
