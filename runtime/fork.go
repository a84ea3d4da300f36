package runtime

import (
	"context"
	"slices"
	"sync"
)

// open returns the slots of the operation that have no answer yet.
func (op *Op[K, V]) open() []int {
	var open []int
	for i := range op.slots {
		if op.slots[i].status == Miss {
			open = append(open, i)
		}
	}
	return open
}

// fork returns an operation on some slots of op, for another goroutine: nothing of
// it is op's own.
func (op *Op[K, V]) fork(ctx context.Context, slots []int) *Op[K, V] {
	f := &Op[K, V]{core: op.core, ctx: ctx, now: op.now, mask: op.mask, demand: op.demand, behind: op.behind, slots: make([]slot[K, V], len(slots))}
	for j, i := range slots {
		f.slots[j] = op.slots[i]
		f.slots[j].bin = slices.Clone(op.slots[i].bin)
		f.slots[j].enc = slices.Clone(op.slots[i].enc)
	}
	return f
}

// side is a part of a composition that works in a goroutine of its own, while
// whoever began it waits, or does not wait any more.
type side[K comparable, V any] struct {
	op    *Op[K, V]
	index []int // of its slots in the operation it was forked from
	done  chan struct{}

	cancel context.CancelFunc

	mu      sync.Mutex
	ended   bool
	release func() // of the room that it takes in the offload
}

// start has a part do something with some slots of op. Its context has the values
// of the caller's and not its end: a loser may outlive the caller.
func (op *Op[K, V]) start(slots []int, do func(*side[K, V])) *side[K, V] {
	c := op.core
	ctx, cancel := context.WithCancel(context.WithoutCancel(op.ctx))
	s := &side[K, V]{op: op.fork(ctx, slots), index: slots, done: make(chan struct{}), cancel: cancel}
	if !c.tasks.begin() {
		cancel() // the cache is being closed: the tiers say that the context has ended
		do(s)
		s.end()
		return s
	}
	closing := context.AfterFunc(c.ctx, cancel)
	go func() {
		defer c.tasks.end()
		defer cancel()
		defer closing()
		defer s.end()
		do(s)
	}()
	return s
}

// end is called when the part has done what it was to do.
func (s *side[K, V]) end() {
	s.mu.Lock()
	s.ended = true
	release := s.release
	s.mu.Unlock()
	close(s.done)
	if release != nil {
		release()
	}
}

// over reports whether the part has ended.
func (s *side[K, V]) over() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// lose is called when nobody waits for the part any more. It goes on in the
// offload, or is cancelled: if it is to be dropped, and if there is no room.
func (s *side[K, V]) lose(drop bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	if !drop {
		if release, ok := s.op.core.offload.adopt(); ok {
			s.release = release
			return
		}
	}
	s.cancel()
}
