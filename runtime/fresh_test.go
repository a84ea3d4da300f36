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

// fresh changes what a cache does about freshness. Values live for a minute, and
// are stale for another.
func fresh(change func(*Spec[string, item])) func(*config) {
	return func(c *config) { change(&c.spec) }
}

// load calls GetOrLoad for the key "k" and checks what it returns; "" is an error.
func (c *cache) load(t *testing.T, load Loader[string, item], want string) {
	t.Helper()
	v, err := c.GetOrLoad(t.Context(), "k", load)
	if string(v.B) != want || (err == nil) != (want != "") {
		t.Errorf("GetOrLoad: %q, %v, want %q", v.B, err, want)
	}
}

// fails is load where that fails with an error.
func (c *cache) fails(t *testing.T, load Loader[string, item], want error) {
	t.Helper()
	if v, err := c.GetOrLoad(t.Context(), "k", load); !errors.Is(err, want) || v.B != nil {
		t.Errorf("GetOrLoad: %q, %v, want %v", v.B, err, want)
	}
}

func failing(err error) Loader[string, item] {
	return func(context.Context, string) (item, error) { return item{}, err }
}

// idle reports whether no key is being loaded.
func (c *cache) idle() bool {
	for i := range int32(stripes) {
		st := c.fence.stripe(i)
		st.mu.Lock()
		_, flights := st.count()
		st.mu.Unlock()
		if flights > 0 {
			return false
		}
	}
	return true
}

// pass lets time pass, and waits for what happens then.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestStaleReturn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		c.set(t, "k", "old")
		pass(90 * time.Second)
		c.load(t, failing(errDown), "old")
		check(t, figures(c), "hits 0, misses 0, absent 0, loads 0, errors 0, joined 0")
		pass(30 * time.Second)
		c.load(t, failing(errDown), "")
	})
}

// TestStaleRevalidate loads before it serves a stale value, in one load for all, and
// serves it if that fails in whatever way.
func TestStaleRevalidate(t *testing.T) {
	for _, kinds := range []string{"m", "mr", "r"} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, kinds, fresh(func(s *Spec[string, item]) { s.Revalidate, s.LoadTimeout = true, 2*time.Second }))
			c.set(t, "k", "old")
			pass(90 * time.Second)
			for name, load := range map[string]Loader[string, item]{
				"fails":  failing(errDown),
				"panics": func(context.Context, string) (item, error) { panic("oops") },
				"exits":  func(context.Context, string) (item, error) { runtime.Goexit(); return item{}, nil },
				"hangs":  func(ctx context.Context, _ string) (item, error) { <-ctx.Done(); return item{}, ctx.Err() },
			} {
				slow := func(ctx context.Context, key string) (item, error) { time.Sleep(time.Second); return load(ctx, key) }
				a, b := c.start(t.Context(), slow), c.start(t.Context(), slow)
				pass(3 * time.Second)
				if string(a.v.B)+string(b.v.B) != "oldold" || a.err != nil || b.err != nil {
					t.Errorf("%s: %q, %v and %q, %v", name, a.v.B, a.err, b.v.B, b.err)
				}
				a.v.B[0] = 'x' // is the caller's
			}
			check(t, c.Stats().Stale, 4)
			check(t, figures(c), "hits 0, misses 0, absent 0, loads 4, errors 4, joined 4")
			c.want(t, "k", "old") // Get does not load
			var calls atomic.Int64
			c.load(t, loader(&calls, time.Second, "new"), "new")
			c.load(t, loader(&calls, time.Second, "newer"), "new")
			check(t, calls.Load(), 1)
		})
	}
}

// TestStaleOffload serves a stale value at once and reloads it once, however many ask
// for it; whoever finds nothing meanwhile waits for that reload.
func TestStaleOffload(t *testing.T) {
	for _, kinds := range []string{"m", "mr", "r"} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, kinds, fresh(func(s *Spec[string, item]) { s.Reload = true }))
			c.set(t, "k", "old")
			pass(90 * time.Second)
			var calls atomic.Int64
			load := loader(&calls, time.Second, "new")
			for range 20 {
				r := c.start(t.Context(), load)
				check(t, r.after, 0)
				check(t, string(r.v.B), "old")
			}
			if c.mem != nil {
				c.mem.evict()
			}
			if c.remote != nil {
				c.remote.forget()
			}
			late := c.start(t.Context(), load)
			pass(time.Minute / 2)
			check(t, string(late.v.B), "new")
			check(t, calls.Load(), 1)
			c.load(t, load, "new")
			check(t, figures(c), "hits 1, misses 0, absent 0, loads 1, errors 0, joined 1")
			check(t, c.Stats().Stale, 20)
			check(t, c.idle(), true)
		})
	}
}

