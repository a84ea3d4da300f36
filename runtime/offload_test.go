package runtime

import (
	"bytes"
	"context"
	"log/slog"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// submit gives o a task whose end is counted.
func submit(o *Offload, key string, ended *int64, run func(context.Context)) bool {
	return o.submit(nil, "test", key, run, func() { atomic.AddInt64(ended, 1) })
}

// captureDefault takes what is logged by slog's own logger.
func captureDefault(t *testing.T) *bytes.Buffer {
	old := slog.Default()
	buf := new(bytes.Buffer)
	slog.SetDefault(slog.New(slog.NewTextHandler(buf, nil)))
	t.Cleanup(func() { slog.SetDefault(old) })
	return buf
}

// TestOffloadBounds runs no more at once than there are workers, keeps no more waiting
// than there is room for, and drops and counts the rest.
func TestOffloadBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := NewOffload(OffloadOptions{Workers: 3, Queue: 5})
		var running, most, ended atomic.Int64
		taken := 0
		for i := range 20 {
			ok := o.submit(nil, "test", strconv.Itoa(i), func(context.Context) {
				if n := running.Add(1); n > most.Load() {
					most.Store(n)
				}
				time.Sleep(time.Second)
				running.Add(-1)
			}, func() { ended.Add(1) })
			if ok {
				taken++
			}
		}
		check(t, taken, 8)
		check(t, o.Dropped(), 12)
		start := time.Now()
		check(t, o.Wait(t.Context()), nil)
		check(t, time.Since(start), 3*time.Second) // 3, 3, 2
		check(t, most.Load(), 3)
		check(t, ended.Load(), 8)
		check(t, len(o.known), 0)
		check(t, o.Close(t.Context()), nil)
	})
}

func TestOffloadDefaults(t *testing.T) {
	o := NewOffload(OffloadOptions{Workers: -1})
	check(t, o.opts.Workers, 16)
	check(t, o.opts.Queue, 1024)
	check(t, o.Wait(t.Context()), nil)
	check(t, o.Close(t.Context()), nil)
}

// TestOffloadDedup takes one task of a kind and key at a time.
func TestOffloadDedup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := NewOffload(OffloadOptions{Workers: 1})
		var ran, ended int64
		run := func(context.Context) { atomic.AddInt64(&ran, 1); time.Sleep(time.Second) }
		check(t, submit(o, "a", &ended, run), true)
		check(t, submit(o, "a", &ended, run), false) // runs
		check(t, submit(o, "b", &ended, run), true)
		check(t, submit(o, "b", &ended, run), false) // waits
		check(t, o.submit(nil, "other", "a", run, func() {}), true)
		check(t, o.Wait(t.Context()), nil)
		check(t, submit(o, "a", &ended, run), true)
		check(t, o.Close(t.Context()), nil)
		check(t, ran, 4)
		check(t, ended, 3)
		check(t, o.Dropped(), 0) // a task that is there already is not lost
	})
}

func TestOffloadWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := NewOffload(OffloadOptions{Workers: 1})
		var ended int64
		submit(o, "a", &ended, func(context.Context) { time.Sleep(time.Minute) })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		check(t, o.Wait(ctx), context.DeadlineExceeded)
		for range 3 { // several at once
			go func() { check(t, o.Wait(t.Context()), nil) }()
		}
		check(t, o.Wait(t.Context()), nil)
		check(t, ended, 1)
	})
}

// TestOffloadClose waits for what there is and takes no more.
func TestOffloadClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := NewOffload(OffloadOptions{Workers: 1})
		var ended int64
		for _, key := range []string{"a", "b", "c"} {
			submit(o, key, &ended, func(ctx context.Context) {
				time.Sleep(time.Second)
				check(t, ctx.Err(), nil)
			})
		}
		go func() {
			time.Sleep(time.Second / 2)
			check(t, submit(o, "late", &ended, func(context.Context) {}), false)
		}()
		start := time.Now()
		check(t, o.Close(t.Context()), nil)
		check(t, time.Since(start), 3*time.Second)
		check(t, ended, 3)
		check(t, o.Close(t.Context()), nil)
	})
}

// TestOffloadCloseCutShort drops what waits and cancels what runs.
func TestOffloadCloseCutShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := NewOffload(OffloadOptions{Workers: 2})
		var ended int64
		for i := range 10 {
			submit(o, strconv.Itoa(i), &ended, func(ctx context.Context) { <-ctx.Done() })
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		check(t, o.Close(ctx), context.DeadlineExceeded)
		synctest.Wait()
		check(t, ended, 10)
		check(t, o.Dropped(), 8)
		check(t, o.workers, 0)
		check(t, o.Close(t.Context()), nil)

		ended = 0
		o = NewOffload(OffloadOptions{})
		submit(o, "a", &ended, func(ctx context.Context) { <-ctx.Done() })
		check(t, o.Close(ctx), context.DeadlineExceeded) // it has ended before
		synctest.Wait()
		check(t, ended, 1)
	})
}

// TestOffloadBadTasks panics, and leaves its goroutine: the worker is there for the
// next task all the same.
func TestOffloadBadTasks(t *testing.T) {
	logged := captureDefault(t)
	synctest.Test(t, func(t *testing.T) {
		o := NewOffload(OffloadOptions{Workers: 1})
		var ended int64
		for i := range 3 {
			submit(o, "panic"+strconv.Itoa(i), &ended, func(context.Context) { panic("oops") })
			submit(o, "exit"+strconv.Itoa(i), &ended, func(context.Context) { runtime.Goexit() })
		}
		ran := false
		submit(o, "good", &ended, func(context.Context) { ran = true })
		check(t, o.Wait(t.Context()), nil)
		check(t, ran, true)
		check(t, ended, 7)
		check(t, len(o.known), 0)
		submit(o, "exit", &ended, func(context.Context) { runtime.Goexit() }) // the last one
		check(t, o.Close(t.Context()), nil)
	})
	if n := strings.Count(logged.String(), "panicked"); n != 1 { // one a second
		t.Errorf("%d lines:\n%s", n, logged)
	}
}

func TestOffloadTimeout(t *testing.T) {
	for policy, want := range map[TimeoutPolicy]time.Duration{Ignore: 5 * time.Second, Warn: 5 * time.Second, Cancel: time.Second} {
		logged := captureDefault(t)
		synctest.Test(t, func(t *testing.T) {
			o := NewOffload(OffloadOptions{Timeout: time.Second, OnTimeout: policy})
			var ended int64
			submit(o, "a", &ended, func(ctx context.Context) {
				select {
				case <-ctx.Done():
				case <-time.After(5 * time.Second):
				}
			})
			start := time.Now()
			check(t, o.Wait(t.Context()), nil)
			check(t, time.Since(start), want)
			submit(o, "quick", &ended, func(context.Context) {})
			check(t, o.Close(t.Context()), nil)
		})
		check(t, strings.Count(logged.String(), "takes long"), map[bool]int{true: 1}[policy == Warn])
	}
}
