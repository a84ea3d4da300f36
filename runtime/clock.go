package runtime

import (
	"math"
	"sync/atomic"
	"time"
)

// Clock tells the time. Options take one for tests; the real clock is faster
// than any value of this interface, since it is read without a call through it.
type Clock interface {
	// Now returns the current instant. Many goroutines call it at once.
	Now() time.Time
}

// Never is the tick of an instant that does not come.
const Never int64 = math.MaxInt64

// base is where ticks of the real clock count from.
var base = time.Now()

// drift is how far the wall clock may move against the monotonic one before
// the offset between them is taken anew. Below it instants survive the way
// through a tick unchanged.
const drift = int64(10 * time.Millisecond)

// Timebase converts between ticks, in which deadlines inside the process are
// kept, and instants of the wall clock. A tick is a nanosecond of the monotonic
// clock since the process began: comparing two ticks takes no look at the wall
// clock and is right when that is set.
type Timebase struct {
	clock  Clock
	origin time.Time    // where ticks of an injected clock count from
	offset atomic.Int64 // wall clock minus ticks, in nanoseconds
}

// NewTimebase returns a timebase over clock; nil is the real clock.
func NewTimebase(clock Clock) *Timebase {
	b := &Timebase{clock: clock}
	if clock != nil {
		b.origin = originOf(clock.Now())
	}
	return b
}

// originOf returns where ticks count from for a clock that shows now: the Unix
// epoch, or for clocks of other times, such as a fake one that begins at the zero
// time, something that 64 bits of nanoseconds reach them from.
func originOf(now time.Time) time.Time {
	switch year := now.Year(); {
	case year < 1700:
		return time.Time{}
	case year > 2200:
		return time.Date(year/100*100, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return time.Unix(0, 0)
}

// Now returns the current tick.
func (b *Timebase) Now() int64 {
	if b.clock != nil {
		return int64(b.clock.Now().Sub(b.origin))
	}
	return int64(time.Since(base))
}

// wall returns the wall clock minus ticks, in nanoseconds.
func (b *Timebase) wall() int64 {
	if b.clock != nil {
		return 0
	}
	return b.wallAt(time.Now())
}

// wallAt is wall at an instant that the real clock has just shown.
func (b *Timebase) wallAt(t time.Time) int64 {
	now := t.UnixNano() - int64(t.Sub(base))
	kept := b.offset.Load()
	if d := now - kept; -drift < d && d < drift {
		return kept
	}
	b.offset.Store(now)
	return now
}

// tick converts an instant; the zero time is Never.
func (b *Timebase) tick(t time.Time) int64 {
	if t.IsZero() {
		return Never
	}
	if b.clock != nil {
		return int64(t.Sub(b.origin))
	}
	return b.tickOf(nanos(t))
}

// unix converts a tick to nanoseconds of Unix time, or of whatever an injected
// clock of other times counts from. Never stays what it is, and
// so does every tick whose instant is too late for such a number.
func (b *Timebase) unix(tick int64) int64 {
	if tick == Never {
		return Never
	}
	return b.shift().unix(tick)
}

// tickOf is the reverse of unix.
func (b *Timebase) tickOf(unix int64) int64 {
	if unix == Never {
		return Never
	}
	return b.shift().tickOf(unix)
}

// shift is what turns nanoseconds of Unix time into ticks, for those who convert many
// and want to look at the clocks once.
type shift int64

func (b *Timebase) shift() shift { return shift(b.wall()) }

// tickOf is that of the Timebase.
func (s shift) tickOf(unix int64) int64 {
	if unix == Never {
		return Never
	}
	return subClamp(unix, int64(s))
}

// unix is that of the Timebase.
func (s shift) unix(tick int64) int64 {
	if tick == Never {
		return Never
	}
	return addClamp(tick, int64(s))
}

// time converts a tick to an instant; Never is the zero time.
func (b *Timebase) time(tick int64) time.Time { return b.instant(b.unix(tick)) }

// instant converts nanoseconds of Unix time as unix returns them.
func (b *Timebase) instant(unix int64) time.Time {
	if unix == Never {
		return time.Time{}
	}
	if b.clock != nil {
		return b.origin.Add(time.Duration(unix))
	}
	return time.Unix(0, unix)
}

// nanos returns t in nanoseconds of Unix time, or the nearest value that is
// one: time.Time reaches beyond both ends of it.
func nanos(t time.Time) int64 {
	switch s := t.Unix(); {
	case s >= math.MaxInt64/int64(time.Second):
		return Never
	case s <= math.MinInt64/int64(time.Second):
		return math.MinInt64
	}
	return t.UnixNano()
}

// after returns the tick d after tick, or Never where that overflows.
func after(tick int64, d time.Duration) int64 { return addClamp(tick, int64(d)) }

func addClamp(a, b int64) int64 {
	sum := a + b
	switch {
	case b > 0 && sum < a:
		return Never
	case b < 0 && sum > a:
		return math.MinInt64
	}
	return sum
}

// subClamp returns a - b. What is too late for a tick is the last one before
// Never: only what does not come never comes.
func subClamp(a, b int64) int64 {
	d := a - b
	switch {
	case b > 0 && d > a:
		return math.MinInt64
	case b < 0 && d < a:
		return Never - 1
	}
	return min(d, Never-1)
}
