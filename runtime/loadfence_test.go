package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestLoadSuperseded sets and deletes a key while it is being loaded. The load goes on
// for those who wait for it; nobody joins it afterwards, and it writes nothing.
func TestLoadSuperseded(t *testing.T) {
	for _, kinds := range []string{"mr", "m", "r", "rr"} {
		for _, set := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				c := newCache(t, kinds, nil)
				var calls atomic.Int64
				old := c.start(t.Context(), loader(&calls, 2*time.Second, "old"))
				joined := c.start(t.Context(), loader(&calls, 2*time.Second, "old"))
				want := ""
				if set {
					want = "new"
					c.set(t, "k", want)
				} else if _, err := c.Delete(t.Context(), "k"); err != nil {
					t.Error(err)
				}
				c.want(t, "k", want)
				late := c.start(t.Context(), loader(&calls, time.Second, "newer"))
				time.Sleep(time.Minute / 2)
				synctest.Wait()
				check(t, string(old.v.B)+string(joined.v.B), "oldold")
				if !set {
					want = "newer"
				}
				check(t, string(late.v.B), want)
				c.want(t, "k", want)
				if c.mem != nil {
					c.mem.evict()
					if kinds != "m" {
						c.want(t, "k", want)
					}
				}
			})
		}
	}
}

// TestLoadWritesInside sets and deletes the key that is being loaded, in its loader.
func TestLoadWritesInside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		v, err := c.GetOrLoad(t.Context(), "k", func(ctx context.Context, key string) (item, error) {
			if _, err := c.Delete(ctx, key); err != nil {
				t.Error(err)
			}
			return it("loaded"), c.Set(ctx, key, it("set"))
		})
		check(t, err, nil)
		check(t, string(v.B), "loaded")
		c.want(t, "k", "set")
	})
}

// TestLoadRecursive asks for the key that is being loaded in its loader, also by way of
// another key and of another cache.
func TestLoadRecursive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, other := newCache(t, "mr", nil), newCache(t, "m", nil)
		start := time.Now()
		var direct Loader[string, item]
		direct = func(ctx context.Context, key string) (item, error) { return c.GetOrLoad(ctx, key, direct) }
		_, err := c.GetOrLoad(t.Context(), "k", direct)
		check(t, errors.Is(err, ErrRecursiveLoad), true)

		var around Loader[string, item]
		around = func(ctx context.Context, key string) (item, error) {
			ctx, cancel := context.WithCancel(ctx) // however deep
			defer cancel()
			switch key {
			case "a":
				return c.GetOrLoad(ctx, "b", around)
			case "b":
				return other.GetOrLoad(ctx, "x", around)
			}
			return c.GetOrLoad(ctx, "a", around)
		}
		_, err = c.GetOrLoad(t.Context(), "a", around)
		check(t, errors.Is(err, ErrRecursiveLoad), true)
		check(t, time.Since(start), 0)

		// What is no circle is none.
		v, err := c.GetOrLoad(t.Context(), "a", func(ctx context.Context, key string) (item, error) {
			return c.GetOrLoad(ctx, key+"+", func(context.Context, string) (item, error) { return it("inner"), nil })
		})
		check(t, err, nil)
		check(t, string(v.B), "inner")
	})
}

// TestLoadTiersDown loads when no tier answers, in whatever way.
func TestLoadTiersDown(t *testing.T) {
	for name, hook := range map[string]func(ctx context.Context, op string) error{
		"down":   func(context.Context, string) error { return errDown },
		"hangs":  func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() },
		"panics": func(context.Context, string) error { panic("engine") },
	} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, "rr", nil)
			for _, r := range c.remotes {
				r.hook(hook)
			}
			var calls atomic.Int64
			for i := range 3 {
				start := time.Now()
				v, err := c.GetOrLoad(t.Context(), "k", loader(&calls, time.Second, "v"))
				if err != nil || string(v.B) != "v" {
					t.Errorf("%s: %q, %v", name, v.B, err)
				}
				if d := time.Since(start); d > 2*time.Second {
					t.Errorf("%s: took %v", name, d)
				}
				check(t, figures(c), fmt.Sprintf("hits 0, misses %d, absent 0, loads %d, errors 0, joined 0", i+1, i+1))
			}
		})
	}
}

