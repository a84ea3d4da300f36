package runtime

import (
	"context"
	"errors"
)

// Loader returns the value of a key from the source of truth.
type Loader[K comparable, V any] func(ctx context.Context, key K) (V, error)

// GetOrLoad returns the value of a key, from the tiers or else from the loader,
// whose value it stores. Callers that want the same key at the same time share
// one look-up and one load.
func (c *Core[K, V]) GetOrLoad(ctx context.Context, key K, load Loader[K, V]) (v V, err error) {
	if c.Closed() {
		return v, ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return v, err
	}
	op, err := c.begin(ctx, key)
	if err != nil {
		return v, err
	}
	defer op.end()
	s := &op.slots[0]
	st := &c.fence.stripes[s.stripe]
	id := s.id()
	f, lead := st.join(id)
	if !lead {
		if within(ctx, f) {
			st.leave(id, f)
			return v, ErrRecursiveLoad
		}
		return c.await(ctx, f, false)
	}
	j := &job[K, V]{core: c, stripe: st, flight: f, id: id, key: key, load: load}
	if j.lookup(op) {
		return s.value, j.absence(s.status)
	}
	if err := ctx.Err(); err != nil {
		if st.leave(id, f) { // the others still want it
			j.detach(ctx, j.restart)
		}
		return v, err
	}
	j.detach(ctx, j.fetch)
	return c.await(ctx, f, true)
}

// await waits for a flight under the caller's own context. Each caller gets a
// value of his own: the one who led has the loader's, the others copies.
func (c *Core[K, V]) await(ctx context.Context, f *flight[V], own bool) (v V, err error) {
	select {
	case <-f.done:
	case <-ctx.Done():
		return v, ctx.Err()
	}
	if f.loaded && !own {
		c.counters.joined.Add(1)
	}
	if f.err != nil {
		return v, f.err
	}
	if !f.loaded {
		c.counters.count(f.status)
	}
	if own || c.spec.Plain {
		return f.value, nil
	}
	if f.encoded == nil {
		return v, ErrDepth // the only value that cannot be encoded, so not copied
	}
	err = c.spec.Formats[f.format].Decode(&v, f.encoded, "")
	return v, err
}

// job is the work of one flight.
type job[K comparable, V any] struct {
	core   *Core[K, V]
	stripe *stripe[V]
	flight *flight[V]
	id     string
	key    K
	load   Loader[K, V]
}

// lookup asks the tiers and lands the flight if one of them has an answer.
func (j *job[K, V]) lookup(op *Op[K, V]) bool {
	op.ask()
	s := &op.slots[0]
	if s.status == Miss {
		return false
	}
	j.core.counters.count(s.status)
	op.refillAll()
	j.land(outcome[V]{value: s.value, status: s.status, err: j.absence(s.status)}, s.enc)
	return true
}

// absence is what GetOrLoad returns beside an answer of the tiers.
func (j *job[K, V]) absence(s Status) error {
	if s == Absent {
		return ErrNotFound
	}
	return nil
}

// detach runs fn in a goroutine of its own, with the values of ctx, until the
// load's timeout or the end of Close.
func (j *job[K, V]) detach(ctx context.Context, fn func(context.Context)) {
	c := j.core
	if !c.tasks.begin() {
		j.fail(ErrClosed)
		return
	}
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), c.spec.LoadTimeout, ErrLoadTimeout)
	closing := context.AfterFunc(c.ctx, cancel)
	late := context.AfterFunc(ctx, func() {
		if err := context.Cause(ctx); errors.Is(err, ErrLoadTimeout) {
			j.land(outcome[V]{err: err, loaded: true}, nil)
		} else {
			j.fail(ErrClosed)
		}
	})
	go func() {
		defer c.tasks.end()
		defer cancel()
		defer closing()
		defer late()
		fn(ctx)
	}()
}

// restart looks into the tiers again before it loads: the leader has left while
// it did so.
func (j *job[K, V]) restart(ctx context.Context) {
	op, err := j.core.begin(ctx, j.key)
	if err != nil {
		j.fail(err)
		return
	}
	defer op.end()
	if !j.lookup(op) {
		j.fetch(ctx)
	}
}

// fetch calls the loader, stores its value and lands the flight.
func (j *job[K, V]) fetch(ctx context.Context) {
	c := j.core
	c.counters.misses.Add(1)
	c.counters.loads.Add(1)
	var v V
	err := errGoexit
	defer func() { // also when the loader leaves its goroutine
		if err != nil {
			j.land(outcome[V]{err: err, loaded: true}, nil)
		}
	}()
	err = protect(func() (err error) {
		v, err = j.load(&loading{ctx, j.flight}, j.key)
		return err
	})
	if err != nil {
		return
	}
	enc := j.store(ctx, v)
	j.land(outcome[V]{value: v, status: Hit, loaded: true}, enc)
}

// store writes a loaded value, unless the load has been superseded. Trouble with
// the tiers is not the caller's: it has been counted and logged where it arose.
func (j *job[K, V]) store(ctx context.Context, v V) [][]byte {
	op, err := j.core.begin(ctx, j.key)
	if err != nil {
		return nil
	}
	defer op.end()
	s := &op.slots[0]
	op.set(s, v)
	if err := op.store(claim[V]{flight: j.flight}); err != nil && s.enc == nil {
		j.core.logger.Warn("cachegen: loaded value is not stored", "cache", j.core.spec.Name, "error", err)
	}
	return s.enc
}

// land ends the flight, unless it has ended. enc holds encodings of its value, if
// there are any.
func (j *job[K, V]) land(o outcome[V], enc [][]byte) {
	f := j.flight
	callers, first := j.stripe.land(j.id, f)
	if !first {
		return
	}
	f.outcome = o
	if o.loaded && o.err != nil && !errors.Is(o.err, ErrNotFound) {
		j.core.counters.loadErrors.Add(1)
	}
	if callers > 1 && o.err == nil && !j.core.spec.Plain {
		f.encoded, f.format = j.encoding(o.value, enc)
	}
	close(f.done)
}

// fail ends a flight that has not come to its load.
func (j *job[K, V]) fail(err error) { j.land(outcome[V]{err: err}, nil) }

// encoding returns an encoding of v in some format.
func (j *job[K, V]) encoding(v V, enc [][]byte) (data []byte, format int) {
	for i := range enc {
		if enc[i] != nil {
			return enc[i], i
		}
	}
	_ = protect(func() (err error) {
		data, err = j.core.spec.Formats[0].Append(nil, &v)
		return err
	})
	return data, 0
}
