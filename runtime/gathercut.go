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
	// Hold returns what a call is cut by.
	Hold() Hold
}

// Hold is what a call is cut by.
type Hold interface {
	// Place is where the deadline of the call's context has to be, so that the engine
	// knows it again.
	Place() *time.Location
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
	w := &ownRead{engine: g.engine, read: read}
	return true, g.caller.held(ctx, &w.call, w, g.cutter)
}

// ownRead is a read by somebody who can leave.
type ownRead struct {
	call
	engine Gatherer
	read   []RemoteRead
}

func (w *ownRead) do(ctx context.Context) error { return w.engine.ReadEach(ctx, w.read) }
func (w *ownRead) left()                        {}
func (w *ownRead) over(error)                   {}

// held is lead for a caller who can leave: then the engine cuts the call.
func (c *caller) held(ctx context.Context, k *call, op operation, engine Cutter) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := c.begin(ctx, k, op); err != nil {
		return err
	}
	defer func() { <-c.running }()
	k.wait.arm(c.timeout)
	x := c.cutOff(k.wait, engine.Hold())
	k.place = x.hold.Place()
	stop := context.AfterFunc(ctx, x.cut)
	k.err = errGoexit
	defer func() {
		cut := !stop()
		x.hold.Release(k.err == nil, cut)
		if cut {
			k.wait.alarm.Stop() // what closes stop may be at it yet: nothing is used again
			return
		}
		c.disarm(k.wait)
		x.wait, x.hold = nil, nil
		c.cutOffs.Put(x)
	}()
	k.err = protect(func() error { return op.do(k) })
	if k.err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return k.result()
}

// cutOff ends a call whose caller leaves.
type cutOff struct {
	wait *wait
	hold Hold
	cut  func()
}

func (c *caller) cutOff(w *wait, h Hold) *cutOff {
	x, ok := c.cutOffs.Get().(*cutOff)
	if !ok {
		x = &cutOff{}
		x.cut = func() { // once, for all calls that it is used for
			x.wait.end()
			x.hold.Cut()
		}
	}
	x.wait, x.hold = w, h
	return x
}
