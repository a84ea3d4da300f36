package runtime

import (
	"context"
	"sync/atomic"
	"time"
)

// one makes a read, together with those of others if there are any. Now is the instant.
func (g *gatherer) one(ctx context.Context, owner any, read []RemoteRead, now time.Time) error {
	// Some contexts have a deadline and tell nobody when it is over: those get in line.
	_, hurried := ctx.Deadline()
	if owner == nil && g.punctual && ctx.Done() == nil && !hurried && g.there.CompareAndSwap(0, 1) {
		if alone, err := g.solo(ctx, read, now); alone {
			return err
		}
	}
	g.there.Add(1)
	defer g.there.Add(-1)
	if owner == nil && ctx.Done() != nil && g.cuts() {
		if own, err := g.own(ctx, read); own {
			return err
		}
	}
	r, err := g.read(ctx, owner, read[0].Key)
	read[0] = r
	return err
}

// solo makes the read of a caller who is alone, by the shortest way: there is nobody to
// read together with, and he could not leave. It takes one of the lanes, without the
// line. It is not done where there is no room for a call, of which it takes none: it is
// the only one that does not.
func (g *gatherer) solo(ctx context.Context, read []RemoteRead, now time.Time) (done bool, err error) {
	g.sole.Store(true)
	defer g.soloed()
	if len(g.caller.running) == cap(g.caller.running) {
		return false, nil
	}
	b := g.bound.begin(ctx, now, g.caller.timeout)
	defer g.bound.end(b)
	err = protect(func() error { return g.engine.ReadEach(b, read) })
	return true, g.caller.explain(ctx, tickAt(now), err)
}

// soloed gives the lane to those who have come meanwhile.
func (g *gatherer) soloed() {
	g.sole.Store(false)
	if g.there.Add(-1) == 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if l := g.lines[nil]; l != nil && len(l.waiting) > 0 && g.room(l, tick()) > 0 {
		l.open()
	}
}

// limits hands out contexts that are done when their time is over, one at a time and
// all for the same time. So one timer will do for all, and most do not touch it.
type limits struct {
	now   atomic.Pointer[bound] // nil: none
	armed atomic.Bool           // an alarm is going to look at now
	stop  chan struct{}         // for the next one; nil: there is none
}

// bound is such a context.
type bound struct {
	context.Context
	deadline time.Time
	stop     chan struct{}
	over     atomic.Bool // the alarm has closed stop, or nobody will
}

func (bs *limits) begin(ctx context.Context, now time.Time, timeout time.Duration) *bound {
	b := &bound{Context: ctx, deadline: now.Add(timeout), stop: bs.stop}
	if bs.stop = nil; b.stop == nil {
		b.stop = make(chan struct{})
	}
	bs.now.Store(b)
	bs.arm(timeout)
	return b
}

func (bs *limits) end(b *bound) {
	bs.now.Store(nil)
	if b.over.CompareAndSwap(false, true) {
		bs.stop = b.stop
	}
}

// arm sees to it that there is an alarm.
func (bs *limits) arm(after time.Duration) {
	if !bs.armed.Load() && bs.armed.CompareAndSwap(false, true) {
		time.AfterFunc(after, bs.alarm)
	}
}

func (bs *limits) alarm() {
	bs.armed.Store(false)
	b := bs.now.Load() // who comes later sees that there is no alarm
	if b == nil {
		return
	}
	if left := time.Until(b.deadline); left > 0 {
		bs.arm(left)
	} else if b.over.CompareAndSwap(false, true) {
		close(b.stop)
	}
}

// Deadline is that of the tier.
func (b *bound) Deadline() (time.Time, bool) { return b.deadline, true }

// Done is closed at the deadline: what waits for a connection looks at nothing else.
func (b *bound) Done() <-chan struct{} { return b.stop }

// Err is context.DeadlineExceeded once Done is closed, also for whoever has kept a bound
// that has ended: what is closed then is the channel of a later one.
func (b *bound) Err() error {
	select {
	case <-b.stop:
		return context.DeadlineExceeded
	default:
		return nil
	}
}
