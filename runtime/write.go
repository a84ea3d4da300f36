package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
)

// Set stores a value under a key, in every tier, under the write policies.
func (c *Core[K, V]) Set(ctx context.Context, key K, v V) error {
	op, err := c.writing(ctx, key)
	if err != nil {
		return err
	}
	defer op.end()
	op.room.open = c.memory
	op.set(&op.slots[0], v)
	return op.store(claim[V]{})
}

// SetMany stores values under their keys. It does what it can and joins the
// errors.
func (c *Core[K, V]) SetMany(ctx context.Context, vs map[K]V) error {
	if err := c.usable(ctx); err != nil || len(vs) == 0 {
		return err
	}
	op := c.blank(ctx)
	defer op.end()
	if err := op.addressMap(vs); err != nil {
		return err
	}
	op.room.open = c.memory
	for i := range op.slots {
		op.set(&op.slots[i], op.slots[i].value)
	}
	bad := op.dropUnencodable()
	if len(op.slots) == 0 {
		return bad
	}
	return errors.Join(bad, op.store(claim[V]{}))
}

// errStatus is returned for an entry that says that there is none.
var errStatus = errors.New("cachegen: Store of an entry whose status is not Hit, Stale or Absent")

// Store stores an entry with its own instants: of a Refill entry in the tiers in
// front of its source, as long as nothing newer has happened to the key since
// its lookup; of any other entry in every tier.
func (c *Core[K, V]) Store(ctx context.Context, key K, e Entry[V]) error {
	op, err := c.writing(ctx, key)
	if err != nil {
		return err
	}
	defer op.end()
	return op.storeEntry(e)
}

// storeEntry is Store under the operation's key.
func (op *Op[K, V]) storeEntry(e Entry[V]) (err error) {
	if e.Status != Hit && e.Status != Stale && e.Status != Absent {
		return errStatus
	}
	c, s := op.core, &op.slots[0]
	s.value, s.status = e.Value, e.Status
	s.stale, s.expire = c.Time.tick(e.StaleAt), c.Time.tick(e.ExpireAt)
	s.stale = min(s.stale, s.expire)
	op.demand.grace = e.grace
	if s.status == Hit {
		s.eager = c.eagerAt(op.now, s.stale)
	}
	if e.ReadMode != Refill {
		return op.store(claim[V]{})
	}
	if e.below != nil {
		err = e.below(op.ctx, e.Value, true)
	}
	var unknown error
	if op.mask = e.refill; e.gen == 0 { // not from a lookup
		op.mask, unknown = c.refillOf(e.Source)
	}
	switch {
	case unknown != nil || op.mask == 0:
		return errors.Join(err, unknown)
	case op.mask&^c.instant == 0:
		s.gen = e.gen
		return errors.Join(err, op.refillMemory(s, op.mask))
	}
	s.writ = e.writ
	return errors.Join(err, op.store(claim[V]{gen: e.gen}))
}

// refillOf returns the tiers that an answer of a source is written into.
func (c *Core[K, V]) refillOf(source string) (uint64, error) {
	for _, l := range c.leaves {
		if l.base().Path == source {
			return l.base().Refill, nil
		}
	}
	return 0, fmt.Errorf("cachegen: Store of a Refill entry from %q, which is no tier of %s", source, c.spec.Name)
}

// Delete removes a key from every tier and returns how many copies there were.
func (c *Core[K, V]) Delete(ctx context.Context, key K) (removed int, err error) {
	op, err := c.writing(ctx, key)
	if err != nil {
		return 0, err
	}
	return op.remove()
}

// DeleteMany removes keys from every tier and returns how many copies there
// were. It does what it can and joins the errors.
func (c *Core[K, V]) DeleteMany(ctx context.Context, keys []K) (removed int, err error) {
	if err := c.usable(ctx); err != nil || len(keys) == 0 {
		return 0, err
	}
	op, err := c.beginMany(ctx, keys)
	if err != nil {
		return 0, err
	}
	return op.remove()
}

// remove removes the keys of the operation and ends it.
func (op *Op[K, V]) remove() (removed int, err error) {
	defer op.end()
	res := op.results()
	if _, err := op.turns(claim[V]{}, res, op.core.spec.Remove); err != nil {
		return 0, err
	}
	for i := range res {
		removed += res[i].Removed
	}
	return removed, joined(res)
}

// writing returns an operation that is going to write a key.
func (c *Core[K, V]) writing(ctx context.Context, key K) (*Op[K, V], error) {
	if err := c.usable(ctx); err != nil {
		return nil, err
	}
	if !c.memory {
		deepen(-1)
	}
	return c.begin(ctx, key)
}

// usable returns why the cache cannot be used now.
func (c *Core[K, V]) usable(ctx context.Context) error {
	if c.Closed() {
		return ErrClosed
	}
	return ctx.Err()
}

// set gives a slot its value and the lifetime of the annotation.
func (op *Op[K, V]) set(s *slot[K, V], v V) {
	s.value, s.status = v, Hit
	s.stale, s.expire = op.core.lifetime(op.now)
	s.eager = op.core.eagerAt(op.now, s.stale)
}

