package runtime

// held is a key that somebody writes or loads, in a list of those of its stripe, whose lock
// guards it and the list. There are few at a time, and in most stripes none. Maps would
// stay when they are empty, two in each stripe: for the collector to look at, and not in
// the processor's caches when they are needed.
type held[V any] struct {
	id     string
	busy   bool          // the key has a writer
	free   chan struct{} // closed when he has ended; nil: nobody waits
	flight *flight[V]    // nil: nobody loads the key
	next   *held[V]
}

// find returns what is held of a key, or nil.
func find[V any, ID string | []byte](s stripe[V], id ID) *held[V] {
	lists := s.fence.held.Load()
	if lists == nil {
		return nil
	}
	h := lists[s.index]
	for h != nil && h.id != string(id) {
		h = h.next
	}
	return h
}

// hold returns what is held of a key, and adds that if there is none.
func (s stripe[V]) hold(id string) *held[V] {
	h := find(s, id)
	if h != nil {
		return h
	}
	lists := s.fence.held.Load()
	if lists == nil {
		s.fence.held.CompareAndSwap(nil, new([stripes]*held[V]))
		lists = s.fence.held.Load()
	}
	h, ok := s.fence.spare.Get().(*held[V])
	if !ok {
		h = new(held[V])
	}
	h.id, h.next = id, lists[s.index]
	lists[s.index] = h
	return h
}

// settle removes what is held of a key if nobody writes or loads it any more.
func (s stripe[V]) settle(h *held[V]) {
	if h == nil || h.busy || h.flight != nil {
		return
	}
	at := &s.fence.held.Load()[s.index]
	for *at != h {
		at = &(*at).next
	}
	*at = h.next
	*h = held[V]{}
	s.fence.spare.Put(h)
}

// flightOf returns the flight of a key, or nil.
func flightOf[V any, ID string | []byte](s stripe[V], id ID) *flight[V] {
	if h := find(s, id); h != nil {
		return h.flight
	}
	return nil
}
