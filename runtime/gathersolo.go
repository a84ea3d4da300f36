package runtime

import (
	"context"
	"sync/atomic"
	"time"
)

// soloist is the caller of a gatherer who is alone, if one is: he makes his call by the
// shortest way, as one of the round trips that there may be. There is nobody to go together
// with, and he could not leave.
type soloist struct {
	there atomic.Int64 // callers
	began atomic.Int64 // tick at which one of them went alone; 0: nobody has
	bound limits       // of him
}

// alone reports whether a caller who comes now is the only one, and counts him if so.
func (a *soloist) alone(now time.Time) bool {
	if !a.there.CompareAndSwap(0, 1) {
		return false
	}
	a.began.Store(tickAt(now))
	return true
}

// over reports whether others have come before the call of the one who was alone ended.
func (a *soloist) over() bool {
	a.began.Store(0)
	return a.there.Add(-1) > 0
}

// trips is how many round trips he makes at a tick, but for one that hangs.
func (a *soloist) trips(now int64, patience time.Duration) int {
	if began := a.began.Load(); began != 0 && now-began <= int64(patience) {
		return 1
	}
	return 0
}

// call makes the call of the one who is alone. It is not done where there is no room for
// one, of which it takes none: it is the only one that does not.
func (a *soloist) call(ctx context.Context, c *caller, now time.Time, fn func(ctx context.Context) error) (done bool, err error) {
	if len(c.running) == cap(c.running) {
		return false, nil
	}
	b := a.bound.begin(ctx, now, c.timeout)
	defer a.bound.end(b)
	err = protect(func() error { return fn(b) })
	return true, c.explain(ctx, tickAt(now), err)
}

// one makes a read, together with those of others if there are any. Now is the instant.
func (g *gatherer) one(ctx context.Context, owner any, read []RemoteRead, now time.Time) error {
	// Some contexts have a deadline and tell nobody when it is over: those get in line.
	_, hurried := ctx.Deadline()
	if owner == nil && g.punctual && ctx.Done() == nil && !hurried && g.alone(now) {
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

// solo makes the read of the one who is alone, and gives the lane to those who have come
// meanwhile.
func (g *gatherer) solo(ctx context.Context, read []RemoteRead, now time.Time) (done bool, err error) {
	defer func() {
		if !g.over() {
			return
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		if l := g.lines[nil]; l != nil && len(l.waiting) > 0 && g.room(l, tick()) > 0 {
			l.open()
		}
	}()
	return g.call(ctx, g.caller, now, func(ctx context.Context) error { return g.engine.ReadEach(ctx, read) })
}

// solo makes the write of a caller who is alone, and has those go on who have come
// meanwhile. It is not done where he is not.
func (g *writeGatherer) solo(ctx context.Context, w *RemoteWrite, now time.Time) (done bool, err error) {
	if !g.punctual || !g.alone(now) {
		return false, nil
	}
	g.sole[0] = *w
	defer func() {
		w.Err, g.sole[0] = g.sole[0].Err, RemoteWrite{}
		if !g.over() {
			return
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		if len(g.waiting) > 0 && g.space(tick()) > 0 {
			g.lanes++
			g.relay()
		}
	}()
	return g.call(ctx, g.caller, now, func(ctx context.Context) error { return g.engine.Write(ctx, g.sole[:]) })
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
