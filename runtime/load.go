package runtime

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
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
			return v, ErrRecursiveLoad
		}
		return c.await(ctx, f, false)
	}
	j := &job[K, V]{core: c, stripe: st, flight: f, id: id, key: key, load: load}
	if j.lookup(op) {
		c.counters.count(s.status)
		return s.value, absence(s.status)
	}
	if err := ctx.Err(); err != nil {
		if st.leave(id, f) { // the others still want it
			j.detach(op.ctx, j.restart)
		}
		return v, err
	}
	j.detach(op.ctx, j.fetch)
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
	switch {
	case own: // counted where it was loaded
	case f.loaded:
		c.counters.joined.Add(1)
	case f.status != Miss:
		c.counters.count(f.status)
	}
	switch {
	case f.err != nil:
		return v, f.err
	case own || c.spec.Plain:
		return f.value, nil
	case f.failed != nil:
		return v, f.failed
	case f.object != nil:
		v = *f.object
		return v, c.unshare(&v)
	}
	err = protect(func() error { return c.spec.Formats[f.format].Decode(&v, f.encoded, "") })
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

	loaded atomic.Pointer[landing[V]] // what has been loaded and is being stored
}

// landing is how a flight ends.
type landing[V any] struct {
	outcome[V]
	copies // of the value, if there is an encoding already
}

// lookup asks the tiers and lands the flight if one of them has an answer.
func (j *job[K, V]) lookup(op *Op[K, V]) bool {
	op.ask()
	s := &op.slots[0]
	if s.status == Miss {
		return false
	}
	op.refillAll()
	l := landing[V]{outcome: outcome[V]{value: s.value, status: s.status, err: absence(s.status)}}
	l.encoded, l.format = op.encoded(s)
	l.object = s.object
	j.land(l)
	return true
}

// absence is the error of GetOrLoad beside an answer of the tiers.
func absence(s Status) error {
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
	late := context.AfterFunc(ctx, func() { j.late(context.Cause(ctx)) })
	go func() {
		defer c.tasks.end()
		defer cancel()
		defer closing()
		defer late()
		fn(ctx)
	}()
}

// late lands a flight whose time is over, for the reason of cause. A value that
// has been loaded and is only waiting for a slow tier is as good as a stored one.
func (j *job[K, V]) late(cause error) {
	switch l := j.loaded.Load(); {
	case l != nil:
		j.land(*l)
	case errors.Is(cause, ErrLoadTimeout):
		j.land(landing[V]{outcome: outcome[V]{err: cause, loaded: true}})
	default:
		j.fail(ErrClosed)
	}
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
	l := landing[V]{outcome: outcome[V]{err: errGoexit, loaded: true}}
	defer func() { j.land(l) }() // also when the loader leaves its goroutine
	l.value, l.err = j.ask(ctx)
	switch {
	case l.err == nil:
		l.status = Hit
		j.store(ctx, &l)
	case ctx.Err() != nil: // whatever the loader calls it
		j.late(context.Cause(ctx))
	}
}

// ask calls the loader.
func (j *job[K, V]) ask(ctx context.Context) (v V, err error) {
	c := j.core
	err = errGoexit
	ctx, end := c.step(ctx, Step{Op: "load", Keys: 1})
	if end != nil {
		defer func() { end(Outcome{Err: err}) }()
		ctx = context.WithValue(ctx, traceKey{}, (*trace)(nil)) // what a loader asks for is a request of its own
	}
	began := tick()
	defer func() { c.counters.loadTime.since(began) }()
	err = protect(func() (err error) {
		v, err = j.load(&loading{ctx, j.flight}, j.key)
		return err
	})
	return v, err
}

// store writes a loaded value, unless the load has been superseded. Trouble with
// the tiers is not the caller's: it has been counted and logged where it arose.
func (j *job[K, V]) store(ctx context.Context, l *landing[V]) {
	op, err := j.core.begin(ctx, j.key)
	if err != nil {
		return
	}
	defer op.end()
	s := &op.slots[0]
	op.set(s, l.value)
	if err := op.encode(); err != nil {
		l.failed = fmt.Errorf("cachegen: a loaded value cannot be copied for every caller: %w", err)
		j.core.warn(&j.core.warnings, "cachegen: loaded value is not stored", "error", err)
		return
	}
	l.encoded, l.format = op.encoded(s)
	l.object = s.object
	early := *l
	j.loaded.Store(&early) // the value is not looked at any more: it may be given away
	_ = op.store(claim[V]{flight: j.flight})
}

// land ends the flight, unless it has ended.
func (j *job[K, V]) land(l landing[V]) {
	f := j.flight
	followed, first := j.stripe.land(j.id, f)
	if !first {
		return
	}
	f.outcome, f.copies = l.outcome, l.copies
	if l.loaded && l.err != nil && !errors.Is(l.err, ErrNotFound) {
		j.core.counters.loadErrors.Add(1)
	}
	if followed && l.err == nil && l.encoded == nil && l.object == nil && l.failed == nil && !j.core.spec.Plain {
		f.encoded, f.failed = j.encode(l.value)
	}
	close(f.done)
}

// fail ends a flight that has not come to its load.
func (j *job[K, V]) fail(err error) { j.land(landing[V]{outcome: outcome[V]{err: err}}) }

// encode returns an encoding of v in the first format.
func (j *job[K, V]) encode(v V) (data []byte, err error) {
	err = protect(func() (err error) {
		data, err = j.core.spec.Formats[0].Append([]byte{}, &v)
		return err
	})
	return data, err
}
