package runtime

// flight is the loading of one key, which all callers who want the key share. It
// lies in the key's stripe until nobody loads the key any more, or until the key is
// written: then it is superseded, and nobody joins it.
type flight[V any] struct {
	// Guarded by the stripe's lock.
	running int       // jobs that load the key; 0: a reload waits for its turn in the offload
	reload  bool      // it began in the background: who finds a value does not wait for it
	round   *round[V] // what a caller waits for who comes now; nil: nobody has come
}

// round is what some callers of a flight wait for: the result of the load that ends
// first.
type round[V any] struct {
	waiting int           // guarded by the stripe's lock until the round has landed
	done    chan struct{} // closed when what follows is set
	owner   any           // the job whose caller has the value itself; nil: nobody has
	by      any           // the job whose result it is

	outcome[V]
	copies[V]
}

// outcome is what a load comes to.
type outcome[V any] struct {
	value  V
	status Status
	err    error
	absent bool  // err says that there is no value
	loaded bool  // by the loader, or not for its failure
	beside error // what the loader of a batch has returned besides all values
}

// landed reports whether the round has its result.
func (r *round[V]) landed() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// copies is what callers make their own values from: an encoding of the value, a
// copy that nobody changes, or why there is neither. It is empty if only one waits.
type copies[V any] struct {
	encoded []byte
	format  int
	object  *V
	failed  error
}

// part is what one job has in the flight of one key.
type part[V any] struct {
	flight *flight[V]
	ended  bool // guarded by the stripe's lock
}

// join has the caller wait for the flight of a key, for a new one if there is none.
// He is to load it himself if he gets a part in it: not if most do so already.
func (s stripe[V]) join(id string, most int) (r *round[V], p *part[V]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.hold(id)
	if h.flight == nil {
		h.flight = &flight[V]{}
	}
	f := h.flight
	if f.running < most {
		f.reload = f.reload && f.running > 0
		f.running++
		p = &part[V]{flight: f}
	}
	if f.round == nil {
		f.round = &round[V]{done: make(chan struct{})}
	}
	f.round.waiting++
	return f.round, p
}

// leave is called when the caller of a job goes before the load has begun. It
// reports whether somebody else waits for that; if not, the part has ended.
func (s stripe[V]) leave(id string, r *round[V], p *part[V]) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.flight.round == r {
		if r.waiting--; r.waiting > 0 {
			return true
		}
	}
	s.close(id, p)
	return false
}

// land ends a part of a flight, once. It returns the round that the result is for:
// nil if nobody waits.
func (s stripe[V]) land(id string, p *part[V]) (r *round[V], first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.ended {
		return nil, false
	}
	r, p.flight.round = p.flight.round, nil
	s.close(id, p)
	return r, true
}

// reload returns a part in a new flight, whose load is to begin later: none if the
// key has a flight. id is not kept.
func (s stripe[V]) reload(id []byte) *part[V] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if flightOf(s, id) != nil {
		return nil
	}
	h := s.hold(string(id))
	h.flight = &flight[V]{reload: true}
	return &part[V]{flight: h.flight}
}

// flying reports whether the key is being loaded, or is going to be.
func (s stripe[V]) flying(id []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return flightOf(s, id) != nil
}

// start begins the load of a reload. It does not if the flight has been superseded,
// or if somebody else has not waited for it to begin.
func (s stripe[V]) start(id string, p *part[V]) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.flight != flightOf(s, id) || p.flight.running > 0 {
		p.ended = true
		return false
	}
	p.flight.running++
	return true
}

// drop ends a reload that is not going to begin.
func (s stripe[V]) drop(id string, p *part[V]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.flight.running == 0 {
		s.depart(id, p)
	}
}

// reloading reports whether the key is being loaded in the background.
func (s stripe[V]) reloading(id []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := flightOf(s, id)
	return f != nil && f.reload
}

// close ends a part of a flight, and the flight with its last one.
func (s stripe[V]) close(id string, p *part[V]) {
	p.ended = true
	if p.flight.running--; p.flight.running == 0 {
		s.depart(id, p)
	}
}

// depart has nobody join the flight of a part any more.
func (s stripe[V]) depart(id string, p *part[V]) {
	if h := find(s, id); h != nil && h.flight == p.flight {
		h.flight = nil
		s.settle(h)
	}
}