// TestReloadTakes looks at the outer tiers before it loads: what another process has
// refreshed there is copied to where the stale value is, and nothing is loaded.
func TestReloadTakes(t *testing.T) {
	for _, revalidate := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, "mr", func(c *config) {
				c.spec.Reload, c.spec.Revalidate = !revalidate, revalidate
				c.leaf = func(l *Leaf) { l.Refill = 0 } // refill=never leaves nothing outdated either
			})
			other := newCache(t, "r", nil)
			c.set(t, "k", "old")
			pass(90 * time.Second)
			other.set(t, "k", "theirs")
			theirs, _ := other.remote.get("k")
			c.remote.mu.Lock()
			c.remote.entries[textKey("k")] = theirs
			c.remote.mu.Unlock()
			first := map[bool]string{false: "old", true: "theirs"}[revalidate]
			c.load(t, failing(errDown), first)
			synctest.Wait()
			c.load(t, failing(errDown), "theirs")
			check(t, c.Stats().Loads, 0)
			c.want(t, "k", "theirs")
			check(t, c.remote.called("read"), 1)
		})
	}
}

// TestReloadFails leaves everything as it is, says so, and tries again.
func TestReloadFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logs := &logBuffer{}
		c := newCache(t, "mr", func(c *config) { c.spec.Reload = true; c.opts.Logger = logs.logger() })
		c.set(t, "k", "old")
		pass(90 * time.Second)
		for i := range 3 {
			c.load(t, func(context.Context, string) (item, error) { panic("oops") }, "old")
			synctest.Wait()
			check(t, c.Stats().LoadErrors, uint64(i+1))
		}
		check(t, strings.Count(logs.String(), "reloading in the background has failed"), 1)
		check(t, c.idle(), true)
		c.load(t, failing(fmt.Errorf("gone: %w", ErrNotFound)), "old") // is an answer
		synctest.Wait()
		c.want(t, "k", "")
		check(t, len(c.remote.snapshot()), 0)
	})
}

// TestReloadHangs goes on without a loader that hangs, which keeps no worker of the
// offload.
func TestReloadHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", fresh(func(s *Spec[string, item]) { s.Reload, s.Stale = true, time.Hour }))
		c.set(t, "k", "old")
		pass(90 * time.Second)
		release := make(chan struct{})
		c.load(t, func(context.Context, string) (item, error) { <-release; return it("late"), nil }, "old")
		pass(10 * time.Second)
		for _, k := range c.Stats().Offload.Kinds {
			check(t, k.Running, 0)
		}
		check(t, c.idle(), true)
		var calls atomic.Int64
		c.load(t, loader(&calls, 0, "new"), "old")
		synctest.Wait()
		c.want(t, "k", "new")
		close(release)
		synctest.Wait()
		c.want(t, "k", "new")
	})
}

// TestReloadSuperseded writes the key while it is being reloaded, and while the reload
// waits for a worker: what was begun before does not come after.
func TestReloadSuperseded(t *testing.T) {
	for _, waiting := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			o := NewOffload(OffloadOptions{Workers: 1})
			defer o.Close(t.Context())
			c := newCache(t, "mr", func(c *config) { c.spec.Reload = true; c.opts.Offload = o })
			c.set(t, "k", "old")
			pass(90 * time.Second)
			if waiting {
				o.submit(nil, "test", "", func(context.Context) { time.Sleep(time.Second) }, func() {})
			}
			var calls atomic.Int64
			c.load(t, loader(&calls, time.Second, "loaded"), "old")
			synctest.Wait()
			c.set(t, "k", "set")
			pass(5 * time.Second)
			c.want(t, "k", "set")
			c.mem.evict()
			c.want(t, "k", "set")
			check(t, calls.Load(), map[bool]int64{false: 1}[waiting])
			check(t, c.idle(), true)
		})
	}
}

