package runtime

import (
	"fmt"
	"iter"
	"sync/atomic"
	"time"
)

// sampling is how many operations of a memory tier there are for each that is
// timed: reading the clock twice would cost a good part of what such an operation
// does. It is a power of two.
const sampling = 128

// sampledEntries is the same for the entries that a batch decodes or encodes.
const sampledEntries = 16

// buckets is how many bounds a Timing has.
const buckets = 12

// TimingBounds returns the upper bounds of the buckets of a Timing.
func TimingBounds() [buckets]time.Duration {
	const us, ms = time.Microsecond, time.Millisecond
	return [...]time.Duration{
		250 * time.Nanosecond, us, 4 * us, 15 * us, 60 * us, 250 * us, ms, 4 * ms, 15 * ms, 60 * ms, 250 * ms, time.Second,
	}
}

var bounds = TimingBounds()

// Timing is a histogram of durations.
type Timing struct {
	Count   uint64
	Sum     time.Duration
	Buckets [buckets]uint64 // what took no longer than each bound, and longer than the one before
}

// String returns the count and the mean.
func (t Timing) String() string {
	if t.Count == 0 {
		return "none"
	}
	return fmt.Sprintf("%d, %v on average", t.Count, t.Sum/time.Duration(t.Count))
}

// timing collects a Timing.
type timing struct {
	sum    atomic.Int64
	counts [buckets + 1]atomic.Uint64 // the last one: longer than every bound
}

// tick is the clock that durations are measured with. It is not the one of the
// options, which tells when entries end.
func tick() int64 { return int64(time.Since(base)) }

// tickAt is tick at an instant that the real clock has shown.
func tickAt(t time.Time) int64 { return int64(t.Sub(base)) }

// since counts what began at a tick and ends now, which is the tick that it returns.
func (t *timing) since(began int64) (now int64) {
	now = tick()
	d := time.Duration(now - began)
	i := 0
	for i < buckets && d > bounds[i] {
		i++
	}
	t.counts[i].Add(1)
	t.sum.Add(int64(d))
	return now
}

// stats returns what has been collected. It is taken while others count, so the
// sum can be a little ahead.
func (t *timing) stats() (s Timing) {
	for i := range t.counts {
		n := t.counts[i].Load()
		s.Count += n
		if i < buckets {
			s.Buckets[i] = n
		}
	}
	s.Sum = time.Duration(t.sum.Load())
	return s
}

// Add adds the figures of another Timing.
func (t *Timing) Add(o Timing) {
	t.Count += o.Count
	t.Sum += o.Sum
	for i, n := range o.Buckets {
		t.Buckets[i] += n
	}
}

// TierTimes are how long the operations of one tier took. A batch is one
// operation. Of a tier in memory one operation in 128 is timed, with decoding,
// and where all tiers are in memory, one value in 128 as it is encoded.
type TierTimes struct {
	Read, Write, Remove  Timing
	Encode               Timing // values encoded, of those of a batch one in 16; for tiers that share an encoding at the first of them
	Decode               Timing // entries of tiers outside the process decoded; of those of a batch, one in 16
	Compress, Decompress Timing
}

// All yields each timing with the name of its operation.
func (t *TierTimes) All() iter.Seq2[string, Timing] {
	return func(yield func(string, Timing) bool) {
		_ = yield("read", t.Read) && yield("write", t.Write) && yield("remove", t.Remove) &&
			yield("encode", t.Encode) && yield("decode", t.Decode) &&
			yield("compress", t.Compress) && yield("decompress", t.Decompress)
	}
}

// tierTimes collects TierTimes.
type tierTimes struct {
	read, write, remove, encode, decode, compress, decompress timing
}

func (t *tierTimes) stats() TierTimes {
	return TierTimes{
		Read: t.read.stats(), Write: t.write.stats(), Remove: t.remove.stats(),
		Encode: t.encode.stats(), Decode: t.decode.stats(),
		Compress: t.compress.stats(), Decompress: t.decompress.stats(),
	}
}

// sampled times one operation in a while: n is its number, from 1 on. What it
// returns is to be given to sampledSince.
func sampled(n uint64) (began int64) {
	if n%sampling != 1 {
		return untimed
	}
	return tick()
}

// untimed is the beginning of an operation that is not timed.
const untimed int64 = -1

func (t *timing) sampledSince(began int64) {
	if began != untimed {
		t.since(began)
	}
}
