package runtime

import (
	"context"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// maxAbandoned is how many calls of one tier may hang in its client without
// anybody waiting for them. Beyond it the tier is not asked.
const maxAbandoned = 256

// caller runs the calls of one tier in goroutines of their own: whatever the
// client does with contexts, the one who waits can leave when its context ends
// or the timeout of the tier is over.
type caller struct {
	timeout   time.Duration // 0: none
	abandoned atomic.Int64
	timers    sync.Pool
}

// call is one operation under way. It is also the context that the operation
// gets: the deadline of the tier, the values of the caller's context, and done
// as soon as the caller leaves.
type call struct {
	parent   context.Context
	deadline time.Time
	stop     chan struct{} // closed when the caller leaves
	done     chan struct{} // closed when the operation has ended
	err      error
	ending   ending

	mu   sync.Mutex
	left bool
	over bool
}

// ending says what to do about a call that is left alone.
type ending struct {
	left func()      // the caller leaves; done before then can be called
	then func(error) // the operation has ended, with its error
}

// run calls fn and waits for it until ctx ends or the timeout is over, and
// returns its error, the context's, ErrTimeout or ErrBusy. When it returns
// before fn has ended, fn goes on alone and left is true.
func (c *caller) run(ctx context.Context, fn func(context.Context) error, e ending) (left bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if c.abandoned.Load() >= maxAbandoned {
		return false, ErrBusy
	}
	k := &call{parent: ctx, ending: e, stop: make(chan struct{}), done: make(chan struct{})}
	var expired <-chan time.Time
	if c.timeout > 0 {
		k.deadline = time.Now().Add(c.timeout)
		t := c.timer()
		defer c.release(t)
		expired = t.C
	}
	go c.work(k, fn)
	select {
	case <-k.done:
		return false, k.err
	case <-ctx.Done():
		err = ctx.Err()
	case <-expired:
		err = ErrTimeout
	}
	if c.leave(k) {
		return true, err
	}
	return false, k.err // it ended just now
}

// work runs fn and hands its error to whoever waits, or to the ending.
func (c *caller) work(k *call, fn func(context.Context) error) {
	k.err = errGoexit
	defer func() {
		k.mu.Lock()
		k.over = true
		left := k.left
		k.mu.Unlock()
		close(k.done)
		if left {
			if k.ending.then != nil {
				k.ending.then(k.err)
			}
			c.abandoned.Add(-1)
		}
	}()
	k.err = protect(func() error { return fn(k) })
}

// leave reports whether the caller leaves before the operation has ended.
func (c *caller) leave(k *call) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.over {
		<-k.done
		return false
	}
	k.left = true
	c.abandoned.Add(1)
	if k.ending.left != nil {
		k.ending.left()
	}
	close(k.stop)
	return true
}

func (c *caller) timer() *time.Timer {
	if t, ok := c.timers.Get().(*time.Timer); ok {
		t.Reset(c.timeout)
		return t
	}
	return time.NewTimer(c.timeout)
}

func (c *caller) release(t *time.Timer) {
	t.Stop()
	c.timers.Put(t)
}

// Deadline is the tier's, or the caller's if that is earlier.
func (k *call) Deadline() (time.Time, bool) {
	d, ok := k.parent.Deadline()
	if k.deadline.IsZero() || ok && d.Before(k.deadline) {
		return d, ok
	}
	return k.deadline, true
}

// Done is closed when the caller does not wait any more.
func (k *call) Done() <-chan struct{} { return k.stop }

// Err is context.Canceled once Done is closed.
func (k *call) Err() error {
	select {
	case <-k.stop:
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
