package runtime

import (
	"math/rand/v2"
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
	Tiers      []TierStats // from left to right, as composed
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
}

// counters of a cache, beside those of its memory hits.
type counters struct {
	hits, stale, misses, absent, loads, loadErrors, joined atomic.Uint64
}

func (c *counters) count(s Status) {
	switch s {
	case Hit:
		c.hits.Add(1)
	case Stale:
		c.stale.Add(1)
	case Absent:
		c.absent.Add(1)
	default:
		c.misses.Add(1)
	}
}

// tierCounters of one leaf, beside those of memory hits.
type tierCounters struct {
	reads, hits, misses, rejected, readErrors atomic.Uint64
	writes, writeErrors, bytesIn              atomic.Uint64
	removes, removeErrors, bytesOut           atomic.Uint64
}

func (c *tierCounters) stats(path, engine string) TierStats {
	return TierStats{
		Path: path, Engine: engine,
		Reads: c.reads.Load(), Hits: c.hits.Load(), Misses: c.misses.Load(),
		Rejected: c.rejected.Load(), ReadErrors: c.readErrors.Load(),
		Writes: c.writes.Load(), WriteErrors: c.writeErrors.Load(),
		Removes: c.removes.Load(), RemoveErrors: c.removeErrors.Load(),
		BytesIn: c.bytesIn.Load(), BytesOut: c.bytesOut.Load(),
	}
}

// hotStripes is how many counters share the memory hits of a cache, so that
// cores do not wait for each other's cache line. It is a power of two.
const hotStripes = 16

// hot counts memory hits; one cache line each.
type hot struct {
	hits, stale, bytes atomic.Uint64
	_                  [40]byte
}

// HotCounters count the hits that generated code finds in its first tier.
type HotCounters struct{ stripes [hotStripes]hot }

// Hit counts one hit of n stored bytes.
func (h *HotCounters) Hit(n int, status Status) {
	s := &h.stripes[rand.Uint32()%hotStripes]
	if status == Hit {
		s.hits.Add(1)
	} else {
		s.stale.Add(1)
	}
	s.bytes.Add(uint64(n))
}

func (h *HotCounters) sum() (hits, stale, bytes uint64) {
	for i := range h.stripes {
		hits += h.stripes[i].hits.Load()
		stale += h.stripes[i].stale.Load()
		bytes += h.stripes[i].bytes.Load()
	}
	return hits, stale, bytes
}
