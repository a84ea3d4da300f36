package runtime

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// loader returns a loader that takes a while, and counts its calls.
func loader(calls *atomic.Int64, d time.Duration, value string) Loader[string, item] {
	return func(ctx context.Context, _ string) (item, error) {
		calls.Add(1)
		select {
		case <-time.After(d):
			return it(value), nil
		case <-ctx.Done():
			return item{}, ctx.Err()
		}
	}
}

// result is what GetOrLoad returned, and when.
type result struct {
	v     item
	err   error
	after time.Duration
}

// start calls GetOrLoad for the key "k" and returns where its result will be.
func (c *cache) start(ctx context.Context, load Loader[string, item]) *result {
	r := &result{after: -1}
	began := time.Now()
	go func() {
		v, err := c.GetOrLoad(ctx, "k", load)
		r.v, r.err, r.after = v, err, time.Since(began)
	}()
	synctest.Wait()
	return r
}

// figures are those of the counters that loads move.
func figures(c *cache) string {
	s := c.Stats()
	return fmt.Sprintf("hits %d, misses %d, absent %d, loads %d, errors %d, joined %d",
		s.Hits, s.Misses, s.Absent, s.Loads, s.LoadErrors, s.Joined)
}

// TestLoadStampede has ten thousand callers want one cold key at the same time, with a
// first one who leaves at once, or a loader that panics: there is one load.
func TestLoadStampede(t *testing.T) {
	const callers = 10_000
	for _, name := range []string{"well", "the leader leaves", "the loader panics"} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, "mr", nil)
			var calls, good, failed atomic.Int64
			load := loader(&calls, time.Second, "v")
			if name == "the loader panics" {
				load = func(context.Context, string) (item, error) { time.Sleep(time.Second); calls.Add(1); panic("oops") }
			}
			for i := range callers {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				go func() {
					v, err := c.GetOrLoad(ctx, "k", load)
					var p *PanicError
					switch {
					case err == nil && string(v.B) == "v":
						good.Add(1)
					case errors.As(err, &p), errors.Is(err, context.Canceled):
						failed.Add(1)
					}
				}()
				if i == 0 && name == "the leader leaves" {
					synctest.Wait()
					cancel()
				}
			}
			time.Sleep(2 * time.Second)
			synctest.Wait()
			check(t, calls.Load(), 1)
			bad, stored, errs := 0, 1, 0
			switch name {
			case "the leader leaves":
				bad = 1
			case "the loader panics":
				bad, stored, errs = callers, 0, 1
			}
			check(t, failed.Load(), int64(bad))
			check(t, good.Load(), int64(callers-bad))
			check(t, figures(c), fmt.Sprintf("hits 0, misses 1, absent 0, loads 1, errors %d, joined %d", errs, callers-1))
			check(t, c.remote.called("write"), stored)
			check(t, c.idle(), true)
		})
	}
}

// TestLoadCopies gives every caller a value of his own: changing one is seen by nobody.
func TestLoadCopies(t *testing.T) {
	for _, stored := range []bool{false, true} { // loaded, or found in a tier
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, "mr", nil)
			if stored {
				c.set(t, "k", "value")
				c.mem.evict()
			}
			c.remote.hook(func(context.Context, string) error { time.Sleep(time.Millisecond); return nil })
			var calls atomic.Int64
			var results []*result
			for range 20 {
				results = append(results, c.start(t.Context(), loader(&calls, time.Second, "value")))
			}
			time.Sleep(time.Minute / 2)
			synctest.Wait()
			for i, r := range results {
				check(t, string(r.v.B), "value")
				for j := range r.v.B {
					r.v.B[j] = byte(i)
				}
			}
			c.want(t, "k", "value")
			check(t, calls.Load(), map[bool]int64{false: 1}[stored])
		})
	}
}

// TestLoadLeaderLeaves ends the context of the caller who leads, before and after the
// load has begun: the others get what they came for, and so does one who is alone.
func TestLoadLeaderLeaves(t *testing.T) {
	for name, at := range map[string]time.Duration{"looking": 50 * time.Millisecond, "loading": time.Second} {
		for _, followers := range []int{0, 1, 2} {
			synctest.Test(t, func(t *testing.T) {
				c := newCache(t, "mr", nil)
				c.remote.hook(func(context.Context, string) error { time.Sleep(100 * time.Millisecond); return nil })
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(at, cancel)
				var calls atomic.Int64
				load := loader(&calls, 2*time.Second, "v")
				leader := c.start(ctx, load)
				var rest []*result
				for range followers {
					rest = append(rest, c.start(t.Context(), load))
				}
				time.Sleep(10 * time.Second)
				synctest.Wait()
				check(t, leader.err, context.Canceled)
				check(t, leader.after, at)
				for _, r := range rest {
					if r.err != nil || string(r.v.B) != "v" {
						t.Errorf("%s: %q, %v", name, r.v.B, r.err)
					}
				}
				if followers == 0 && name == "looking" {
					check(t, figures(c), "hits 0, misses 0, absent 0, loads 0, errors 0, joined 0")
					return // nobody has asked for a load any more
				}
				check(t, figures(c), fmt.Sprintf("hits 0, misses 1, absent 0, loads 1, errors 0, joined %d", followers))
				c.want(t, "k", "v")
			})
		}
	}
}

