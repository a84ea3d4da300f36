package runtime

import (
	"context"
	"strings"
)

// Composed is a whole cache as a tier of another that holds the same type. The
// constructor of the outer cache recognises it: values pass from one to the other
// as they are, and every policy, refill and source path is as if the inner
// composition were written into the outer one.
type Composed[V any] interface {
	Backend
	// LookupRaw is Lookup under a key that is used as it is.
	LookupRaw(ctx context.Context, key []byte) (Entry[V], error)
	// StoreRaw is Store under a key that is used as it is.
	StoreRaw(ctx context.Context, key []byte, e Entry[V]) error
}

// composed is a core as a tier of another.
type composed[K comparable, V any] struct{ core *Core[K, V] }

// Backend returns the whole composition as one raw tier.
func (c *Core[K, V]) Backend() Backend { return composed[K, V]{c} }

// Label is the label of the composition.
func (b composed[K, V]) Label() string {
	label, _, _ := strings.Cut(b.core.leaves[0].base().Path, ".")
	return label
}

// rawKey is set in the first byte of keys in memory that are used as they are, so
// that none is the key of a typed call.
const rawKey = 4

// RawKey reports whether a key in memory is one that is used as it is: there is no
// typed key beside it.
func RawKey(bin []byte) bool { return bin[0]&rawKey != 0 }

// raw returns an operation on a key that is used as it is.
func (b composed[K, V]) raw(ctx context.Context, key []byte) (*Op[K, V], error) {
	if err := b.core.usable(ctx); err != nil {
		return nil, err
	}
	op := b.core.blank(ctx)
	s := op.only()
	s.bin = append(append(op.keys[:0], b.core.spec.MemoryPrefix...), key...)
	s.bin[0] = rawKey
	s.bin = FinishKey(s.bin)
	s.stripe = b.core.fence.index(s.bin)
	s.text = string(key)
	return op, nil
}

func (b composed[K, V]) LookupRaw(ctx context.Context, key []byte) (Entry[V], error) {
	return b.lookupRaw(ctx, key, demand{})
}

// lookupRaw is LookupRaw for a cache that wants more of an answer than to be alive.
// What it would set aside is returned if there is nothing else.
func (b composed[K, V]) lookupRaw(ctx context.Context, key []byte, want demand) (Entry[V], error) {
	op, err := b.raw(ctx, key)
	if err != nil {
		return Entry[V]{}, err
	}
	defer op.end()
	op.demand = want
	op.ask()
	s := &op.slots[0]
	b.core.counters.count(s.status)
	if s.status == Miss && s.spare != nil {
		return op.entry(s.spare), nil
	}
	if s.status == Miss {
		return Entry[V]{}, s.err
	}
	return op.entry(s), nil
}

func (b composed[K, V]) StoreRaw(ctx context.Context, key []byte, e Entry[V]) error {
	op, err := b.raw(ctx, key)
	if err != nil {
		return err
	}
	defer op.end()
	return op.storeEntry(e)
}

// refillRaw does with an entry that LookupRaw has returned what Get does: memory
// is refilled at once, and other tiers in the background.
func (b composed[K, V]) refillRaw(ctx context.Context, key []byte, e Entry[V]) error {
	op, err := b.raw(ctx, key)
	if err != nil {
		return err
	}
	defer op.end()
	s := &op.slots[0]
	s.value, s.status, s.gen = e.Value, e.Status, e.gen
	if e.below != nil {
		s.more = &more[V]{below: e.below}
	}
	s.stale, s.expire = b.core.Time.tick(e.StaleAt), b.core.Time.tick(e.ExpireAt)
	op.refillSlot(s, e.refill)
	return nil
}

func (b composed[K, V]) Remove(ctx context.Context, key []byte) (removed int, err error) {
	op, err := b.raw(ctx, key)
	if err != nil {
		return 0, err
	}
	return op.remove()
}

// Read returns the composition envelope of what Lookup finds. It writes nothing.
func (b composed[K, V]) Read(ctx context.Context, key []byte) (raw Raw, ok bool, err error) {
	op, err := b.raw(ctx, key)
	if err != nil {
		return raw, false, err
	}
	defer op.end()
	op.ask()
	s := &op.slots[0]
	b.core.counters.count(s.status)
	if s.status == Miss {
		return raw, false, s.err
	}
	e := layers{absent: s.status == Absent}
	base := b.core.leaves[s.leaf].base()
	_, e.source, _ = strings.Cut(base.Path, ".")
	part := &e.l1
	if b.core.spec.Far>>s.leaf&1 == 1 {
		part = &e.l2
	}
	if *part, err = op.layer(s, base.outside()); err != nil {
		return raw, false, err
	}
	t := b.core.Time
	return Raw{Data: e.seal(), StaleAt: t.time(s.stale), ExpireAt: t.time(s.expire)}, true, nil
}

// Write stores a composition envelope: of both layers everywhere, under the write
// policies, of one in its layer. An envelope of L1 alone is a refill.
func (b composed[K, V]) Write(ctx context.Context, key []byte, raw Raw) error {
	var e layers
	if err := e.open(raw.Data); err != nil {
		return err
	}
	op, err := b.raw(ctx, key)
	if err != nil {
		return err
	}
	defer op.end()
	s := &op.slots[0]
	s.stale, s.expire = b.core.Time.tick(raw.StaleAt), b.core.Time.tick(raw.ExpireAt)
	if s.status = Hit; e.absent {
		s.status = Absent
	}
	far := b.core.spec.Far
	for _, part := range []struct {
		layer *layer
		tiers uint64
	}{{e.l1, everywhere &^ far}, {e.l2, far}} {
		if part.layer == nil {
			op.mask &^= part.tiers
		} else if err := op.unlayer(s, part.layer, part.tiers, e.source); err != nil {
			return err
		}
	}
	return op.store(claim[V]{})
}
