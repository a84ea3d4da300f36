package runtime

import (
	"context"
	"slices"
	"sync"
)

// ReadSequential asks L1, and L2 for the keys that L1 has no answer to.
func ReadSequential[K comparable, V any](op *Op[K, V], l1, l2 Part[K, V]) {
	l1.Read(op)
	l2.Read(op)
}

// Race is how a composition with read=race or write=race is built.
type Race struct {
	Near uint64 // tiers of L1, by index
	Far  uint64 // tiers of L2
	Drop bool   // the loser is cancelled; otherwise it goes on in the offload
}

// ReadRace asks both parts at once. The first hit wins; without one it is a miss,
// unless both parts fail: then it is the error of L2.
func ReadRace[K comparable, V any](op *Op[K, V], l1, l2 Part[K, V], r Race) {
	open := op.open()
	switch {
	case len(open) == 0:
	case l1.instant() || l2.instant():
		op.raceMemory(open, l1, l2, r)
	default:
		op.race(open, l1, l2, r)
	}
}

// race waits for the first part that answers all keys, or for both.
func (op *Op[K, V]) race(open []int, l1, l2 Part[K, V], r Race) {
	a := op.start(open, func(s *side[K, V]) { l1.Read(s.op) })
	b := op.start(open, func(s *side[K, V]) { l2.Read(s.op) })
	first, second := a, b
	select {
	case <-a.done:
	case <-b.done:
		first, second = b, a
	case <-op.ctx.Done():
		a.lose(r.Drop)
		b.lose(r.Drop)
		return
	}
	for j, i := range open {
		op.slots[i] = first.op.slots[j]
	}
	if len(op.open()) == 0 && !second.over() {
		second.lose(r.Drop)
		return
	}
	select {
	case <-second.done:
	case <-op.ctx.Done():
		second.lose(r.Drop)
		return
	}
	for j, i := range open {
		l1, l2 := &a.op.slots[j], &b.op.slots[j]
		op.slots[i] = op.winner(l1, l2, first == a, r.Near)
		op.slots[i].alike(l1, l2)
	}
}

// winner decides between two answers that are both there.
func (op *Op[K, V]) winner(l1, l2 *slot[K, V], l1first bool, near uint64) slot[K, V] {
	switch {
	case l1.status == Miss && l2.status == Miss:
		s := *l1
		if l1.err != nil { // a part that could answer says that there is nothing
			s.err = l2.err
		}
		return s
	case l2.status == Miss:
		return *l1
	case l1.status == Miss:
		return *l2
	case l1.status == Stale && l2.status != Stale:
		return op.beyond(l1, l2, near)
	case l2.status == Stale && l1.status != Stale || l1first:
		return *l1
	}
	return op.beyond(l1, l2, near)
}

// beyond is the answer of L2 where L1 has one too: L1 is not refilled, unless its
// copy would gain life.
func (op *Op[K, V]) beyond(l1, l2 *slot[K, V], near uint64) slot[K, V] {
	s := *l2
	if _, expire := op.core.leaves[l1.leaf].base().cap(op.now, l2.stale, l2.expire); expire <= l1.expire {
		s.keep |= near
	}
	return s
}

// raceMemory is a race with a part in memory, which has answered before the other
// is asked. That one is asked all the same: for the keys that have their answer,
// in the background.
func (op *Op[K, V]) raceMemory(open []int, l1, l2 Part[K, V], r Race) {
	memory, other := l1, l2
	if !l1.instant() {
		memory, other = l2, l1
	}
	memory.Read(op)
	won := slices.DeleteFunc(slices.Clone(open), func(i int) bool { return op.slots[i].status == Miss })
	if len(won) > 0 && !r.Drop {
		op.askLater(won, other)
	}
	if len(won) == len(open) {
		return
	}
	other.Read(op)
	for _, i := range op.open() { // memory does not fail: what it says is a miss
		op.slots[i].err = nil
	}
}

// askLater asks a part for keys that have their answer already.
func (op *Op[K, V]) askLater(slots []int, part Part[K, V]) {
	for _, i := range slots {
		i := []int{i}
		c := op.core
		if !c.tasks.begin() {
			return
		}
		later := op.fork(op.ctx, i)
		later.slots[0] = later.slots[0].unanswered()
		if !c.offload.submit(c, "race read", later.slots[0].id(), func(ctx context.Context) {
			later.ctx = ctx
			part.Read(later)
		}, c.tasks.end) {
			c.tasks.end()
		}
	}
}

// unanswered is the slot before anybody was asked.
func (s *slot[K, V]) unanswered() slot[K, V] {
	u := slot[K, V]{key: s.key, bin: s.bin, text: s.text, stripe: s.stripe, gen: s.gen, writ: s.writ}
	if m := s.rest(); m.seen.known {
		u.more = &more[V]{seen: m.seen}
	}
	return u
}

// ReadParallel asks both parts at once and waits for both. Of two hits the one
// that lives longer wins, L1's if they live equally long. Without a hit it is a
// miss, unless both parts fail.
func ReadParallel[K comparable, V any](op *Op[K, V], l1, l2 Part[K, V], near uint64) {
	open := op.open()
	if len(open) == 0 {
		return
	}
	far := op.fork(op.ctx, open)
	if l1.instant() || l2.instant() {
		l1.Read(op)
		l2.Read(far)
	} else {
		var wg sync.WaitGroup
		wg.Go(func() { l2.Read(far) })
		l1.Read(op)
		wg.Wait()
	}
	for j, i := range open {
		l1 := op.slots[i]
		op.slots[i] = op.longer(&l1, &far.slots[j], near)
		op.slots[i].alike(&l1, &far.slots[j])
	}
}

// longer decides between two answers.
func (op *Op[K, V]) longer(l1, l2 *slot[K, V], near uint64) slot[K, V] {
	switch {
	case l1.status == Miss && l2.status == Miss:
		s := *l1
		if l1.err != nil && l2.err != nil {
			s.err = &BothFailedError{L1: l1.err, L2: l2.err}
		} else {
			s.err = nil
		}
		return s
	case l2.status == Miss || l1.status != Miss && l1.expire >= l2.expire:
		return *l1
	case l1.status == Miss:
		return *l2
	}
	return op.beyond(l1, l2, near)
}