// TestLoadRestartFinds lets the leader leave while the value is on its way from a tier.
func TestLoadRestartFinds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		c.set(t, "k", "v")
		c.mem.evict()
		c.remote.hook(func(context.Context, string) error { time.Sleep(100 * time.Millisecond); return nil })
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		var calls atomic.Int64
		c.start(ctx, loader(&calls, 0, "loaded"))
		r := c.start(t.Context(), loader(&calls, 0, "loaded"))
		time.Sleep(time.Second)
		synctest.Wait()
		check(t, string(r.v.B), "v")
		check(t, figures(c), "hits 1, misses 0, absent 0, loads 0, errors 0, joined 0")
	})
}

func TestLoadFollowersContexts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		var calls atomic.Int64
		load := loader(&calls, 5*time.Second, "v")
		leader := c.start(t.Context(), load)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		impatient := c.start(ctx, load)
		patient := c.start(t.Context(), load)
		time.Sleep(time.Minute)
		synctest.Wait()
		check(t, impatient.err, context.DeadlineExceeded)
		check(t, impatient.after, time.Second)
		check(t, string(leader.v.B)+string(patient.v.B), "vv")
		check(t, figures(c), "hits 0, misses 1, absent 0, loads 1, errors 0, joined 1")
		_, err := c.GetOrLoad(ctx, "k", load) // ended before
		check(t, err, context.DeadlineExceeded)
	})
}

// TestLoadFails lets a loader do what it likes: everybody gets an error, the key is
// free, and nothing is stored.
func TestLoadFails(t *testing.T) {
	var p *PanicError
	for name, tt := range map[string]struct {
		load Loader[string, item]
		is   func(error) bool
		errs int
	}{
		"error":     {func(context.Context, string) (item, error) { return it("half"), errDown }, func(err error) bool { return errors.Is(err, errDown) }, 1},
		"not found": {func(context.Context, string) (item, error) { return item{}, fmt.Errorf("db: %w", ErrNotFound) }, func(err error) bool { return errors.Is(err, ErrNotFound) }, 0},
		"panic": {func(context.Context, string) (item, error) { panic("oops") }, func(err error) bool {
			return errors.As(err, &p) && strings.Contains(err.Error(), "oops") && strings.Contains(err.Error(), "load_test.go")
		}, 1},
		"panic with an error": {func(context.Context, string) (item, error) { panic(errDown) }, func(err error) bool { return errors.Is(err, errDown) }, 1},
		"Goexit":              {func(context.Context, string) (item, error) { runtime.Goexit(); return item{}, nil }, func(err error) bool { return errors.As(err, &p) && p.Value == nil }, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, "mr", nil)
			load := func(ctx context.Context, key string) (item, error) {
				time.Sleep(time.Second)
				return tt.load(ctx, key)
			}
			for round := range 2 {
				a, b := c.start(t.Context(), load), c.start(t.Context(), load)
				time.Sleep(time.Minute)
				synctest.Wait()
				if !tt.is(a.err) || !tt.is(b.err) || a.v.B != nil || b.v.B != nil {
					t.Errorf("%s: %q, %v and %q, %v", name, a.v.B, a.err, b.v.B, b.err)
				}
				n := round + 1
				check(t, figures(c), fmt.Sprintf("hits 0, misses %d, absent 0, loads %d, errors %d, joined %d", n, n, n*tt.errs, n))
			}
			c.want(t, "k", "")
			check(t, c.remote.called("write"), 0)
		})
	}
}

// TestLoadHangs goes on without a loader that hangs, and lets its late result fall.
func TestLoadHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		release := make(chan struct{})
		var ctxErr error
		hung := func(ctx context.Context, _ string) (item, error) {
			<-release
			ctxErr = ctx.Err()
			return it("late"), nil
		}
		a, b := c.start(t.Context(), hung), c.start(t.Context(), hung)
		time.Sleep(time.Minute)
		synctest.Wait()
		check(t, a.err, ErrLoadTimeout)
		check(t, b.err, ErrLoadTimeout)
		check(t, a.after, 10*time.Second)
		var calls atomic.Int64
		r := c.start(t.Context(), loader(&calls, 0, "new"))
		check(t, string(r.v.B), "new")
		close(release)
		synctest.Wait()
		check(t, ctxErr, context.DeadlineExceeded)
		c.want(t, "k", "new")
		check(t, figures(c), "hits 1, misses 2, absent 0, loads 2, errors 1, joined 1")
	})
}

// TestLoadStoreHangs answers with the loaded value when the time is over that a tier
// takes to store it: trouble in a tier fails no load.
func TestLoadStoreHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "r", func(c *config) { c.leaf = func(l *Leaf) { l.Timeout = 0 } })
		release := make(chan struct{})
		c.remote.hook(func(_ context.Context, op string) error {
			if op == "write" {
				<-release
			}
			return nil
		})
		var calls atomic.Int64
		a := c.start(t.Context(), loader(&calls, time.Second, "v"))
		b := c.start(t.Context(), loader(&calls, time.Second, "v"))
		time.Sleep(time.Minute)
		synctest.Wait()
		for _, r := range []*result{a, b} {
			if r.err != nil || string(r.v.B) != "v" || r.after != 10*time.Second {
				t.Errorf("%q, %v after %v", r.v.B, r.err, r.after)
			}
			r.v.B[0] = 'x' // nobody looks at it any more
		}
		close(release)
		synctest.Wait()
		check(t, figures(c), "hits 0, misses 1, absent 0, loads 1, errors 0, joined 1")
	})
}
