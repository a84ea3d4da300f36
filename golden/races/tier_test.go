package races

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/runtime"
)

// moment is the longest that a tier or a loader takes before, and then again
// after, what it does.
const moment = 100 * time.Millisecond

var errDown = errors.New("the tier is down")

// tier is a backend that takes its time, as the schedule says. What it was asked
// for it does, even if its caller has left meanwhile: bytes that were sent arrive.
type tier struct {
	*fakebackend.Backend
	number int
	now    atomic.Pointer[schedule]
}

func newTier(number int) *tier {
	return &tier{Backend: fakebackend.New("tier"), number: number}
}

func (t *tier) Read(ctx context.Context, key []byte) (raw runtime.Raw, ok bool, err error) {
	err = t.call(ctx, func() error {
		raw, ok, err = t.Backend.Read(context.Background(), key)
		return err
	})
	return raw, ok, err
}

func (t *tier) Write(ctx context.Context, key []byte, raw runtime.Raw) error {
	return t.call(ctx, func() error {
		t.now.Load().touched(ctx)
		return t.Backend.Write(context.Background(), key, raw)
	})
}

func (t *tier) Remove(ctx context.Context, key []byte) (removed int, err error) {
	err = t.call(ctx, func() error {
		removed, err = t.Backend.Remove(context.Background(), key)
		return err
	})
	return removed, err
}

// call does something in the tier after a moment, and takes another to say so,
// whether its caller still waits or not.
func (t *tier) call(ctx context.Context, do func() error) error {
	s := t.now.Load()
	a := s.actorOf(ctx)
	if a.hasty || s.calm.Load() {
		return do()
	}
	before, after := a.moment(t.number), a.moment(t.number)
	time.Sleep(before)
	if failing := s.failing.Load(); failing != nil && (*failing)(t.number, before) {
		time.Sleep(after)
		return errDown
	}
	err := do()
	time.Sleep(after)
	return err
}

// actor is somebody in a schedule who draws his times from a sequence of his
// own, so that they depend on the seed and on him alone.
type actor struct {
	seed  uint64
	id    int
	hasty bool // who prepares a schedule, or looks at what it has left
	busy  atomic.Bool
	drawn [4]atomic.Uint64 // by tier, since a composition may call two at once
}

type actorKey struct{}

// draw returns the next number of one of the actor's sequences.
func (a *actor) draw(sequence int) uint64 {
	n := a.drawn[sequence].Add(1)
	return mix(mix(mix(a.seed)+uint64(a.id)<<8+uint64(sequence)) + n)
}

// moment draws a duration. Ties, which the scheduler would decide, are one in a
// hundred million.
func (a *actor) moment(sequence int) time.Duration {
	return time.Duration(a.draw(sequence)%uint64(moment)) + 1
}

// own is the sequence that the actor itself draws from; the others are tiers'.
const own = 0

// rest sleeps for up to n moments.
func (a *actor) rest(n int) {
	time.Sleep(time.Duration(a.draw(own)%uint64(n*int(moment))) + 1)
}

// coin is true one time out of n.
func (a *actor) coin(n int) bool { return a.draw(own)>>17%uint64(n) == 0 }

// mix is the finalizer of SplitMix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