// TestReloadOvertaken loads at once what a reload waits for, if somebody needs it.
func TestReloadOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := NewOffload(OffloadOptions{Workers: 1, Queue: 1})
		defer o.Close(t.Context())
		c := newCache(t, "m", func(c *config) { c.spec.Reload = true; c.opts.Offload = o })
		c.set(t, "k", "old")
		pass(90 * time.Second)
		for i := range 2 {
			o.submit(nil, "test", fmt.Sprint(i), func(context.Context) { time.Sleep(time.Minute) }, func() {})
		}
		var calls atomic.Int64
		load := loader(&calls, time.Second, "new")
		c.load(t, load, "old") // there is no room for a reload
		check(t, c.idle(), true)
		pass(61 * time.Second) // one runs, and there is room
		c.set(t, "k", "old")
		pass(30 * time.Second)
		c.load(t, load, "old")
		c.mem.evict()
		c.load(t, load, "new")
		pass(2 * time.Minute)
		check(t, calls.Load(), 1)
		check(t, c.idle(), true)
	})
}

// TestEager reloads a value that is still fresh once it has had its share of its ttl.
func TestEager(t *testing.T) {
	for _, kinds := range []string{"m", "mr", "r"} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, kinds, fresh(func(s *Spec[string, item]) { s.Eager = 0.8 }))
			c.set(t, "k", "old")
			var calls atomic.Int64
			load := loader(&calls, time.Second, "new")
			pass(48*time.Second - 1)
			c.load(t, load, "old")
			synctest.Wait()
			check(t, calls.Load(), 0)
			pass(1)
			c.load(t, load, "old")
			c.load(t, load, "old")
			pass(2 * time.Second)
			c.load(t, load, "new")
			check(t, calls.Load(), 1)
			check(t, figures(c), "hits 4, misses 0, absent 0, loads 1, errors 0, joined 0")
		})
	}
}

// TestEagerTier has the share of its own ttl for a copy that a tier keeps for less
// time; what is then copied again is that of the outer tier, as long as it is young.
func TestEagerTier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", func(c *config) {
			c.spec.Eager = 0.5
			c.leaf = func(l *Leaf) {
				if l.Index == 0 {
					l.TTL = 10 * time.Second
				}
			}
		})
		c.set(t, "k", "old")
		var calls atomic.Int64
		load := loader(&calls, 0, "new")
		pass(5 * time.Second)
		c.load(t, load, "old")
		synctest.Wait()
		check(t, c.remote.called("read"), 1)
		pass(9 * time.Second) // it has got another ten seconds
		c.load(t, load, "old")
		synctest.Wait()
		check(t, calls.Load(), 0)
		pass(16 * time.Second)
		c.load(t, load, "old") // from the outer tier, where half of its minute is over
		synctest.Wait()
		check(t, calls.Load(), 1)
		c.want(t, "k", "new")
	})
}

// TestFailSafe serves what has expired if loading fails, and only then.
func TestFailSafe(t *testing.T) {
	for _, kinds := range []string{"m", "mr", "r"} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, kinds, fresh(func(s *Spec[string, item]) { s.FailSafe, s.Absent = time.Hour, time.Second }))
			c.set(t, "k", "old")
			if c.remote != nil {
				w, _ := c.remote.get("k")
				check(t, w.Life, 62*time.Minute)
				check(t, time.Until(w.Raw.ExpireAt), 62*time.Minute)
			}
			pass(2 * time.Minute)
			c.want(t, "k", "")
			if found, err := c.GetMany(t.Context(), []string{"k"}); len(found) > 0 || err != nil {
				t.Errorf("%v, %v", found, err)
			}
			e, err := c.Lookup(t.Context(), "k")
			check(t, e.Status, Miss)
			check(t, err, nil)
			a, b := c.start(t.Context(), failing(errDown)), c.start(t.Context(), func(ctx context.Context, _ string) (item, error) { <-ctx.Done(); return item{}, ctx.Err() })
			pass(time.Hour - time.Minute)
			check(t, string(a.v.B)+string(b.v.B), "oldold")
			check(t, c.Stats().Stale, 2)
			pass(time.Minute)
			c.fails(t, failing(errDown), errDown)

			c.set(t, "k", "old")
			pass(3 * time.Minute)
			c.load(t, failing(ErrNotFound), "") // is an answer, and replaces it
			pass(time.Second)
			c.fails(t, failing(errDown), errDown)

			c.set(t, "k", "old")
			pass(3 * time.Minute)
			removed, err := c.Delete(t.Context(), "k")
			check(t, removed, len(kinds)) // it was there
			check(t, err, nil)
			c.load(t, failing(errDown), "")
		})
	}
}

