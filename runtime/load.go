package runtime

import (
	"context"
	"errors"
)

// Loader returns the value of a key from the source of truth.
type Loader[K comparable, V any] func(ctx context.Context, key K) (V, error)

// GetOrLoad returns the value of a key, from the tiers or else from the loader,
// whose value it stores. Callers that want the same key at the same time share
// one look-up and one load, each waiting under its own context.
//
// Its errors are those of the loader and of the caller's context, ErrNotFound for
// an absence that is remembered, ErrLoadTimeout, ErrRecursiveLoad and ErrClosed.
// Tiers that fail are none.
func (c *Core[K, V]) GetOrLoad(ctx context.Context, key K, load Loader[K, V]) (v V, err error) {
	if err := c.usable(ctx); err != nil {
		return v, err
	}
	op, err := c.begin(ctx, key)
	if err != nil {
		return v, err
	}
	defer op.end()
	s := &op.slots[0]
	st := c.fence.stripe(s.stripe)
	if c.reloads() && st.reloading(s.bin) {
		op.demand = c.demand(false)
		if op.ask(); s.status != Miss { // whoever has something does not wait
			op.refillSlot(s, op.refill(s))
			return c.answered(s)
		}
		*s = s.unanswered()
	}
	id := s.id()
	if within(ctx, c, id) {
		return v, ErrRecursiveLoad
	}
	r, p := st.join(id, c.spec.Concurrency)
	if p == nil {
		return c.await(ctx, r, nil)
	}
	j := c.job(single(load))
	j.add(s, p, r)
	if j.look(op); len(j.legs) == 0 {
		if op.outdated(s) {
			c.Reload(ctx, key, load)
		}
		return c.answered(s)
	}
	if err := ctx.Err(); err != nil {
		if st.leave(id, r, p) { // the others still want it
			j.legs[0].round = nil
			j.detach(op.ctx, j.restart)
		}
		return v, err
	}
	j.detach(op.ctx, j.fetch)
	return c.await(ctx, r, j)
}

// answered returns what the tiers have said.
func (c *Core[K, V]) answered(s *slot[K, V]) (V, error) {
	c.counters.count(s.status)
	return s.value, absence(s.status)
}

// absence is the error of GetOrLoad beside an answer of the tiers.
func absence(s Status) error {
	if s == Absent {
		return ErrNotFound
	}
	return nil
}

// await waits for a round under the caller's own context. Each caller gets a
// value of his own: the one whose job has landed it has the loader's, the others
// copies. job is nil for those who have none.
func (c *Core[K, V]) await(ctx context.Context, r *round[V], job any) (v V, err error) {
	select {
	case <-r.done: // even if the context has ended as well
	default:
		select {
		case <-r.done:
		case <-ctx.Done():
			return v, ctx.Err()
		}
	}
	own := job != nil && r.owner == job
	switch {
	case job != nil: // counted where it was loaded
	case r.loaded:
		c.counters.joined.Add(1)
	case r.status != Miss:
		c.counters.count(r.status)
	}
	switch {
	case r.err != nil:
		return v, r.err
	case own || c.spec.Plain:
		return r.value, nil
	case r.failed != nil:
		return v, r.failed
	case r.object != nil:
		v = *r.object
		return v, c.unshare(&v)
	}
	err = protect(func() error { return c.spec.Formats[r.format].Decode(&v, r.encoded, "") })
	return v, err
}

// reloads reports whether values are reloaded in the background.
func (c *Core[K, V]) reloads() bool { return c.spec.Reload || c.spec.Eager > 0 }

// outdated reports whether an answer is to be reloaded in the background.
func (op *Op[K, V]) outdated(s *slot[K, V]) bool {
	return s.status == Stale && op.core.spec.Reload || s.status == Hit && op.due(s)
}

// Reload has a value that has just been found loaded again in the background, unless
// that is under way, or there is no room for it. Then it is cheap, since hits of a stale
// value come here as often as they come.
func (c *Core[K, V]) Reload(ctx context.Context, key K, load Loader[K, V]) {
	room := c.spare()
	defer c.ops.Put(room) // only where its key goes was used
	bin, err := c.spec.BinaryKey(room.keys[:0], key)
	if err != nil {
		return
	}
	s := slot[K, V]{key: key, bin: bin, stripe: c.fence.index(bin)}
	st := c.fence.stripe(s.stripe)
	if st.flying(bin) || c.offload.refuses() {
		return
	}
	if p := st.reload(bin); p != nil {
		j := c.job(single(load))
		j.add(&s, p, nil)
		j.later(ctx)
	}
}

// single calls the loader of one key.
func single[K comparable, V any](load Loader[K, V]) func(*job[K, V], context.Context) {
	return func(j *job[K, V], ctx context.Context) {
		l := j.legs[0]
		l.value, l.err = load(ctx, l.key)
		l.absent = errors.Is(l.err, ErrNotFound)
	}
}
