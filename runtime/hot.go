package runtime

import (
	"math/rand/v2"
	"sync/atomic"
)

// hotStripes is how many counters share the memory hits of a cache, so that
// cores do not wait for each other's cache line. It is a power of two.
const hotStripes = 16

// hot counts memory hits; one cache line each.
type hot struct {
	hits, stale, bytes atomic.Uint64
	_                  [40]byte
}

// HotCounters count the hits that generated code finds in its first tier, and time
// one of 128.
type HotCounters struct {
	stripes [hotStripes]hot
	times   timing
}

// HotRead is a read by generated code that has begun.
type HotRead struct {
	random uint32 // says which stripe counts, and whether it is timed
	began  int64
}

// Begin is called before the tier is asked.
func (h *HotCounters) Begin() HotRead {
	r := HotRead{random: rand.Uint32(), began: untimed}
	if r.random < 1<<32/sampling {
		r.began = tick()
	}
	return r
}

// End counts the read as a hit of n stored bytes.
func (h *HotCounters) End(r HotRead, n int, status Status) {
	s := &h.stripes[r.random%hotStripes]
	if status == Hit {
		s.hits.Add(1)
	} else {
		s.stale.Add(1)
	}
	if n > 0 {
		s.bytes.Add(uint64(n))
	}
	if r.began != untimed {
		h.times.since(r.began)
	}
}

// Hit counts one hit of n stored bytes that is not timed.
func (h *HotCounters) Hit(n int, status Status) {
	h.End(HotRead{random: rand.Uint32(), began: untimed}, n, status)
}

func (h *HotCounters) sum() (hits, stale, bytes uint64) {
	for i := range h.stripes {
		hits += h.stripes[i].hits.Load()
		stale += h.stripes[i].stale.Load()
		bytes += h.stripes[i].bytes.Load()
	}
	return hits, stale, bytes
}
