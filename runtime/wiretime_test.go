package runtime

import (
	"encoding/binary"
	"math"
	"testing"
	"time"
)

// putTime writes a time as generated code does.
func putTime(b []byte, t time.Time) {
	binary.LittleEndian.PutUint64(b, uint64(t.Unix()))
	binary.LittleEndian.PutUint32(b[8:], uint32(t.Nanosecond()))
	binary.LittleEndian.PutUint32(b[12:], Zone(t, t.Location() == time.UTC))
}

// take sends a time through its stored form.
func take(t *testing.T, in time.Time) time.Time {
	t.Helper()
	var b [16]byte
	putTime(b[:], in)
	out, ok := TakeTime(b[:])
	if !ok {
		t.Fatalf("TakeTime(%x) = %v, %v", b, out, ok)
	}
	return out
}

// instants are times in UTC, ordinary and not.
var instants = []time.Time{
	{},
	time.Unix(0, 0).UTC(),
	time.Unix(0, -1).UTC(),
	time.Date(2026, 2, 28, 23, 59, 59, 999_999_999, time.UTC),
	time.Date(2262, 4, 11, 23, 47, 16, 854_775_808, time.UTC), // the first that UnixNano cannot say
	time.Date(1677, 9, 21, 0, 12, 43, 145_224_191, time.UTC),
	time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC),
	time.Date(-9999, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
	time.Date(1_000_000, 1, 1, 0, 0, 0, 0, time.UTC),
}

// setLocal runs a test with another local zone.
func setLocal(t *testing.T, loc *time.Location) {
	old := time.Local
	time.Local = loc
	t.Cleanup(func() { time.Local = old })
}

func TestTimeUTC(t *testing.T) {
	for _, in := range instants {
		if out := take(t, in); out != in { // == is what is promised
			t.Errorf("%v came back as %v", in, out)
		}
	}
	check(t, take(t, time.Time{}).IsZero(), true)
}

// TestTimeLocal compares with ==, in a zone that changes its offset.
func TestTimeLocal(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/St_Johns", "UTC"} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		setLocal(t, loc)
		for _, in := range append([]time.Time{
			time.Date(2026, 7, 1, 12, 0, 0, 1, time.UTC),
			time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC), // this hour comes twice
			time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC),
		}, instants...) {
			in = in.Local()
			if out := take(t, in); out != in || out.Location() != time.Local {
				t.Errorf("%s: %v came back as %v", name, in, out)
			}
		}
	}
}

func TestTimeFixed(t *testing.T) {
	setLocal(t, time.UTC)
	for _, offset := range []int{3600, -12*3600 - 1, 14 * 3600, 20_000, 1, math.MaxInt32} {
		for _, in := range instants {
			in = in.In(time.FixedZone("ANY", offset))
			out := take(t, in)
			_, got := out.Zone()
			if !out.Equal(in) || got != offset {
				t.Errorf("%v came back as %v with offset %d", in, out, got)
			}
		}
	}
	check(t, fixedZone(77), fixedZone(77)) // kept
	// An offset that the local zone has too becomes local.
	check(t, take(t, time.Unix(5, 0).In(time.FixedZone("ANY", 0))), time.Unix(5, 0))
}

func TestTimeMonotonic(t *testing.T) {
	now := time.Now()
	if out := take(t, now); out != now.Round(0) || !out.Equal(now) {
		t.Errorf("%v came back as %v", now, out)
	}
}

// TestTimeBad refuses what is not written.
func TestTimeBad(t *testing.T) {
	for _, in := range []time.Time{time.Unix(1, 2).UTC(), time.Unix(1, 2).In(time.FixedZone("", 60))} {
		var b [16]byte
		putTime(b[:], in)
		copy(b[8:], "\x00\xca\x9a\x3b") // a whole second of nanoseconds
		if _, ok := TakeTime(b[:]); ok {
			t.Errorf("%x is a time", b)
		}
	}
}

// FuzzTime reads any bytes: a time that comes out goes in again, as the same instant.
func FuzzTime(f *testing.F) {
	for _, in := range instants {
		for _, in := range []time.Time{in, in.In(time.FixedZone("", 3600))} {
			b := make([]byte, 16)
			putTime(b, in)
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 16 {
			return
		}
		in, ok := TakeTime(b)
		if !ok {
			return
		}
		var again [16]byte
		putTime(again[:], in)
		if out, ok := TakeTime(again[:]); !ok || !out.Equal(in) {
			t.Errorf("%v came back as %v, %v", in, out, ok)
		}
		_ = in.String()
	})
}
