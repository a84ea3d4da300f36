package runtime

import (
	"context"
	"fmt"
)

// store writes what the loader has returned, unless the load has been superseded.
// Trouble with the tiers is not the caller's: it has been counted and logged where
// it arose.
func (j *job[K, V]) store(ctx context.Context) {
	op, err := j.operation(ctx)
	if err != nil {
		return
	}
	defer op.end()
	var gone []slot[K, V] // what an answer replaces that is not stored
	kept := op.slots[:0]
	for i, l := range j.legs {
		s := &op.slots[i]
		s.load = l.part
		s.writ = l.permit()
		if l.silent != 0 {
			s.more = &more[V]{silence: l.silence}
		}
		switch j.plan(op, s, l) {
		case toStore:
			if !j.prepare(op, s, l) {
				continue
			}
			l.keep()
			kept = append(kept, *s)
		case toRemove:
			gone = append(gone, *s)
		}
	}
	op.slots = kept
	j.loaded.Store(true) // no value is looked at any more: they may be given away
	if len(gone) > 0 {
		rest := &Op[K, V]{core: op.core, ctx: op.ctx, now: op.now, mask: op.mask, slots: gone}
		_, _ = rest.turns(claim[V]{}, make([]Result, len(gone)), op.core.spec.Remove)
	}
	if len(kept) > 0 {
		_ = op.write(claim[V]{})
	}
}

// What is done in the tiers with the outcome of a load.
const (
	toLeave = iota
	toStore
	toRemove
)

// plan gives a slot what its key has come to and says what is to be done with it.
// An answer that is not stored replaces what is there all the same.
func (j *job[K, V]) plan(op *Op[K, V], s *slot[K, V], l *leg[K, V]) int {
	c := j.core
	own := j.of(l.key)
	switch {
	case l.err != nil && !l.absent:
		return toLeave
	case own != nil && own.over():
	case l.err != nil:
		if c.spec.Absent > 0 {
			s.status, s.stale = Absent, after(op.now, c.spec.Absent)
			s.expire = s.stale
			return toStore
		}
	case own != nil:
		op.give(s, l.value, *own)
		return toStore
	default:
		op.set(s, l.value)
		return toStore
	}
	if l.aside == 0 {
		return toLeave
	}
	return toRemove
}

// prepare encodes the value of a slot for the tiers, and keeps for the others who
// wait what they can make their own values from.
func (j *job[K, V]) prepare(op *Op[K, V], s *slot[K, V], l *leg[K, V]) bool {
	if err := op.encodeSlot(s); err != nil {
		l.failed = fmt.Errorf("cachegen: a loaded value cannot be copied for every caller: %w", err)
		j.core.warn(&j.core.warnings, "cachegen: loaded value is not stored", "error", err)
		return false
	}
	l.encoded, l.format = j.core.encoded(s)
	l.object = s.object
	return true
}
