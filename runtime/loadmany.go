package runtime

import (
	"context"
	"errors"
)

// ManyLoader returns the values of keys from the source of truth. Keys that it
// leaves out have none, unless it returns an error too: then it has failed for them.
type ManyLoader[K comparable, V any] func(ctx context.Context, keys []K) (map[K]V, error)

// GetOrLoadMany returns the values of keys, from the tiers, each of which it asks
// once, or else from the loader, which it calls once, with the keys that no tier has
// and nobody else is loading. For those it waits.
//
// Keys that have no value are left out. The error joins those of all loads that
// failed; what there is comes with it. See GetOrLoad for the rest.
func (c *Core[K, V]) GetOrLoadMany(ctx context.Context, keys []K, load ManyLoader[K, V]) (map[K]V, error) {
	if err := c.usable(ctx); err != nil || len(keys) == 0 {
		return map[K]V{}, err
	}
	op := c.blank(ctx)
	defer op.end()
	found, err := op.begin(keys, !c.spec.Revalidate && !c.spec.Reload && c.spec.Eager == 0)
	switch {
	case err != nil:
		return map[K]V{}, err
	case len(op.slots) == 0:
		return found, nil
	}
	op.demand = c.demand(false)
	op.ask()
	if found == nil {
		found = make(map[K]V, len(op.slots)) // as late as in GetMany
	}
	b := &batch[K, V]{found: found, load: c.job(many(load)), reload: c.job(many(load))}
	b.answered(op)
	if len(b.reload.legs) > 0 {
		b.reload.later(op.ctx)
	}
	if err := ctx.Err(); err != nil {
		return b.found, err
	}
	b.join(op)
	if len(b.load.legs) > 0 {
		b.load.detach(op.ctx, b.load.again)
	}
	return b.found, b.wait(ctx)
}

// batch is one call of GetOrLoadMany.
type batch[K comparable, V any] struct {
	found        map[K]V
	load, reload *job[K, V]
	waits        []awaited[K, V]
	errs         []error
	told         map[any]bool // where errs come from
}

// awaited is a key that is being loaded.
type awaited[K comparable, V any] struct {
	key   K
	round *round[V]
	own   bool // the batch has a part in loading it
}

// answered takes what the tiers have said.
func (b *batch[K, V]) answered(op *Op[K, V]) {
	c, n := op.core, answers{}
	for i := range op.slots {
		s := &op.slots[i]
		if s.status == Miss {
			continue
		}
		n[s.status]++
		op.refillSlot(s, op.refill(s))
		if s.status != Absent {
			b.found[s.key] = s.value
		}
		if op.outdated(s) {
			if p := c.fence.stripe(s.stripe).reload(s.bin); p != nil {
				b.reload.add(s, p, nil)
			}
		}
	}
	c.counters.countAll(&n)
}

// join joins the flights of the keys that no tier has. Those that the batch leads
// are looked up again if anything was written since: it may have been loaded.
func (b *batch[K, V]) join(op *Op[K, V]) {
	c := op.core
	recursive := false
	for i := range op.slots {
		s := &op.slots[i]
		if s.status != Miss {
			continue
		}
		if within(op.ctx, c, s.id()) {
			recursive = true
			continue
		}
		st := c.fence.stripe(s.stripe)
		r, p := st.join(s.id(), c.spec.Concurrency)
		b.waits = append(b.waits, awaited[K, V]{s.key, r, p != nil})
		if p != nil {
			b.load.add(s, p, r).look = st.generation() != s.gen
		}
	}
	if recursive {
		b.errs = append(b.errs, ErrRecursiveLoad)
	}
}

// wait waits for the keys that are being loaded, and returns what has gone wrong:
// of each load once.
func (b *batch[K, V]) wait(ctx context.Context) error {
	c := b.load.core
	for _, w := range b.waits {
		var job any
		if w.own {
			job = b.load
		}
		v, err := c.await(ctx, w.round, job)
		switch {
		case err == nil:
			b.found[w.key] = v
			if w.own && w.round.beside != nil {
				b.errs = append(b.errs, w.round.beside)
			}
		case !w.round.landed():
			b.tell(nil, err)
		case !w.round.absent:
			b.tell(w.round.by, err)
		}
	}
	if len(b.errs) == 1 {
		return b.errs[0]
	}
	return errors.Join(b.errs...)
}

// tell adds an error, unless there is one from there already.
func (b *batch[K, V]) tell(from any, err error) {
	if b.told == nil {
		b.told = map[any]bool{}
	}
	if !b.told[from] {
		b.errs = append(b.errs, err)
	}
	b.told[from] = true
}

// many calls the loader of many keys.
func many[K comparable, V any](load ManyLoader[K, V]) func(*job[K, V], context.Context) {
	return func(j *job[K, V], ctx context.Context) {
		found, err := load(ctx, j.keys())
		extra, failed := len(found), false
		for _, l := range j.legs {
			v, ok := found[l.key]
			switch {
			case ok:
				l.value, l.err = v, nil
				extra--
			case err == nil || only(err, ErrNotFound):
				l.err, l.absent = ErrNotFound, true
			default:
				l.err, failed = err, true
			}
		}
		j.core.counters.extra.Add(uint64(extra))
		if err != nil && !failed && !only(err, ErrNotFound) {
			j.legs[0].beside = err // it has all that was asked for
			j.core.counters.loadErrors.Add(1)
		}
	}
}

// only reports whether an error is the target and nothing besides: of an error that
// joins others one cannot tell which keys it is about.
func only(err, target error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if err == target { //nolint:errorlint // Is would look into errors that are joined
			return true
		}
	}
	return false
}