// give gives a slot its value and a lifetime of its own.
func (op *Op[K, V]) give(s *slot[K, V], v V, l lifetime) {
	s.value, s.status = v, Hit
	s.stale = after(op.now, l.ttl)
	s.expire = after(s.stale, l.stale)
	s.eager = op.core.eagerAt(op.now, s.stale)
}

// dropUnencodable takes the slots out whose values cannot be encoded.
func (op *Op[K, V]) dropUnencodable() error {
	var errs []error
	kept := op.slots[:0]
	for i := range op.slots {
		if err := op.encodeSlot(&op.slots[i]); err != nil {
			errs = append(errs, fmt.Errorf("key %v: %w", op.slots[i].key, err))
			continue
		}
		kept = append(kept, op.slots[i])
	}
	op.slots = kept
	return errors.Join(errs...)
}

// store encodes and writes the operation's slots in their turn.
func (op *Op[K, V]) store(cl claim[V]) error {
	if err := op.encode(); err != nil {
		return err
	}
	return op.write(cl)
}

// write writes the operation's slots, which have been encoded, in their turn.
func (op *Op[K, V]) write(cl claim[V]) error {
	res := op.results()
	if _, err := op.turns(cl, res, op.core.leases.write(op.core.spec.Write)); err != nil {
		return err
	}
	return joined(res)
}

// results returns room for what writing each slot comes to. Nobody but its goroutine
// looks at an operation on memory alone, or on one tier, which so has its own.
func (op *Op[K, V]) results() []Result {
	if len(op.slots) == 1 && (op.core.memory || op.core.direct != nil) {
		op.res[0] = Result{}
		return op.res[:]
	}
	return make([]Result, len(op.slots))
}

// turns runs fn for the operation's slots while it has the turn of each of their
// keys, and reports whether it did: not if the claim is void. Slots whose load has
// been superseded are left out. Keys are taken in one order by everybody, so no two
// writers wait for each other.
func (op *Op[K, V]) turns(cl claim[V], res []Result, fn func(*Op[K, V], []Result)) (bool, error) {
	if op.core.memory {
		return op.alone(cl, res, fn), nil
	}
	if len(op.slots) == 1 {
		return op.turn(cl, res, fn)
	}
	superseded := false
	order := make([]*slot[K, V], len(op.slots))
	for i := range op.slots {
		order[i] = &op.slots[i]
	}
	slices.SortFunc(order, func(a, b *slot[K, V]) int { return bytes.Compare(a.bin, b.bin) })
	for i, s := range order {
		if i > 0 && bytes.Equal(order[i-1].bin, s.bin) {
			continue // keys that differ and mean the same, such as one instant in two zones
		}
		st := op.core.fence.stripe(s.stripe)
		id, cl := s.id(), s.claim(cl)
		ok, err := st.begin(op.ctx, id, cl)
		switch {
		case ok:
			defer st.end(id, cl)
		case err != nil || s.load == nil:
			return false, err
		default:
			s.status = Miss
			superseded = true
		}
	}
	if superseded {
		op.slots = slices.DeleteFunc(op.slots, func(s slot[K, V]) bool { return s.status == Miss })
	}
	if len(op.slots) == 0 {
		return false, nil
	}
	fn(op, res[:len(op.slots)])
	return true, nil
}

// turn is turns for one key.
func (op *Op[K, V]) turn(cl claim[V], res []Result, fn func(*Op[K, V], []Result)) (bool, error) {
	s := &op.slots[0]
	st, id := op.core.fence.stripe(s.stripe), s.id()
	cl = s.claim(cl)
	if ok, err := st.begin(op.ctx, id, cl); !ok {
		if err == nil && s.load != nil { // superseded
			s.status, op.slots = Miss, op.slots[:0]
		}
		return false, err
	}
	defer st.end(id, cl)
	fn(op, res)
	return true, nil
}

// claim adds to a claim that the load of the slot has not been superseded.
func (s *slot[K, V]) claim(cl claim[V]) claim[V] {
	if s.load != nil {
		cl.load = s.load
	}
	return cl
}

// alone is turns for a cache whose tiers are all in memory: no writer waits for
// anything, so each key is written under the lock of its stripe.
func (op *Op[K, V]) alone(cl claim[V], res []Result, fn func(*Op[K, V], []Result)) bool {
	if len(op.slots) == 1 {
		s := &op.slots[0]
		return op.core.fence.stripe(s.stripe).alone(s.id(), s.claim(cl), func() { fn(op, res) })
	}
	one := &Op[K, V]{core: op.core, ctx: op.ctx, now: op.now, mask: op.mask}
	for i := range op.slots {
		s := &op.slots[i]
		one.slots = op.slots[i : i+1]
		op.core.fence.stripe(s.stripe).alone(s.id(), s.claim(cl), func() { fn(one, res[i:i+1]) })
	}
	return true
}

// joined joins the errors of an operation.
func joined(res []Result) error {
	if len(res) == 1 {
		return res[0].Err
	}
	var errs []error
	for i := range res {
		if res[i].Err != nil {
			errs = append(errs, res[i].Err)
		}
	}
	return errors.Join(errs...)
}
