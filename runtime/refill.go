package runtime

import (
	"context"
	"slices"

	"github.com/cachegen/cachegen/internal/remedy"
)

// refillAll writes each answer into the tiers that its source refills: into
// memory at once, into others in the background.
func (op *Op[K, V]) refillAll() {
	for i := range op.slots {
		s := &op.slots[i]
		op.refillSlot(s, op.refill(s))
	}
}

// refillSlot writes the answer of one slot into tiers. What fails has been counted
// and logged where it did: it is no failure of the read.
func (op *Op[K, V]) refillSlot(s *slot[K, V], mask uint64) {
	if !remedy.Instants {
		s.stale, s.expire = op.core.lifetime(op.now)
	}
	if s.more != nil && s.more.below != nil {
		_ = s.more.below(op.ctx, s.value, false)
	}
	if near := mask & op.core.instant; near != 0 {
		_ = op.refillMemory(s, near)
	}
	if far := mask &^ op.core.instant; far != 0 {
		op.refillLater(s, far)
	}
}

// refillMemory writes the answer of a slot into memory tiers, unless something
// newer has been written, or is being written, since the slot was read.
func (op *Op[K, V]) refillMemory(s *slot[K, V], mask uint64) (err error) {
	c := op.core
	for _, l := range c.leaves {
		if l.base().selected(mask) {
			if err := op.prepare(s, &l.base().Leaf); err != nil { // not under the lock
				return err
			}
		}
	}
	c.fence.stripe(s.stripe).quiet(s.bin, s.gen, func() {
		for _, l := range c.leaves {
			if near, ok := l.(memoryLeaf[K, V]); ok && near.base().selected(mask) {
				err = near.write(op, s)
			}
		}
	})
	return err
}

// refillLater writes the answer of a slot into tiers outside the process, under
// the same condition. A key that is being written needs no refill.
func (op *Op[K, V]) refillLater(s *slot[K, V], mask uint64) {
	c := op.core
	later := &Op[K, V]{core: c, now: op.now, mask: mask}
	later.slots = []slot[K, V]{*s}
	mine := &later.slots[0]
	mine.bin = slices.Clone(s.bin)
	mine.enc = slices.Clone(s.enc)
	if err := later.encode(); err != nil {
		return
	}
	var zero V
	mine.value = zero // its encodings are what is written; the caller owns the value
	if !c.tasks.begin() {
		return
	}
	ok := c.offload.submit(c, "refill", mine.id(), func(ctx context.Context) {
		if c.ctx.Err() != nil {
			return
		}
		ctx, cancel := context.WithCancel(ctx) // a shared Offload outlives this cache
		defer cancel()
		defer context.AfterFunc(c.ctx, cancel)()
		later.ctx = ctx
		st := c.fence.stripe(mine.stripe)
		cl := claim[V]{gen: mine.gen, try: true}
		if taken, err := st.begin(ctx, mine.id(), cl); !taken || err != nil {
			return
		}
		defer st.end(mine.id(), cl)
		c.spec.Write(later, make([]Result, 1))
	}, c.tasks.end)
	if !ok {
		c.tasks.end()
	}
}
