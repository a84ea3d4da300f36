package runtime

import "context"

// flight is one look-up with a load behind it that all callers who want the key
// share.
type flight[V any] struct {
	done chan struct{} // closed when value and err are set

	// Guarded by the stripe's lock until done is closed.
	followers int // who have joined; they need copies of the value
	ended     bool

	outcome[V]
	copies
}

// copies is what the followers of a flight make their own values from: an
// encoding of the value, or why there is none. It is empty if nobody follows.
type copies struct {
	encoded []byte
	format  int
	failed  error
}

// outcome is what a flight comes to.
type outcome[V any] struct {
	value  V
	status Status
	err    error
	loaded bool // by the loader, or not for its failure
	object *V   // a copy of value that nobody changes, if there is one
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
	if !lead {
		f.followers++
	}
	return f, lead
}

// leave is called when a leader goes before the load has begun. It reports
// whether somebody else waits; if not, the flight is over.
func (s *stripe[V]) leave(id string, f *flight[V]) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.followers > 0 {
		return true
	}
	s.forget(id, f)
	f.ended = true
	return false
}

// land ends a flight once and reports whether this call did, and whether it has
// followers. Nobody joins it afterwards.
func (s *stripe[V]) land(id string, f *flight[V]) (followed, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.ended {
		return false, false
	}
	f.ended = true
	s.forget(id, f)
	return f.followers > 0, true
}

func (s *stripe[V]) forget(id string, f *flight[V]) {
	if s.flights[id] == f {
		delete(s.flights, id)
	}
}
