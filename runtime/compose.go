package runtime

import (
	"sync"

	"github.com/cachegen/cachegen/internal/remedy"
)

// WriteOptimistic writes both parts at once and waits for both: a key is written
// if one of them has it.
func WriteOptimistic[K comparable, V any](op *Op[K, V], res []Result, l1, l2 Part[K, V]) {
	other := make([]Result, len(res))
	if l1.instant() || l2.instant() {
		l1.Write(op, res)
		l2.Write(op, other)
	} else {
		var wg sync.WaitGroup
		wg.Go(func() { l2.Write(op, other) })
		l1.Write(op, res)
		wg.Wait()
	}
	for i := range res {
		res[i] = either(res[i], other[i])
	}
}

// WriteSequential writes L1, then L2 the keys that L1 has taken.
func WriteSequential[K comparable, V any](op *Op[K, V], res []Result, l1, l2 Part[K, V]) {
	l1.Write(op, res)
	rest := op.without(res)
	if rest == nil {
		return
	}
	other := make([]Result, len(rest.slots))
	l2.Write(rest, other)
	next := 0
	for i := range res {
		if res[i].Err != nil {
			continue
		}
		if !other[next].Skipped {
			res[i] = other[next]
		}
		next++
	}
}

// RemoveBoth removes the keys from L2, then from L1, so that no reader refills
// L1 from what L2 is about to lose. The copies removed are added up; it is an
// error only if both parts fail.
func RemoveBoth[K comparable, V any](op *Op[K, V], res []Result, l1, l2 Part[K, V]) {
	other := make([]Result, len(res))
	if remedy.FarFirst {
		l2.Remove(op, other)
		l1.Remove(op, res)
	} else {
		l1.Remove(op, res)
		l2.Remove(op, other)
	}
	for i := range res {
		res[i] = either(res[i], other[i])
	}
}

// either joins what became of a key in two parts, of which one must succeed.
func either(l1, l2 Result) Result {
	switch {
	case l1.Skipped:
		return l2
	case l2.Skipped:
		return l1
	case l1.Err != nil && l2.Err != nil:
		return Result{Err: &BothFailedError{L1: l1.Err, L2: l2.Err}}
	}
	return Result{Removed: l1.Removed + l2.Removed}
}

// without returns the operation without the keys that have failed: itself if
// none has, nil if all have.
func (op *Op[K, V]) without(res []Result) *Op[K, V] {
	failed := 0
	for i := range res {
		if res[i].Err != nil {
			failed++
		}
	}
	switch failed {
	case 0:
		return op
	case len(res):
		return nil
	}
	rest := &Op[K, V]{core: op.core, ctx: op.ctx, now: op.now, mask: op.mask, behind: op.behind}
	for i := range res {
		if res[i].Err == nil {
			rest.slots = append(rest.slots, op.slots[i])
		}
	}
	return rest
}

// Parts is a composition as a part of another.
type Parts[K comparable, V any] struct {
	ReadAll   func(op *Op[K, V])
	WriteAll  func(op *Op[K, V], res []Result)
	RemoveAll func(op *Op[K, V], res []Result)
}

// Read asks the parts under their policy.
func (p Parts[K, V]) Read(op *Op[K, V]) { p.ReadAll(op) }

// Write writes the parts under their policy.
func (p Parts[K, V]) Write(op *Op[K, V], res []Result) { p.WriteAll(op, res) }

// Remove removes from the parts.
func (p Parts[K, V]) Remove(op *Op[K, V], res []Result) { p.RemoveAll(op, res) }

func (p Parts[K, V]) instant() bool { return false }