// TestLoadUnencodable loads what no tier can store: who loaded it has it, the others
// are told why they have not, and one line says so.
func TestLoadUnencodable(t *testing.T) {
	for _, value := range []string{badValue, panicValue} {
		synctest.Test(t, func(t *testing.T) {
			logs := &logBuffer{}
			c := newCache(t, "mr", func(c *config) { c.opts.Logger = logs.logger() })
			var calls atomic.Int64
			for range 3 {
				leader := c.start(t.Context(), loader(&calls, time.Millisecond, value))
				follower := c.start(t.Context(), loader(&calls, time.Millisecond, value))
				time.Sleep(time.Second / 10)
				synctest.Wait()
				check(t, string(leader.v.B), value)
				check(t, leader.err, nil)
				var p *PanicError
				if err := follower.err; !errors.Is(err, errEncode) && !errors.As(err, &p) {
					t.Errorf("a follower of a load of %q got %v", value, err)
				}
			}
			c.want(t, "k", "")
			if n := strings.Count(logs.String(), "not stored"); n != 1 {
				t.Errorf("%d lines:\n%s", n, logs)
			}
		})
	}
}

// TestLoadClose closes the cache during a load: those who wait get their value if the
// context of Close lets it come, and ErrClosed if not.
func TestLoadClose(t *testing.T) {
	for _, patience := range []time.Duration{time.Minute, time.Second} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, "mr", nil)
			var calls atomic.Int64
			load := loader(&calls, 5*time.Second, "v")
			a, b := c.start(t.Context(), load), c.start(t.Context(), load)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			go func() {
				time.Sleep(time.Second / 2)
				_, err := c.GetOrLoad(t.Context(), "k", load)
				check(t, err, ErrClosed)
			}()
			err := c.Close(ctx)
			synctest.Wait()
			if patience == time.Minute {
				check(t, err, nil)
				check(t, string(a.v.B)+string(b.v.B), "vv")
				return
			}
			check(t, err, context.DeadlineExceeded)
			check(t, a.err, ErrClosed)
			check(t, b.err, ErrClosed)
			check(t, a.after, time.Second)
		})
	}
}

// TestLoadAbsent passes a remembered absence on, to all who wait for it.
func TestLoadAbsent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "r", nil)
		check(t, c.Store(t.Context(), "k", Entry[item]{Status: Absent}), nil)
		c.remote.hook(func(context.Context, string) error { time.Sleep(time.Millisecond); return nil })
		var calls atomic.Int64
		a := c.start(t.Context(), loader(&calls, 0, "v"))
		b := c.start(t.Context(), loader(&calls, 0, "v"))
		time.Sleep(time.Second)
		synctest.Wait()
		check(t, a.err, ErrNotFound)
		check(t, b.err, ErrNotFound)
		check(t, figures(c), "hits 0, misses 0, absent 2, loads 0, errors 0, joined 0")
		v, ok, err := c.Get(t.Context(), "k")
		if ok || err != nil || v.B != nil {
			t.Errorf("Get: %q, %v, %v", v.B, ok, err)
		}
	})
}

// TestLoadEncodings loads many keys at once through one pool of operations: whoever
// follows gets the value of his own key. It is for the race detector, too.
func TestLoadEncodings(t *testing.T) {
	c := newCache(t, "mr", nil)
	done := make(chan error)
	const callers = 8
	for i := range callers {
		go func() {
			for n := range 200 {
				key := fmt.Sprint(n % 50)
				v, err := c.GetOrLoad(t.Context(), key, func(context.Context, string) (item, error) { return it("value " + key), nil })
				if err != nil || string(v.B) != "value "+key {
					done <- fmt.Errorf("%s: %q, %w", key, v.B, err)
					return
				}
				if i == 0 {
					if _, err := c.Delete(t.Context(), fmt.Sprint((n+25)%50)); err != nil {
						t.Error(err)
					}
				}
			}
			done <- nil
		}()
	}
	for range callers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
