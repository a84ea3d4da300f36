package runtime

import (
	"sync/atomic"
	"unsafe"
)

// hotStripes is how many counters share the memory hits of a cache, so that
// cores do not wait for each other's cache line. It is a power of two.
const hotStripes = 1 << hotBits

const hotBits = 6

// hot counts memory hits; one cache line each.
type hot struct {
	hits, stale, bytes atomic.Uint64
	_                  [40]byte
}

// HotCounters count the hits that generated code finds in its first tier, and time
// one of 128.
type HotCounters struct {
	stripes [hotStripes]hot
	timeOne atomic.Bool // the next one to begin
	_       [60]byte
	times   timing
}

// Begin is called before the tier is asked. What it returns is to be given to End.
func (h *HotCounters) Begin() (began int64) {
	if !h.timeOne.Load() {
		return untimed
	}
	return h.beginTimed()
}

// beginTimed is Begin of one that may be timed. Inlined, it would keep Begin from being so.
//
//go:noinline
func (h *HotCounters) beginTimed() (began int64) {
	if !h.timeOne.CompareAndSwap(true, false) {
		return untimed
	}
	return tick()
}

// End counts the read as a hit of n stored bytes. Now is the tick that the entry was
// compared with, or 0 if there was no need to look at the clock.
func (h *HotCounters) End(began, now int64, n int, status Status) {
	i := hotStripe(here(), now)
	s := &h.stripes[i]
	count := &s.hits
	if status != Hit {
		count = &s.stale
	}
	if count.Add(1)%sampling == i*(sampling/hotStripes)+1 { // each stripe in its turn
		h.timeOne.Store(true)
	}
	if n > 0 {
		s.bytes.Add(uint64(n))
	}
	h.times.sampledSince(began)
}

// hotStripe has each goroutine count on a stripe of its own, mostly: a core that counts where
// another one did has to take the line from it first. Go does not tell which core or
// goroutine one is, but no two of them have the same stack. Those that have come to the same
// stripe part after a millisecond, which is how long a stripe is kept.
func hotStripe(stack uint64, now int64) uint64 {
	const (
		smallest = 11 // bits of the smallest stack, where it is a matter of how deep a call is
		keep     = 20 // bits of a millisecond
	)
	return (stack>>smallest ^ uint64(now)>>keep) * 0x9e3779b97f4a7c15 >> (64 - hotBits) // Knuth's multiplicative hashing
}

// here is an address in the stack of the goroutine, and nothing but a number.
func here() uint64 {
	var b byte
	return uint64(uintptr(unsafe.Pointer(&b)))
}

func (h *HotCounters) sum() (hits, stale, bytes uint64) {
	for i := range h.stripes {
		hits += h.stripes[i].hits.Load()
		stale += h.stripes[i].stale.Load()
		bytes += h.stripes[i].bytes.Load()
	}
	return hits, stale, bytes
}
