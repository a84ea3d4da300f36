package runtime

import "context"

// NewBackendLeaf returns the tier that info describes, over a backend. One that is
// a whole cache of the same type is worked through as if it were nested.
func NewBackendLeaf[K comparable, V any](info Leaf, b Backend) *RemoteLeaf[K, V] {
	l := NewRemoteLeaf[K, V](info, BackendEngine(b))
	if c, ok := b.(Composed[V]); ok {
		l.engine = composedEngine[V]{c}
		l.typed = true
	}
	return l
}

// composedEngine passes entries and not bytes.
type composedEngine[V any] struct{ cache Composed[V] }

func (e composedEngine[V]) Read(ctx context.Context, reads []RemoteRead) error {
	for i := range reads {
		r := &reads[i]
		entry, err := e.lookup(ctx, r)
		r.Entry, r.Found, r.Err = &entry, entry.Status != Miss, err
	}
	return nil
}

// lookup asks the inner cache as its own tiers are asked: an entry that is no answer
// comes if there is no other, so that the outer cache can set it aside.
func (e composedEngine[V]) lookup(ctx context.Context, r *RemoteRead) (Entry[V], error) {
	if c, ok := e.cache.(interface {
		lookupRaw(context.Context, []byte, demand) (Entry[V], error)
	}); ok && r.want != (demand{}) {
		return c.lookupRaw(ctx, []byte(r.Key), r.want)
	}
	return e.cache.LookupRaw(ctx, []byte(r.Key))
}

func (e composedEngine[V]) Write(ctx context.Context, writes []RemoteWrite) error {
	for i := range writes {
		w := &writes[i]
		w.Err = e.cache.StoreRaw(ctx, []byte(w.Key), *w.Entry.(*Entry[V]))
	}
	return nil
}

func (e composedEngine[V]) Remove(ctx context.Context, removes []RemoteRemove) error {
	for i := range removes {
		r := &removes[i]
		r.Removed, r.Err = e.cache.Remove(ctx, []byte(r.Key))
	}
	return nil
}

// through takes the entry of an inner cache as the slot's answer.
func (l *RemoteLeaf[K, V]) through(op *Op[K, V], s *slot[K, V], e *Entry[V]) bool {
	stale, expire := l.core.Time.tick(e.StaleAt), l.core.Time.tick(e.ExpireAt)
	if op.over(e.Status == Absent, expire) {
		return false
	}
	s.value = e.Value
	stale = min(stale, expire)
	s.found(op, l.Index, e.Status == Absent, l.core.nominal(stale), stale, expire)
	m := s.rest()
	m.source = l.Path + e.Source[len(labelOf(e.Source)):]
	if e.ReadMode == Refill {
		cache, key := l.engine.(composedEngine[V]).cache, []byte(s.text)
		inner := *e
		m.below = func(ctx context.Context, v V, wait bool) error {
			inner := inner
			inner.Value = v
			if now, ok := cache.(interface {
				refillRaw(context.Context, []byte, Entry[V]) error
			}); ok && !wait {
				return now.refillRaw(ctx, key, inner)
			}
			return cache.StoreRaw(ctx, key, inner)
		}
	}
	s.more = &m
	return true
}

// labelOf returns the first label of a source path.
func labelOf(source string) string {
	for i := range len(source) {
		if source[i] == '.' {
			return source[:i]
		}
	}
	return source
}

// pass returns the entry that an inner cache is to store: a copy, since it may
// still be at it when the caller has gone.
func (l *RemoteLeaf[K, V]) pass(op *Op[K, V], s *slot[K, V], payload []byte, stale, expire int64) (*Entry[V], error) {
	t := l.core.Time
	e := &Entry[V]{Status: s.status, StaleAt: t.time(stale), ExpireAt: t.time(expire), grace: l.core.grace(op)}
	if s.status == Absent {
		return e, nil
	}
	f := &l.core.spec.Formats[l.Format]
	if f.Compressor != nil {
		base, err := op.payload(s, f.Base)
		if err != nil {
			return nil, err
		}
		f, payload = &l.core.spec.Formats[f.Base], base
	}
	return e, protect(func() error { return f.Decode(&e.Value, payload, "") })
}
