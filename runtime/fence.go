package runtime

import (
	"context"
	"hash/maphash"
	"sync"

	"github.com/cachegen/cachegen/internal/remedy"
)

// stripes is how many parts the keys of a cache are divided into. A stripe is
// held for the length of a few map operations, and its generation, when it
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
	seed    maphash.Seed
	stripes []stripe[V]
}

type stripe[V any] struct {
	mu      sync.Mutex
	gen     uint64
	busy    map[string]turn       // keys that have a writer
	flights map[string]*flight[V] // keys that are being loaded
}

// turn is a writer's; waiters wait for free to be closed.
type turn struct{ free chan struct{} }

func newFence[V any]() *fence[V] {
	f := &fence[V]{seed: maphash.MakeSeed(), stripes: make([]stripe[V], stripes)}
	for i := range f.stripes {
		f.stripes[i].gen = firstGeneration
	}
	return f
}

// index returns the number of the stripe that the key belongs to.
func (f *fence[V]) index(key []byte) int32 {
	return int32(maphash.Bytes(f.seed, key) % stripes)
}

// generation returns the generation of the key's stripe.
func (s *stripe[V]) generation() uint64 {
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
func (s *stripe[V]) void(id string, c claim[V]) bool {
	return remedy.Generations && c.gen != 0 && c.gen != s.gen ||
		remedy.Claims && c.load != nil && (c.load.ended || c.load.flight != s.flights[id])
}

// begin takes the turn on a key and reports whether it did; it does not when the
// claim is void, or when it would have to wait and may not.
func (s *stripe[V]) begin(ctx context.Context, id string, c claim[V]) (bool, error) {
	for {
		s.mu.Lock()
		if s.void(id, c) {
			s.mu.Unlock()
			return false, nil
		}
		t, busy := s.busy[id]
		if !busy || !remedy.Turns {
			if s.busy == nil {
				s.busy = map[string]turn{}
			}
			s.busy[id] = turn{}
			s.move(id, c)
			s.mu.Unlock()
			return true, nil
		}
		if c.try {
			s.mu.Unlock()
			return false, nil
		}
		if t.free == nil {
			t.free = make(chan struct{})
			s.busy[id] = t
		}
		s.mu.Unlock()
		select {
		case <-t.free:
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

// end gives back the turn that was taken with the claim.
func (s *stripe[V]) end(id string, c claim[V]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.busy[id]
	delete(s.busy, id)
	if remedy.SecondMove {
		s.move(id, c)
	}
	if remedy.Turns && t.free != nil {
		close(t.free)
	}
}

// move begins a generation: whatever was read or is being loaded for the key is
// out of date, except by the load that writes itself. A refill writes nothing new.
func (s *stripe[V]) move(id string, c claim[V]) {
	if c.gen != 0 {
		return
	}
	s.gen++
	if f := s.flights[id]; f != nil && (c.load == nil || f != c.load.flight) && remedy.Flights {
		delete(s.flights, id)
	}
}

// quiet runs fn if the generation is still gen and nobody writes the key. fn
// must not block: it runs under the stripe's lock.
func (s *stripe[V]) quiet(key []byte, gen uint64, fn func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, busy := s.busy[string(key)]
	if remedy.Generations && gen != 0 && gen != s.gen || remedy.Quiet && busy {
		return false
	}
	fn()
	return true
}

// alone runs fn under the stripe's lock as the whole turn of a writer that never
// waits: what a cache whose tiers are all in memory needs.
func (s *stripe[V]) alone(id string, c claim[V], fn func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.void(id, c) {
		return false
	}
	s.move(id, c)
	fn()
	return true
}
