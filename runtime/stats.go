package runtime

import (
	"maps"
	"sync"
	"sync/atomic"
)

// Stats are the counters of a cache since it was made.
type Stats struct {
	Hits       uint64      // keys answered with a fresh value
	Stale      uint64      // keys answered with a stale value
	Misses     uint64      // keys that no tier had, or none could answer for; not those of Joined
	Absent     uint64      // keys answered with a remembered absence
	Loads      uint64      // loaders called
	LoadErrors uint64      // loaders that failed
	Joined     uint64      // callers that got the result of another's load
	Extra      uint64      // keys that loaders of batches returned unasked
	Tiers      []TierStats // from left to right, as composed

	LoadTime Timing       // how long loaders took
	Leases   LeaseStats   // of a cache with lease=
	Offload  OffloadStats // of the cache's own Offload; one that was given to it has its own Stats
}

// TierStats are the counters of one tier. A batch counts once for each key.
type TierStats struct {
	Path         string // source path: "products.redis"
	Engine       string // as annotated: "redis"
	Reads        uint64 // keys asked for
	Hits         uint64 // live entries found, absences included
	Misses       uint64 // keys not there, or not live any more
	Rejected     uint64 // entries that were corrupt, foreign or too large
	ReadErrors   uint64 // keys without an answer; Reads is Hits, Misses, Rejected and these
	Writes       uint64 // entries written or refused
	WriteErrors  uint64 // entries refused, failed, or not waited for
	Removes      uint64 // keys removed, or tried to
	RemoveErrors uint64 // keys whose remove failed; it is tried again
	BytesIn      uint64 // stored bytes written into the tier
	BytesOut     uint64 // stored bytes read from the tier

	RejectedBy map[string]uint64 // Rejected, by reason: "checksum"; nil if there are none
	Times      TierTimes
}

// counters of a cache, beside those of its memory hits.
type counters struct {
	hits, stale, misses, absent, loads, loadErrors, joined, extra atomic.Uint64

	loadTime timing
}

func (c *counters) count(s Status) { c.of(s).Add(1) }

// of returns the counter of an answer.
func (c *counters) of(s Status) *atomic.Uint64 {
	switch s {
	case Hit:
		return &c.hits
	case Stale:
		return &c.stale
	case Absent:
		return &c.absent
	default:
		return &c.misses
	}
}

// tierCounters of one leaf, beside those of memory hits.
type tierCounters struct {
	reads, hits, misses, rejected, readErrors atomic.Uint64
	writes, writeErrors, bytesIn              atomic.Uint64
	removes, removeErrors, bytesOut           atomic.Uint64

	times tierTimes

	mu      sync.Mutex // of reasons: what is rejected is rare
	reasons map[string]uint64
}

// reject counts an entry that was no entry of its key.
func (c *tierCounters) reject(why reason) {
	c.rejected.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reasons == nil {
		c.reasons = map[string]uint64{}
	}
	c.reasons[string(why)]++
}

func (c *tierCounters) rejectedBy() map[string]uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.reasons)
}

func (c *tierCounters) stats(path, engine string) TierStats {
	return TierStats{
		Path: path, Engine: engine,
		Reads: c.reads.Load(), Hits: c.hits.Load(), Misses: c.misses.Load(),
		Rejected: c.rejected.Load(), ReadErrors: c.readErrors.Load(),
		Writes: c.writes.Load(), WriteErrors: c.writeErrors.Load(),
		Removes: c.removes.Load(), RemoveErrors: c.removeErrors.Load(),
		BytesIn: c.bytesIn.Load(), BytesOut: c.bytesOut.Load(),
		RejectedBy: c.rejectedBy(), Times: c.times.stats(),
	}
}
