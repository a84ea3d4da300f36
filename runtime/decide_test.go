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

// TestConcurrency loads one key as often at once as is allowed, whatever becomes of
// the loads, and gives everybody the first result.
func TestConcurrency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", fresh(func(s *Spec[string, item]) { s.Concurrency = 3 }))
		var n, at, most atomic.Int64
		load := func(context.Context, string) (item, error) {
			i := n.Add(1)
			most.Store(max(most.Load(), at.Add(1)))
			defer at.Add(-1)
			time.Sleep(time.Duration(4-i%4) * time.Second)
			if i%5 == 0 {
				return item{}, errDown
			}
			return it(fmt.Sprint("v", i)), nil
		}
		var results []*result
		for range 10 {
			results = append(results, c.start(t.Context(), load))
		}
		check(t, n.Load(), 3)
		pass(time.Minute / 2)
		for _, r := range results {
			check(t, string(r.v.B), "v3")
			check(t, r.after, time.Second)
		}
		check(t, c.idle(), true)
		for range 200 {
			go func() { _, _ = c.GetOrLoad(t.Context(), "k", load) }()
			pass(time.Second / 10)
			c.mem.evict()
			c.remote.forget()
		}
		pass(time.Minute / 2)
		check(t, most.Load(), 3)
		check(t, c.idle(), true)
	})
}

// TestDecides has the loader decide how long a value lives, and whether it is stored.
func TestDecides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", fresh(func(s *Spec[string, item]) { s.Absent, s.Jitter = time.Minute, 0.5 }))
		lives := func(decide func(ctx context.Context), err error) time.Duration {
			t.Helper()
			c.mem.evict()
			c.remote.forget()
			v, got := c.GetOrLoad(t.Context(), "k", func(ctx context.Context, _ string) (item, error) {
				decide(context.WithValue(ctx, traceKey{}, (*trace)(nil))) // one made from it will do
				return it("v"), err
			})
			check(t, got, err)
			check(t, err != nil || string(v.B) == "v", true)
			e, _ := c.Lookup(t.Context(), "k")
			switch {
			case e.Status == Miss:
				return 0
			case e.ExpireAt.IsZero():
				return -1
			case err == nil:
				check(t, e.ExpireAt.Sub(e.StaleAt), 2*time.Second)
			}
			return time.Until(e.ExpireAt)
		}
		check(t, lives(func(ctx context.Context) { SetLifetime(ctx, time.Second, 2*time.Second) }, nil), 3*time.Second)
		check(t, lives(func(ctx context.Context) { SetLifetimeOf(ctx, "k", 3*time.Second, 2*time.Second) }, nil), 5*time.Second)
		check(t, lives(func(ctx context.Context) { SetLifetime(ctx, -time.Second, 2*time.Second) }, nil), 2*time.Second)
		check(t, lives(func(ctx context.Context) { SetLifetime(ctx, 1<<63-1, 1<<63-1) }, nil), -1)
		check(t, lives(func(ctx context.Context) { SetLifetime(ctx, 0, -time.Second) }, nil), 0)
		check(t, lives(NoStore, nil), 0)
		check(t, lives(NoStore, ErrNotFound), 0)
		check(t, lives(func(context.Context) {}, ErrNotFound), time.Minute)
		check(t, lives(func(ctx context.Context) { NoStore(ctx); SetLifetime(ctx, time.Second, 2*time.Second) }, nil), 3*time.Second)
		SetLifetime(t.Context(), time.Second, 0) // no loader: nothing happens

		_, err := c.GetOrLoad(t.Context(), "x", func(ctx context.Context, _ string) (item, error) {
			NoStoreOf(ctx, 5)
			return item{}, nil
		})
		if err == nil || !strings.Contains(err.Error(), "a key of type int, and loads by string") {
			t.Error(err)
		}
	})
}

// TestNoStoreReplaces removes what is not to be served any more.
func TestNoStoreReplaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", fresh(func(s *Spec[string, item]) { s.Revalidate = true }))
		c.set(t, "k", "old")
		pass(90 * time.Second)
		never := func(ctx context.Context, _ string) (item, error) {
			time.Sleep(time.Second)
			NoStore(ctx)
			return it("new"), nil
		}
		a, b := c.start(t.Context(), never), c.start(t.Context(), never)
		pass(2 * time.Second)
		check(t, string(a.v.B)+string(b.v.B), "newnew")
		c.want(t, "k", "")
		check(t, len(c.remote.snapshot()), 0)
	})
}

// TestRecursiveLate: a loader that has returned is no loader any more.
func TestRecursiveLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		var kept context.Context
		c.load(t, func(ctx context.Context, key string) (item, error) {
			kept = ctx
			if _, err := c.Delete(ctx, key); err != nil {
				t.Error(err)
			}
			_, err := c.GetOrLoad(ctx, key, failing(errDown)) // has no flight any more, and is a circle all the same
			check(t, errors.Is(err, ErrRecursiveLoad), true)
			_, _, err = c.Get(ctx, key)
			check(t, err, nil)
			return it("v"), nil
		}, "v")
		if _, err := c.Delete(t.Context(), "k"); err != nil {
			t.Error(err)
		}
		v, err := c.GetOrLoad(context.WithoutCancel(kept), "k", func(context.Context, string) (item, error) { return it("w"), nil })
		check(t, string(v.B), "w")
		check(t, err, nil)
	})
}
