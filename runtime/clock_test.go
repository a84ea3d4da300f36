package runtime

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// handClock is a Clock that stands still until it is set.
type handClock struct{ t time.Time }

func (c *handClock) Now() time.Time { return c.t }

// timebases are one over the real clock and one over a clock that is not.
func timebases() map[string]*Timebase {
	return map[string]*Timebase{
		"real":   NewTimebase(nil),
		"custom": NewTimebase(&handClock{time.Unix(0, 0)}),
	}
}

// TestTimebaseExact sends instants through a tick and back.
func TestTimebaseExact(t *testing.T) {
	now := time.Now()
	for name, b := range timebases() {
		for _, in := range []time.Time{
			now, now.Add(1), now.Add(-1), now.Add(time.Minute + 1), now.Add(100 * 365 * 24 * time.Hour),
			time.Unix(0, 0), time.Unix(0, 1), time.Unix(0, -1), time.Unix(1_700_000_000, 123_456_789),
			time.Date(2200, 1, 1, 0, 0, 0, 1, time.UTC),
		} {
			tick := b.tick(in)
			if out := b.time(tick); !out.Equal(in) {
				t.Errorf("%s: %v came back as %v", name, in, out)
			}
			check(t, b.unix(tick), in.UnixNano())
			check(t, b.tickOf(in.UnixNano()), tick)
		}
	}
	for name, b := range timebases() {
		rapid.Check(t, func(t *rapid.T) {
			in := time.Unix(0, rapid.Int64Range(0, 8e18).Draw(t, "ns"))
			if out := b.time(b.tick(in)); !out.Equal(in) {
				t.Fatalf("%s: %v came back as %v", name, in, out)
			}
		})
	}
}

// TestTimebaseEnds looks at instants that nanoseconds do not reach, and at sums that
// would overflow: what is far ahead never comes, and nothing ahead becomes the past.
func TestTimebaseEnds(t *testing.T) {
	far := time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, b := range timebases() {
		now := b.Now()
		check(t, b.tick(time.Time{}), Never)
		check(t, b.time(Never).IsZero(), true)
		check(t, b.unix(Never), Never)
		check(t, b.tickOf(Never), Never)
		check(t, b.tick(far), Never)
		check(t, b.tick(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)), Never)
		for _, past := range []time.Time{time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(-1, 0)} {
			if tick := b.tick(past); tick >= now {
				t.Errorf("%s: %v is tick %d, and now is %d", name, past, tick, now)
			}
		}
		for _, years := range []int{1, 100, 250, 292} {
			tick := after(now, time.Duration(years)*365*24*time.Hour)
			if back := b.tickOf(b.unix(tick)); back <= now {
				t.Errorf("%s: %d years ahead came back as tick %d", name, years, back)
			}
			if at := b.time(tick); !at.IsZero() && at.Before(b.time(now)) {
				t.Errorf("%s: %d years ahead came back as %v", name, years, at)
			}
		}
		check(t, after(now+1, math.MaxInt64), Never)
		check(t, after(Never, time.Hour), Never)
		check(t, after(Never-1, 1), Never)
	}
	check(t, addClamp(math.MinInt64, -1), math.MinInt64)
	check(t, addClamp(5, -7), -2)
	check(t, subClamp(math.MinInt64, 1), math.MinInt64)
	check(t, subClamp(Never-1, -1), Never-1)
	check(t, subClamp(5, -7), 12)
}

func TestTimebaseCustomClock(t *testing.T) {
	clock := &handClock{time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}
	b := NewTimebase(clock)
	at := b.tick(clock.t.Add(time.Minute))
	check(t, b.Now() < at, true)
	clock.t = clock.t.Add(time.Minute)
	check(t, b.Now(), at)
	clock.t = clock.t.Add(-time.Hour) // a clock may go back
	check(t, b.Now() < at, true)
	check(t, b.time(at).Equal(time.Date(2000, 1, 1, 0, 1, 0, 0, time.UTC)), true)
}

// TestTimebaseBubble runs in a bubble, whose clock starts in the year 2000, while the
// ticks count from before it.
func TestTimebaseBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewTimebase(nil)
		start, now := time.Now(), b.Now()
		check(t, b.tick(start), now)
		time.Sleep(time.Hour + 1)
		check(t, b.Now()-now, int64(time.Hour+1))
		check(t, b.tick(start), now)
		check(t, b.time(now).Equal(start), true)
		check(t, b.time(b.Now()).Equal(time.Now()), true)
	})
}

// TestTimebaseDrift keeps the offset of the wall clock, so that instants survive,
// until that has moved for good.
func TestTimebaseDrift(t *testing.T) {
	b := NewTimebase(nil)
	b.wall()
	kept := b.offset.Load()
	b.offset.Store(kept + int64(9*time.Millisecond))
	check(t, b.wall(), kept+int64(9*time.Millisecond))
	b.offset.Store(kept + int64(time.Second))
	if d := b.wall() - kept; d > int64(time.Millisecond) || d < -int64(time.Millisecond) {
		t.Errorf("the offset is %v off", time.Duration(d))
	}
}

func TestTimebaseAllocs(t *testing.T) {
	b := NewTimebase(nil)
	now := time.Now()
	check(t, testing.AllocsPerRun(100, func() { _ = b.time(b.tick(now) + b.Now() - b.Now()) }), 0.0)
}
