package runtime

import (
	"context"
	"time"
)

// Cutter is a Gatherer whose calls can be cut: they return soon, whatever hangs, so that
// whoever makes one himself can leave all the same.
type Cutter interface {
	Gatherer
	// Cuts reports whether calls can be cut whose deadline is no further away than that.
	Cuts(timeout time.Duration) bool
	// Hold returns the context of a call: ctx, which has a deadline, but for Cut.
	Hold(ctx context.Context) Hold
}

// Hold is the context of a call that can be cut.
type Hold interface {
	context.Context
	// Cut has the call return.
	Cut()
	// Release is called when the call has returned. Answered says that it did so without
	// an error, and cut that Cut has been called, or will be.
	Release(answered, cut bool)
}

// cuts reports whether a call can be made by somebody who may leave it.
func (g *gatherer) cuts() bool {
	return g.cutter != nil && g.punctual && g.cutter.Cuts(g.caller.timeout)
}

// own makes the read of a caller who can leave, in his goroutine, if there is a lane for
// him. He has nobody with him: it is cut when he leaves. It is for processors that have
// nothing else to do: waking one up for another goroutine costs as much as the read.
// Where there are more callers than processors, a goroutine comes to it when others have
// joined.
func (g *gatherer) own(ctx context.Context, read []RemoteRead) (done bool, err error) {
	began := tick()
	g.mu.Lock()
	l := g.line(nil)
	l.come()
	if l.most > g.procs || g.room(l, began) <= 0 {
		l.callers--
		g.mu.Unlock()
		return false, nil
	}
	l.lanes++
	l.depart(began)
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		l.callers--
		l.arrive(began)
		g.vacate(l)
	}()
	w, ok := g.owns.Get().(*ownRead)
	if !ok {
		w = &ownRead{engine: g.engine}
	}
	w.read = read
	cut, err := g.caller.held(ctx, &w.call, w, g.cutter)
	if !cut {
		w.read, w.call = nil, call{cut: w.call.cut}
		g.owns.Put(w)
	}
	return true, err
}

// ownRead is a read by somebody who can leave. It is used again unless he does.
type ownRead struct {
	call
	engine Gatherer
	read   []RemoteRead
}

func (w *ownRead) do(ctx context.Context) error { return w.engine.ReadEach(ctx, w.read) }
func (w *ownRead) left()                        {}
func (w *ownRead) over(error)                   {}

// held is lead for a caller who can leave: then the engine cuts the call. It reports
// whether that has begun, and may be under way yet.
func (c *caller) held(ctx context.Context, k *call, op operation, engine Cutter) (cut bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if _, err := c.begin(ctx, k, op); err != nil {
		return false, err
	}
	defer func() { <-c.running }()
	k.wait.arm(c.timeout)
	k.hold = engine.Hold(k)
	if k.cut == nil {
		k.cut = k.end // once, for all times that k is used
	}
	stop := context.AfterFunc(ctx, k.cut)
	k.err = errGoexit
	defer func() {
		cut = !stop()
		k.hold.Release(k.err == nil, cut)
		if cut {
			k.wait.alarm.Stop() // what closes stop may be at it yet: the wait is not used again
		} else {
			c.disarm(k.wait)
		}
	}()
	k.err = protect(func() error { return op.do(k.hold) })
	if k.err != nil && ctx.Err() != nil {
		return false, ctx.Err()
	}
	return false, k.result()
}

// end cuts a call that is held.
func (k *call) end() {
	k.wait.end()
	k.hold.Cut()
}
