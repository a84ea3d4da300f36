package runtime

import (
	"context"
	"time"
)

// Get returns the value of a key, refilling the tiers in front of the one that
// had it.
func (c *Core[K, V]) Get(ctx context.Context, key K) (v V, ok bool, err error) {
	if c.direct != nil {
		return c.direct.get(ctx, key)
	}
	op, err := c.read(ctx, key)
	if err != nil {
		return v, false, err
	}
	defer op.end()
	op.refillAll()
	return op.got()
}

// got counts the answer of the only slot, and returns it as Get does.
func (op *Op[K, V]) got() (v V, ok bool, err error) {
	s := &op.slots[0]
	op.core.counters.count(s.status)
	if s.status == Miss {
		return v, false, s.err
	}
	return s.value, s.status != Absent, nil
}

// GetMany returns the values that there are, and an error when a tier's failure
// left keys unanswered.
func (c *Core[K, V]) GetMany(ctx context.Context, keys []K) (map[K]V, error) {
	switch {
	case c.Closed():
		return map[K]V{}, ErrClosed
	case len(keys) == 0:
		return map[K]V{}, nil
	case c.direct != nil && c.tracer == nil && len(keys) > 1:
		return c.direct.getMany(ctx, keys)
	}
	op := c.blank(ctx)
	defer op.end()
	found, err := op.begin(keys, true)
	switch {
	case err != nil:
		return map[K]V{}, err
	case len(op.slots) == 0:
		return found, nil
	}
	op.ask()
	if found == nil {
		// Only now: before, it would be out of the processor's caches by the time that it is
		// filled, and be marked by the collector while nothing is in it.
		found = make(map[K]V, len(op.slots))
	}
	n := answers{}
	for i := range op.slots {
		s := &op.slots[i]
		n[s.status]++
		switch s.status {
		case Hit, Stale:
			found[s.key] = s.value
		case Miss:
			if s.err != nil && err == nil {
				err = s.err
			}
		}
	}
	c.counters.countAll(&n)
	op.refillAll()
	return found, err
}

// Lookup returns the entry of a key and writes nothing.
func (c *Core[K, V]) Lookup(ctx context.Context, key K) (Entry[V], error) {
	op, err := c.read(ctx, key)
	if err != nil {
		return Entry[V]{}, err
	}
	defer op.end()
	s := &op.slots[0]
	c.counters.count(s.status)
	if s.status == Miss {
		return Entry[V]{}, s.err
	}
	return op.entry(s), nil
}

// read asks the tiers for a key, as the policies say.
func (c *Core[K, V]) read(ctx context.Context, key K) (*Op[K, V], error) {
	if c.Closed() {
		return nil, ErrClosed
	}
	op, err := c.begin(ctx, key)
	if err != nil {
		return nil, err
	}
	op.ask()
	return op, nil
}

// ask notes the generations of the keys, then reads. Once the caller's context
// has ended, keys without an answer have its error.
func (op *Op[K, V]) ask() {
	for i := range op.slots {
		s := &op.slots[i]
		s.gen = op.core.fence.stripe(s.stripe).generation()
	}
	op.core.spec.Read(op)
	op.conclude()
}

// conclude is the end of reading.
func (op *Op[K, V]) conclude() {
	if err := op.ended(); err != nil {
		for i := range op.slots {
			if s := &op.slots[i]; s.status == Miss {
				s.err = err
			}
		}
	}
}

// ended returns why the caller's context has ended. A deadline that has passed
// counts, although nobody has been told yet.
func (op *Op[K, V]) ended() error {
	if d, ok := op.ctx.Deadline(); ok && !time.Now().Before(d) {
		return context.DeadlineExceeded
	}
	return op.ctx.Err()
}
