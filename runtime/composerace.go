package runtime

import (
	"maps"
	"sync"
)

// WriteRace writes both parts at once: a key is written at the first success. The
// other part goes on in the background, and counts as a miss until it has ended.
func WriteRace[K comparable, V any](op *Op[K, V], res []Result, l1, l2 Part[K, V], r Race) {
	a, b := op.writer(r.Near), op.writer(r.Far)
	first, second := a, b
	switch { // a part in memory has ended before the other begins
	case l1.instant():
		a.start(op, l1)
		b.start(op, l2)
	case l2.instant():
		first, second = b, a
		b.start(op, l2)
		a.start(op, l1)
	default:
		a.start(op, l1)
		b.start(op, l2)
		select {
		case <-a.done:
		case <-b.done:
			first, second = b, a
		case <-op.ctx.Done():
		}
	}
	if first.over() && first.ok() {
		if !second.over() {
			second.leave(op, r.Drop)
		}
	} else {
		first.wait(op, r.Drop)
		second.wait(op, r.Drop)
	}
	for i := range res {
		res[i] = either(a.result(i), b.result(i))
	}
}

// writer is the side of a race that writes one part.
type writer[K comparable, V any] struct {
	*side[K, V]
	res    []Result
	tiers  uint64 // that it writes, by index
	behind behind
	alone  bool  // nobody waits for it
	err    error // why, if it has not lost
}

// behind is what an operation knows of being left alone. A race inside of a race
// can be left by either.
type behind struct {
	outer *behind

	mu      sync.Mutex
	left    bool
	arrived bool
	marked  []marking // to be taken back when it ends
	written map[place]bool
}

// place is a key of the operation in a tier.
type place struct {
	tier int
	id   string
}

// marking is a mark of a key that is being written without a waiter.
type marking struct {
	place
	ended func(ok bool)
}

// admit asks the marks of a tier whether a key may be written, besides own marks that the
// operation has set itself. Nobody can leave it between the count and the answer: the
// mark of who leaves would be taken for that of an earlier write.
func (b *behind) admit(m *marks, tier int, key []byte, own int) bool {
	if b == nil {
		return m.admit(key, own)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, k := range b.marked {
		if k.tier == tier && k.id == string(key) {
			own++
		}
	}
	return b.outer.admit(m, tier, key, own)
}

// wrote notes that a key has been written to a tier.
func (b *behind) wrote(p place) {
	if b == nil {
		return
	}
	b.outer.wrote(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.written == nil {
		b.written = map[place]bool{}
	}
	b.written[p] = true
}

// arrive is called when the operation has ended: it takes the marks back.
func (b *behind) arrive() {
	b.mu.Lock()
	b.arrived = true
	marked, written := b.marked, maps.Clone(b.written) // a loser inside of it can still write
	b.mu.Unlock()
	for _, m := range marked {
		m.ended(written[m.place])
	}
}

// unless runs fn, which writes memory, unless the operation has been left alone.
func (b *behind) unless(fn func()) {
	if b == nil {
		fn()
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.left {
		b.outer.unless(fn)
	}
}

func (op *Op[K, V]) writer(tiers uint64) *writer[K, V] {
	return &writer[K, V]{res: make([]Result, len(op.slots)), tiers: tiers & op.mask}
}

// start has the part written: at once, if it is in memory.
func (w *writer[K, V]) start(op *Op[K, V], part Part[K, V]) {
	if part.instant() {
		part.Write(op, w.res)
		w.side = &side[K, V]{done: make(chan struct{})}
		close(w.done)
		return
	}
	all := make([]int, len(op.slots))
	for i := range all {
		all[i] = i
	}
	outer := op.behind // op can be over before its loser is
	w.side = op.start(all, func(s *side[K, V]) {
		var zero V
		for i := range s.op.slots {
			s.op.slots[i].value = zero // the caller's; its encodings are written
		}
		w.behind.outer, s.op.behind = outer, &w.behind
		part.Write(s.op, w.res)
		w.behind.arrive()
	})
}

// ok reports whether every key has been written.
func (w *writer[K, V]) ok() bool {
	for i := range w.res {
		if w.res[i].Err != nil || w.res[i].Skipped {
			return false
		}
	}
	return true
}

// wait waits for the writer until the caller's context ends.
func (w *writer[K, V]) wait(op *Op[K, V], drop bool) {
	select {
	case <-w.done:
	case <-op.ctx.Done():
		if !w.over() {
			w.err = op.ctx.Err()
			w.leave(op, drop)
		}
	}
}

// result is what has become of a key, as far as anybody waits for it.
func (w *writer[K, V]) result(i int) Result {
	switch {
	case !w.alone:
		return w.res[i]
	case w.err != nil:
		return Result{Err: w.err}
	}
	return Result{Skipped: true}
}

// leave lets the writer go on without a waiter. Until it has ended, its tiers
// count as misses for the keys; those in memory lose what they have, and are not
// written any more, since the caller's turn is over soon.
func (w *writer[K, V]) leave(op *Op[K, V], drop bool) {
	b := &w.behind
	b.mu.Lock()
	if b.arrived {
		b.mu.Unlock()
		<-w.done
		return
	}
	w.alone, b.left = true, true
	for _, l := range op.core.leaves {
		if !l.base().selected(w.tiers) {
			continue
		}
		for i := range op.slots {
			switch l := l.(type) {
			case memoryLeaf[K, V]:
				l.drop(&op.slots[i], op.now)
			case *RemoteLeaf[K, V]:
				if k := l.mark(op, &op.slots[i]); l.marks.left(k) {
					b.marked = append(b.marked, marking{place{l.Index, k.id}, func(ok bool) {
						l.marks.ended(k.id, ok)
						l.repair()
					}})
				}
			}
		}
	}
	b.mu.Unlock()
	w.lose(drop)
}
