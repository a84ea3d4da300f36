package runtime

import "context"

// flight is one look-up with a load behind it that all callers who want the key
// share.
type flight[V any] struct {
	done chan struct{} // closed when value and err are set

	// Guarded by the stripe's lock until done is closed.
	waiters int
	ended   bool

	outcome[V]
	encoded []byte // of value, for copies; nil if nobody needs one
	format  int    // of encoded
}

// outcome is what a flight comes to.
type outcome[V any] struct {
	value  V
	status Status
	err    error
	loaded bool // by the loader, or not for its failure
}

// loading marks the context of a loader, so that the cache can tell when it is
// asked for the key that it is loading.
type loading struct {
	context.Context
	flight any
}

type flightKey struct{}

func (l *loading) Value(key any) any {
	if key == (flightKey{}) {
		return l
	}
	return l.Context.Value(key)
}

// within reports whether ctx belongs to the loader of the flight, however deep.
func within(ctx context.Context, flight any) bool {
	for {
		l, ok := ctx.Value(flightKey{}).(*loading)
		if !ok {
			return false
		}
		if l.flight == flight {
			return true
		}
		ctx = l.Context
	}
}

// join returns the flight of a key, a new one if there is none, and whether the
// caller leads it.
func (s *stripe[V]) join(id string) (f *flight[V], lead bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f = s.flights[id]
	if lead = f == nil; lead {
		f = &flight[V]{done: make(chan struct{})}
		if s.flights == nil {
			s.flights = map[string]*flight[V]{}
		}
		s.flights[id] = f
	}
	f.waiters++
	return f, lead
}

// leave is called when a leader goes before the load has begun. It reports
// whether somebody else waits; if not, the flight is over.
func (s *stripe[V]) leave(id string, f *flight[V]) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.waiters--; f.waiters > 0 {
		return true
	}
	s.forget(id, f)
	f.ended = true
	return false
}

// land ends a flight once and reports whether this call did, and how many
// callers shared it. Nobody joins it afterwards.
func (s *stripe[V]) land(id string, f *flight[V]) (callers int, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.ended {
		return 0, false
	}
	f.ended = true
	s.forget(id, f)
	return f.waiters, true
}

func (s *stripe[V]) forget(id string, f *flight[V]) {
	if s.flights[id] == f {
		delete(s.flights, id)
	}
}

// current reports whether the flight has not been superseded.
func (s *stripe[V]) current(id string, f *flight[V]) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flights[id] == f
}
