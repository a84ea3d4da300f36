package runtime

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	goruntime "runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func nothing() {}

// kind returns the counters of one kind of work.
func kind(o *Offload, name string) KindStats {
	for _, k := range o.Stats().Kinds {
		if k.Kind == name {
			return k
		}
	}
	return KindStats{Kind: name}
}

func expectKind(t *testing.T, o *Offload, want KindStats) {
	t.Helper()
	if got := kind(o, want.Kind); got != want {
		t.Errorf("counters\n%+v, want\n%+v", got, want)
	}
}

// TestKindsShed fills the workers and the queue: what comes then is shed at
// once, and what has been taken runs to its end, in order.
func TestKindsShed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := NewOffload(OffloadOptions{Workers: 2, Queue: 3})
		var order []string
		gate := make(chan struct{})
		most, running := 0, 0
		for i := range 8 {
			name := string(rune('a' + i))
			taken := o.submit(nil, "refill", name, func(context.Context) {
				o.mu.Lock()
				running++
				most = max(most, running)
				order = append(order, name)
				o.mu.Unlock()
				<-gate
				o.mu.Lock()
				running--
				o.mu.Unlock()
			}, nothing)
			if want := i < 5; taken != want {
				t.Errorf("task %d was taken: %v, want %v", i, taken, want)
			}
		}
		synctest.Wait()
		expectKind(t, o, KindStats{Kind: "refill", Started: 2, Running: 2, Queued: 3, Shed: 3})
		close(gate)
		if err := o.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		expectKind(t, o, KindStats{Kind: "refill", Started: 5, Done: 5, Shed: 3})
		if most != 2 || len(order) != 5 {
			t.Errorf("at most %d ran at once, %d in all", most, len(order))
		}
		if o.Dropped() != 3 {
			t.Errorf("dropped %d", o.Dropped())
		}
	})
}

// TestKindsDeduplicated takes one task at a time for each kind and key.
func TestKindsDeduplicated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := NewOffload(OffloadOptions{Workers: 1, Queue: 1})
		gate := make(chan struct{})
		wait := func(context.Context) { <-gate }
		for _, c := range []struct {
			kind, key string
			taken     bool
		}{
			{"refill", "a", true},
			{"refill", "a", false}, // it runs
			{"reload", "a", true},
			{"reload", "a", false}, // it waits
			{"reload", "b", false}, // there is no room
		} {
			if got := o.submit(nil, c.kind, c.key, wait, nothing); got != c.taken {
				t.Errorf("%s %s was taken: %v, want %v", c.kind, c.key, got, c.taken)
			}
		}
		close(gate)
		if err := o.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		expectKind(t, o, KindStats{Kind: "refill", Started: 1, Done: 1, Deduplicated: 1})
		expectKind(t, o, KindStats{Kind: "reload", Started: 1, Done: 1, Deduplicated: 1, Shed: 1})
		if !o.submit(nil, "refill", "a", func(context.Context) {}, nothing) {
			t.Error("a task is not taken after one for the same key has ended")
		}
		if err := o.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestKindsTimedOut runs a task of three seconds under each policy.
func TestKindsTimedOut(t *testing.T) {
	for _, c := range []struct {
		name     string
		policy   TimeoutPolicy
		took     time.Duration
		timedOut uint64
		warned   bool
	}{
		{"ignore", Ignore, 3 * time.Second, 0, false},
		{"cancel", Cancel, time.Second, 1, false},
		{"warn", Warn, 3 * time.Second, 1, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				o := NewOffload(OffloadOptions{
					Timeout: time.Second, OnTimeout: c.policy, Logger: slog.New(slog.NewTextHandler(&log, nil)),
				})
				began := time.Now()
				var err error
				o.submit(nil, "reload", "secret", func(ctx context.Context) {
					select {
					case <-ctx.Done():
						err = ctx.Err()
					case <-time.After(3 * time.Second):
					}
				}, nothing)
				if err := o.Wait(t.Context()); err != nil {
					t.Error(err)
				}
				synctest.Wait()
				if took := time.Since(began); took != c.took {
					t.Errorf("it took %v, want %v", took, c.took)
				}
				if c.policy == Cancel && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("the context's error is %v", err)
				}
				expectKind(t, o, KindStats{Kind: "reload", Started: 1, Done: 1, TimedOut: c.timedOut})
				if warned := strings.Contains(log.String(), "takes long"); warned != c.warned {
					t.Errorf("warned: %v, want %v", warned, c.warned)
				}
				if strings.Contains(log.String(), "secret") {
					t.Error("the key is in the log")
				}
			})
		})
	}
}

// TestKindsPanicked goes on after tasks that panic or leave their goroutine.
func TestKindsPanicked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		o := NewOffload(OffloadOptions{Workers: 1, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		ended := 0
		end := func() { ended++ }
		o.submit(nil, "a", "1", func(context.Context) { panic("boom") }, end)
		o.submit(nil, "a", "2", func(context.Context) { goruntime.Goexit() }, end)
		o.submit(nil, "a", "3", func(context.Context) {}, end)
		if err := o.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		expectKind(t, o, KindStats{Kind: "a", Started: 3, Done: 3, Panicked: 2})
		if ended != 3 {
			t.Errorf("%d tasks have ended", ended)
		}
		if !strings.Contains(log.String(), "boom") {
			t.Errorf("log %q", log.String())
		}
	})
}

// TestKindsClosed drains if there is time, and else drops what waits and cancels
// what runs.
func TestKindsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := NewOffload(OffloadOptions{Workers: 1})
		ended := 0
		slow := func(context.Context) { time.Sleep(time.Second) }
		for _, key := range []string{"a", "b", "c"} {
			o.submit(nil, "refill", key, slow, func() { ended++ })
		}
		if err := o.Close(t.Context()); err != nil || ended != 3 {
			t.Errorf("Close: %v, and %d tasks have ended", err, ended)
		}
		if o.submit(nil, "refill", "d", slow, nothing) {
			t.Error("a task is taken after Close")
		}
		expectKind(t, o, KindStats{Kind: "refill", Started: 3, Done: 3, Shed: 1})
	})
	synctest.Test(t, func(t *testing.T) {
		o := NewOffload(OffloadOptions{Workers: 1})
		ended := 0
		for _, key := range []string{"a", "b", "c"} {
			o.submit(nil, "refill", key, func(ctx context.Context) { <-ctx.Done() }, func() { ended++ })
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := o.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Wait: %v", err)
		}
		if err := o.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close: %v", err)
		}
		synctest.Wait()
		expectKind(t, o, KindStats{Kind: "refill", Started: 1, Done: 1, Shed: 2})
		if ended != 3 {
			t.Errorf("%d tasks have ended", ended)
		}
	})
}
