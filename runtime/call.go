package runtime

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// maxCalls is how many calls of one tier may be under way, those that nobody
// waits for any more included: what hangs in a client can not become more. Others
// wait until there is room, unless all of them hang.
const maxCalls = 256

// caller runs the calls of one tier in goroutines of their own: whatever the
// client does with contexts, the one who waits can leave when its context ends
// or the timeout of the tier is over.
type caller struct {
	timeout   time.Duration // 0: none
	running   chan struct{} // has a value for each call under way
	abandoned atomic.Int64  // how many of them nobody waits for
	waits     sync.Pool     // of *wait
	cutOffs   sync.Pool     // of *cutOff
}

func newCaller(timeout time.Duration) *caller {
	return &caller{timeout: timeout, running: make(chan struct{}, maxCalls)}
}

// wait is what a caller waits with. It is used again once the call has ended.
type wait struct {
	done  chan struct{} // gets a value when the operation has ended
	stop  chan struct{} // closed when the caller leaves; the wait is not used again then
	timer *time.Timer
	alarm *time.Timer // closes stop, for a caller who does not leave; nil until there is one
	over  atomic.Bool // stop is closed, by the alarm or for a caller whose call is cut
}

// operation is what a call does.
type operation interface {
	do(ctx context.Context) error
	// left is called when the caller leaves before do has ended.
	left()
	// over is called when do has ended without its caller, with its error.
	over(err error)
}

// call is an operation under way. It is also the context that the operation
// gets: the deadline of the tier, the values of the caller's context, and done
// as soon as the caller leaves.
type call struct {
	op       operation
	caller   *caller
	parent   context.Context
	deadline time.Time
	wait     *wait
	most     time.Duration  // how long it may take, if that is less than the timeout; 0: no less
	err      error          // set before done gets its value
	place    *time.Location // of the deadline, if the call can be cut; else nil

	mu    sync.Mutex
	ended bool
	gone  bool // the caller
}

// run does op and waits for it until ctx ends or the timeout is over. It returns
// the operation's error, the context's, ErrTimeout or ErrBusy, and whether it
// has left the operation behind. k is where the call is kept; it is not used
// again.
func (c *caller) run(ctx context.Context, k *call, op operation) (left bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	expired, err := c.begin(ctx, k, op)
	if err != nil {
		return false, err
	}
	w := k.wait
	go k.work()
	select {
	case <-w.done:
		c.put(w)
		return false, k.result()
	case <-ctx.Done():
		err = ctx.Err()
	case <-expired:
		err = ErrTimeout
	}
	if k.leave() {
		return true, err
	}
	<-w.done // it ended just now
	c.put(w)
	return false, k.result()
}

// lead is run in the goroutine of a caller who could not leave anyway, for an
// operation that is over when the deadline of its context is.
func (c *caller) lead(ctx context.Context, k *call, op operation) error {
	if _, err := c.begin(ctx, k, op); err != nil {
		return err
	}
	defer func() { <-c.running }()
	k.wait.arm(c.timeout)
	defer c.disarm(k.wait)
	k.err = protect(func() error { return op.do(k) })
	return k.result()
}

// arm closes stop when a time is over: not every wait of a client ends at the deadline of
// its context, but all end when that is done.
func (w *wait) arm(d time.Duration) {
	switch {
	case d <= 0:
	case w.alarm == nil:
		w.alarm = time.AfterFunc(d, w.end)
	default:
		w.alarm.Reset(d)
	}
}

// end closes stop.
func (w *wait) end() {
	if w.over.CompareAndSwap(false, true) {
		close(w.stop)
	}
}

// disarm gives a wait back, unless its alarm has gone off.
func (c *caller) disarm(w *wait) {
	if w.alarm == nil || w.alarm.Stop() {
		c.put(w)
	}
}

// begin makes a call of an operation and takes room for it.
func (c *caller) begin(ctx context.Context, k *call, op operation) (expired <-chan time.Time, err error) {
	w := c.get()
	k.op, k.caller, k.parent, k.wait = op, c, ctx, w
	if c.timeout > 0 {
		timeout := c.timeout
		if k.most > 0 {
			timeout = k.most
		}
		k.deadline = time.Now().Add(timeout)
		w.timer.Reset(timeout)
		expired = w.timer.C
	}
	if err := c.enter(ctx, expired); err != nil {
		c.put(w)
		return nil, err
	}
	return expired, nil
}

// enter takes room for a call.
func (c *caller) enter(ctx context.Context, expired <-chan time.Time) error {
	select {
	case c.running <- struct{}{}:
		return nil
	default:
	}
	if c.abandoned.Load() >= maxCalls {
		return ErrBusy
	}
	select {
	case c.running <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-expired:
		return ErrTimeout
	}
}

// result is the error of an operation that has ended. A client that was given the
// deadline of the tier and keeps it can be faster than the timer.
func (k *call) result() error {
	if k.err == nil {
		return nil
	}
	now := time.Now()
	if d, ok := k.parent.Deadline(); ok && !now.Before(d) {
		return context.DeadlineExceeded
	}
	if !k.deadline.IsZero() && !now.Before(k.deadline) {
		return fmt.Errorf("%w: %w", ErrTimeout, k.err)
	}
	return k.err
}

// work does the operation and hands its error to whoever waits, or back to it.
func (k *call) work() {
	deepen(-1)
	k.err = errGoexit
	defer func() {
		k.mu.Lock()
		k.ended = true
		gone := k.gone
		k.mu.Unlock()
		if gone {
			k.op.over(k.err)
			k.caller.abandoned.Add(-1)
		}
		<-k.caller.running
		if !gone {
			k.wait.done <- struct{}{}
		}
	}()
	k.err = protect(func() error { return k.op.do(k) })
}

// leave reports whether the caller leaves before the operation has ended.
func (k *call) leave() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ended {
		return false
	}
	k.gone = true
	k.caller.abandoned.Add(1)
	k.op.left()
	close(k.wait.stop)
	return true
}

func (c *caller) get() *wait {
	if w, ok := c.waits.Get().(*wait); ok {
		return w
	}
	w := &wait{done: make(chan struct{}, 1), stop: make(chan struct{})}
	if c.timeout > 0 {
		w.timer = time.NewTimer(c.timeout)
	}
	return w
}

func (c *caller) put(w *wait) {
	if w.timer != nil {
		w.timer.Stop()
	}
	c.waits.Put(w)
}

// Deadline is the tier's, or the caller's if that is earlier.
func (k *call) Deadline() (time.Time, bool) {
	d, ok := k.parent.Deadline()
	if !k.deadline.IsZero() && (!ok || !d.Before(k.deadline)) {
		d, ok = k.deadline, true
	}
	if k.place != nil {
		d = d.In(k.place)
	}
	return d, ok
}

// Done is closed when the caller does not wait any more.
func (k *call) Done() <-chan struct{} { return k.wait.stop }

// Err is context.Canceled once Done is closed. An engine may have kept the context
// of a call that has ended: what is closed then is the channel of a later one, and
// package context panics where Done is closed and Err is nil.
func (k *call) Err() error {
	select {
	case <-k.wait.stop:
		return context.Canceled
	default:
		return nil
	}
}

// Value is the caller's.
func (k *call) Value(key any) any { return k.parent.Value(key) }

// errGoexit is the error of a callback that left its goroutine.
var errGoexit error = &PanicError{}

// protect calls fn and turns a panic in it into an error.
func protect(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{Value: p, Stack: debug.Stack()}
		}
	}()
	return fn()
}