// TestAbsent remembers that there is no value, until one is set.
func TestAbsent(t *testing.T) {
	for _, kinds := range []string{"m", "mr", "r"} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, kinds, fresh(func(s *Spec[string, item]) { s.Absent = 10 * time.Second }))
			c.set(t, "k", "old")
			pass(2 * time.Minute)
			c.fails(t, failing(ErrNotFound), ErrNotFound)
			for range 3 {
				c.fails(t, failing(errDown), ErrNotFound)
			}
			c.want(t, "k", "")
			e, _ := c.Lookup(t.Context(), "k")
			check(t, e.Status, Absent)
			check(t, time.Until(e.ExpireAt), 10*time.Second)
			check(t, figures(c), "hits 0, misses 1, absent 5, loads 1, errors 0, joined 0")
			pass(10 * time.Second)
			c.load(t, failing(ErrNotFound), "")
			c.set(t, "k", "new")
			c.load(t, failing(errDown), "new")
		})
	}
}

// TestAbsentOvertaken: an absence that is found while the value is set comes too late.
func TestAbsentOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", fresh(func(s *Spec[string, item]) { s.Absent = time.Minute }))
		r := c.start(t.Context(), func(context.Context, string) (item, error) { time.Sleep(time.Second); return item{}, ErrNotFound })
		c.set(t, "k", "set")
		pass(2 * time.Second)
		check(t, r.err, ErrNotFound)
		c.want(t, "k", "set")
	})
}

// TestJitter draws lives on both sides of the ttl, and no further away than it says.
func TestJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "m", fresh(func(s *Spec[string, item]) { s.Jitter = 0.1 }))
		var sum time.Duration
		least, most := time.Hour, time.Duration(0)
		const n = 2000
		for range n {
			c.set(t, "k", "v")
			e, _ := c.Lookup(t.Context(), "k")
			ttl := time.Until(e.StaleAt)
			check(t, e.ExpireAt.Sub(e.StaleAt), time.Minute)
			sum += ttl
			least, most = min(least, ttl), max(most, ttl)
		}
		if least < 54*time.Second || least > 55*time.Second || most > 66*time.Second || most < 65*time.Second {
			t.Errorf("between %v and %v", least, most)
		}
		if mean := sum / n; mean < 59*time.Second || mean > 61*time.Second {
			t.Errorf("%v in the mean", mean)
		}
	})
}

// TestReloadNoRoom has hits of stale values while the offload is full: they are counted as
// shed, cost no memory, and when there is room again the value is reloaded.
func TestReloadNoRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := NewOffload(OffloadOptions{Workers: 1, Queue: 1})
		defer o.Close(context.Background())
		c := newCache(t, "m", func(c *config) { c.spec.Reload = true; c.opts.Offload = o })
		c.set(t, "k", "old")
		time.Sleep(c.spec.TTL)
		gate := make(chan struct{})
		for _, key := range []string{"a", "b"} {
			o.submit(nil, "refill", key, func(context.Context) { <-gate }, nothing)
		}
		load := func(context.Context, string) (item, error) { return it("new"), nil }
		allocs := testing.AllocsPerRun(10, func() { c.Reload(t.Context(), "k", load) })
		check(t, allocs, 0)
		check(t, o.Dropped(), 11)
		expectKind(t, o, KindStats{Kind: "reload", Shed: 11})
		check(t, o.Dropped(), 11)
		close(gate)
		synctest.Wait()
		c.Reload(t.Context(), "k", load)
		synctest.Wait()
		c.want(t, "k", "new")
		check(t, o.Close(context.Background()), nil)
		c.Reload(t.Context(), "other", load)
		check(t, o.Dropped(), 12)
	})
}
