package runtime

import (
	"context"
	"hash/maphash"
	"sync"
	"sync/atomic"

	"github.com/cachegen/cachegen/internal/remedy"
)

// stripes is how many parts the keys of a cache are divided into. A stripe is
// held for the length of a few steps in a short list, and its generation, when it
// moves for another key, costs a reader one refill: many are cheap.
const stripes = 4096

// firstGeneration is that of a stripe in which nothing has been written. 0 means "no
// generation" in an Entry.
const firstGeneration = 1

// fence orders what happens to a key inside one cache.
//
// A writer has its turn from begin to end; nobody else writes the key outside
// the process in between. The generation of the stripe moves at both ends, unless
// the turn is a refill's, which writes nothing new, so that whoever read before a writer ended, and did not see what it wrote, can
// tell: an answer is written back only if the generation is the one from before
// it was read, and nobody has the turn. The generations live outside every
// store, so no eviction forgets them.
type fence[V any] struct {
	seed  maphash.Seed
	locks *[stripes]lock
	held  atomic.Pointer[[stripes]*held[V]] // a list for each stripe; nil: nothing was held yet
	spare sync.Pool                         // of *held[V]
}

// lock is what a stripe has at any time. It has no pointers, and lies in an object without
// any: so the garbage collector does not look at these 64 KiB.
type lock struct {
	mu  sync.Mutex
	gen uint64
}

// stripe is a handle on one stripe of a fence.
type stripe[V any] struct {
	*lock
	fence *fence[V]
	index int32
}

func newFence[V any]() *fence[V] {
	f := &fence[V]{seed: maphash.MakeSeed(), locks: new([stripes]lock)}
	for i := range f.locks {
		f.locks[i].gen = firstGeneration
	}
	return f
}

// stripe returns a stripe by its number.
func (f *fence[V]) stripe(i int32) stripe[V] { return stripe[V]{&f.locks[i], f, i} }

// index returns the number of the stripe that the key belongs to.
func (f *fence[V]) index(key []byte) int32 {
	return int32(maphash.Bytes(f.seed, key) % stripes)
}

// generation returns the generation of the key's stripe.
func (s stripe[V]) generation() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gen
}

// claim says under which condition a writer wants its turn.
type claim[V any] struct {
	gen  uint64   // not 0: a refill; the generation must still be this one
	load *part[V] // not nil: this load must neither have been superseded nor have ended
	try  bool     // do not wait
}

// void reports whether what the claim asks for is not so any more.
func (s stripe[V]) void(id string, c claim[V]) bool {
	return remedy.Generations && c.gen != 0 && c.gen != s.gen ||
		remedy.Claims && c.load != nil && (c.load.ended || c.load.flight != flightOf(s, id))
}

// begin takes the turn on a key and reports whether it did; it does not when the
// claim is void, or when it would have to wait and may not.
func (s stripe[V]) begin(ctx context.Context, id string, c claim[V]) (bool, error) {
	for {
		s.mu.Lock()
		if s.void(id, c) {
			s.mu.Unlock()
			return false, nil
		}
		h := s.hold(id)
		if !h.busy || !remedy.Turns {
			h.busy = true
			s.move(h, c)
			s.mu.Unlock()
			return true, nil
		}
		if c.try {
			s.mu.Unlock()
			return false, nil
		}
		if h.free == nil {
			h.free = make(chan struct{})
		}
		free := h.free
		s.mu.Unlock()
		select {
		case <-free:
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

// end gives back the turn that was taken with the claim.
func (s stripe[V]) end(id string, c claim[V]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := find(s, id)
	if remedy.SecondMove {
		s.move(h, c)
	}
	if h == nil { // two have had their turn at once, which is what a test wants to see
		return
	}
	free := h.free
	h.busy, h.free = false, nil
	s.settle(h)
	if remedy.Turns && free != nil {
		close(free)
	}
}

// move begins a generation: whatever was read or is being loaded for the key is
// out of date, except by the load that writes itself. A refill writes nothing new. h may be
// nil, and may have neither writer nor flight afterwards: the caller settles it.
func (s stripe[V]) move(h *held[V], c claim[V]) {
	if c.gen != 0 {
		return
	}
	s.gen++
	if h != nil && (c.load == nil || h.flight != c.load.flight) && remedy.Flights {
		h.flight = nil
	}
}

// quiet runs fn if the generation is still gen and nobody writes the key. fn
// must not block: it runs under the stripe's lock.
func (s stripe[V]) quiet(key []byte, gen uint64, fn func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := find(s, key)
	if remedy.Generations && gen != 0 && gen != s.gen || remedy.Quiet && h != nil && h.busy {
		return false
	}
	fn()
	return true
}

// alone runs fn under the stripe's lock as the whole turn of a writer that never
// waits: what a cache whose tiers are all in memory needs.
func (s stripe[V]) alone(id string, c claim[V], fn func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.void(id, c) {
		return false
	}
	h := find(s, id)
	s.move(h, c)
	s.settle(h)
	fn()
	return true
}
