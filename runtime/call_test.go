package runtime

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// work is an operation of a test.
type work struct {
	fn       func(ctx context.Context) error
	hasLeft  atomic.Bool
	overWith atomic.Pointer[error]
}

func (w *work) do(ctx context.Context) error { return w.fn(ctx) }
func (w *work) left()                        { w.hasLeft.Store(true) }
func (w *work) over(err error)               { w.overWith.Store(&err) }

func do(fn func(ctx context.Context) error) *work { return &work{fn: fn} }

// hang returns an operation that ends when the channel is closed, whatever becomes of
// its context.
func hang(until <-chan struct{}) *work {
	return do(func(context.Context) error { <-until; return nil })
}

func TestCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(time.Second)
		for range 3 { // the same wait, again and again
			for _, want := range []error{nil, errDown} {
				w := do(func(context.Context) error { time.Sleep(time.Second - 1); return want })
				left, err := c.run(t.Context(), new(call), w)
				check(t, left, false)
				check(t, err, want)
				check(t, w.hasLeft.Load(), false)
			}
		}
		check(t, len(c.running), 0)
	})
}

func TestCallTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(time.Second)
		release := make(chan struct{})
		w := hang(release)
		start := time.Now()
		left, err := c.run(t.Context(), new(call), w)
		check(t, left, true)
		check(t, err, ErrTimeout)
		check(t, time.Since(start), time.Second)
		check(t, w.hasLeft.Load(), true)
		check(t, w.overWith.Load(), nil)
		check(t, c.abandoned.Load(), 1)
		close(release)
		synctest.Wait()
		check(t, *w.overWith.Load(), nil)
		check(t, c.abandoned.Load(), 0)
		check(t, len(c.running), 0)
	})
}

// TestCallCancel leaves a call that does not look at its context, as soon as that ends.
func TestCallCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, timeout := range []time.Duration{0, time.Minute} {
			c := newCaller(timeout)
			release := make(chan struct{})
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			start := time.Now()
			left, err := c.run(ctx, new(call), hang(release))
			check(t, left, true)
			check(t, err, context.Canceled)
			if late := time.Since(start) - time.Second; late > 5*time.Millisecond {
				t.Errorf("left %v late", late)
			}
			// One that has ended before is not begun.
			left, err = c.run(ctx, new(call), do(func(context.Context) error { t.Error("called"); return nil }))
			check(t, left, false)
			check(t, err, context.Canceled)
			close(release)
			synctest.Wait()
		}
	})
}

// TestCallContext looks at the context that an operation gets.
func TestCallContext(t *testing.T) {
	type key struct{}
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(time.Second)
		parent, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "value"), time.Hour)
		defer cancel()
		_, err := c.run(parent, new(call), do(func(ctx context.Context) error {
			d, ok := ctx.Deadline()
			check(t, ok, true)
			check(t, time.Until(d), time.Second)
			check(t, ctx.Value(key{}), any("value"))
			check(t, ctx.Err(), nil)
			<-ctx.Done()
			check(t, ctx.Err(), context.Canceled)
			return ctx.Err()
		}))
		check(t, err, ErrTimeout)

		short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err = c.run(short, new(call), do(func(ctx context.Context) error {
			d, _ := ctx.Deadline()
			check(t, time.Until(d), time.Millisecond)
			<-ctx.Done()
			return ctx.Err()
		}))
		check(t, err, context.DeadlineExceeded)

		_, err = newCaller(0).run(t.Context(), new(call), do(func(ctx context.Context) error {
			_, ok := ctx.Deadline()
			check(t, ok, false)
			return nil
		}))
		check(t, err, nil)
		synctest.Wait()
	})
}

// TestCallContextKept lets an operation keep its context, which it should not, and the
// caller of a later one leave, that waits with the same channel: package context would
// panic if Done was closed and Err was nil.
func TestCallContextKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(time.Second)
		k := new(call)
		var kept context.Context
		var cancel context.CancelFunc
		_, err := c.run(t.Context(), k, do(func(ctx context.Context) error {
			kept, cancel = context.WithCancel(ctx)
			return nil
		}))
		check(t, err, nil)
		check(t, kept.Err(), nil)
		later := &call{caller: c, op: hang(nil), wait: k.wait}
		check(t, later.leave(), true)
		synctest.Wait()
		check(t, kept.Err(), context.Canceled)
		cancel()
	})
}

// TestCallBound hangs as many calls as there may be: the tier is busy then, at once,
// and works again as soon as one of them ends.
func TestCallBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(time.Second)
		release := make(chan struct{})
		var results [2 * maxCalls]error
		var began atomic.Int64
		for i := range results {
			go func() {
				_, results[i] = c.run(t.Context(), new(call), do(func(context.Context) error {
					began.Add(1)
					<-release
					return nil
				}))
			}()
		}
		time.Sleep(time.Second)
		synctest.Wait()
		for _, err := range results {
			check(t, err, ErrTimeout) // also of those there was no room for
		}
		check(t, began.Load(), maxCalls)
		check(t, c.abandoned.Load(), maxCalls)

		start := time.Now()
		left, err := c.run(t.Context(), new(call), do(func(context.Context) error { t.Error("called"); return nil }))
		check(t, left, false)
		check(t, err, ErrBusy)
		check(t, time.Since(start), 0)

		release <- struct{}{}
		synctest.Wait()
		left, err = c.run(t.Context(), new(call), do(func(context.Context) error { return nil }))
		check(t, left, false)
		check(t, err, nil)
		close(release)
		synctest.Wait()
		check(t, len(c.running), 0)
	})
}

// TestCallRoom makes a call wait for room while the others get on, or its context ends.
func TestCallRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(0)
		release := make(chan struct{})
		for range maxCalls {
			go func() { _, _ = c.run(t.Context(), new(call), hang(release)) }()
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		left, err := c.run(ctx, new(call), hang(release))
		check(t, left, false)
		check(t, err, context.DeadlineExceeded)
		time.AfterFunc(time.Minute, func() { close(release) })
		_, err = c.run(t.Context(), new(call), do(func(context.Context) error { return errDown }))
		check(t, err, errDown)
		synctest.Wait()
	})
}

// TestCallPanics turns what an engine does to its goroutine into errors.
func TestCallPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(time.Second)
		_, err := c.run(t.Context(), new(call), do(func(context.Context) error { panic(errDown) }))
		var p *PanicError
		if !errors.As(err, &p) || !errors.Is(err, errDown) || len(p.Stack) == 0 {
			t.Errorf("got %v", err)
		}
		_, err = c.run(t.Context(), new(call), do(func(context.Context) error { runtime.Goexit(); return nil }))
		if !errors.As(err, &p) || p.Value != nil {
			t.Errorf("got %v", err)
		}
		// The same of one that nobody waits for.
		w := do(func(ctx context.Context) error { <-ctx.Done(); panic("late") })
		left, err := c.run(t.Context(), new(call), w)
		check(t, left, true)
		check(t, err, ErrTimeout)
		synctest.Wait()
		check(t, errors.As(*w.overWith.Load(), &p), true)
		check(t, c.abandoned.Load(), 0)
		check(t, len(c.running), 0)
	})
}
