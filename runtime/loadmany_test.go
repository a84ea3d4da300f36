package runtime

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// source is a loader of many keys. It takes a second, knows the values "k of key",
// and notes what it is asked for.
type source struct {
	mu    sync.Mutex
	asked [][]string
	err   error
	lacks []string // has no value of these
	more  []string // comes with these unasked
}

func (s *source) load(ctx context.Context, keys []string) (map[string]item, error) {
	s.mu.Lock()
	s.asked = append(s.asked, slices.Clone(keys))
	s.mu.Unlock()
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	found := map[string]item{}
	for _, k := range append(keys, s.more...) {
		if !slices.Contains(s.lacks, k) {
			found[k] = it("v of " + k)
		}
	}
	return found, s.err
}

// manyResult is what GetOrLoadMany returned, and when.
type manyResult struct {
	found map[string]item
	err   error
	after time.Duration
}

func (c *cache) startMany(ctx context.Context, load ManyLoader[string, item], keys ...string) *manyResult {
	r := &manyResult{after: -1}
	began := time.Now()
	go func() {
		found, err := c.GetOrLoadMany(ctx, keys, load)
		r.found, r.err, r.after = found, err, time.Since(began)
	}()
	synctest.Wait()
	return r
}

// has checks that there are these keys and no others, each with its own value.
func (r *manyResult) has(t *testing.T, keys ...string) {
	t.Helper()
	check(t, len(r.found), len(keys))
	for _, k := range keys {
		check(t, string(r.found[k].B), "v of "+k)
	}
}

// TestMany asks each tier once and the loader for what is missing, and does not ask
// again for what it has said.
func TestMany(t *testing.T) {
	for _, kinds := range []string{"m", "mr", "r", "mrr"} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, kinds, fresh(func(s *Spec[string, item]) { s.Absent = time.Minute }))
			s := &source{lacks: []string{"gone"}, more: []string{"unasked", "2"}}
			c.set(t, "1", "v of 1")
			r := c.startMany(t.Context(), s.load, "1", "2", "gone", "2", "3", "1")
			pass(5 * time.Second)
			r.has(t, "1", "2", "3")
			check(t, r.err, nil)
			check(t, fmt.Sprint(s.asked), "[[2 gone 3]]")
			check(t, figures(c), "hits 1, misses 3, absent 0, loads 1, errors 0, joined 0")
			check(t, c.Stats().Extra, 1)
			for _, remote := range c.remotes {
				check(t, remote.called("read"), 1)
				check(t, remote.called("write"), 2) // one is that of Set
			}
			again := c.startMany(t.Context(), s.load, "1", "2", "gone", "3")
			again.has(t, "1", "2", "3")
			check(t, len(s.asked), 1)
			check(t, c.Stats().Absent, 1)
			c.want(t, "3", "v of 3")
			c.want(t, "unasked", "")
			none := c.startMany(t.Context(), s.load)
			check(t, none.found != nil && len(none.found) == 0, true)
			check(t, none.err, nil)
		})
	}
}

// TestManyOverlap joins what others are loading, one by one or in batches that wait
// for each other.
func TestManyOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		s := &source{}
		one := func(_ context.Context, key string) (item, error) {
			pass(2 * time.Second)
			return it("v of " + key), nil
		}
		single := make(chan result)
		go func() {
			v, err := c.GetOrLoad(t.Context(), "0", one)
			single <- result{v: v, err: err}
		}()
		synctest.Wait()
		a := c.startMany(t.Context(), s.load, "0", "1", "2")
		b := c.startMany(t.Context(), s.load, "3", "2", "1", "0")
		last := c.startMany(t.Context(), s.load, "3", "1")
		go func() {
			v, err := c.GetOrLoad(t.Context(), "3", one)
			single <- result{v: v, err: err}
		}()
		for range 2 {
			r := <-single
			check(t, r.err, nil)
		}
		synctest.Wait()
		a.has(t, "0", "1", "2")
		b.has(t, "0", "1", "2", "3")
		last.has(t, "1", "3")
		check(t, a.after, 2*time.Second)
		check(t, last.after, time.Second)
		check(t, fmt.Sprint(s.asked), "[[1 2] [3]]")
		check(t, figures(c), "hits 0, misses 4, absent 0, loads 3, errors 0, joined 7")
		a.found["1"].B[0] = 'x' // each has his own
		b.found["1"].B[0] = 'y'
		check(t, string(last.found["1"].B), "v of 1")
		c.want(t, "1", "v of 1")
		check(t, c.idle(), true)
	})
}

// TestManyFails returns what there is, with the errors of all loads, each once. What
// has failed is not taken for absent.
func TestManyFails(t *testing.T) {
	errOther := errors.New("other")
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", fresh(func(s *Spec[string, item]) { s.Absent = time.Minute }))
		other := &source{err: errOther, lacks: []string{"a", "b"}}
		c.startMany(t.Context(), other.load, "a", "b", "c")
		s := &source{err: errDown, lacks: []string{"1", "2"}}
		r := c.startMany(t.Context(), s.load, "a", "b", "c", "1", "2", "3")
		pass(5 * time.Second)
		r.has(t, "c", "3")
		check(t, r.err.Error(), "other\n"+errDown.Error())
		check(t, errors.Is(r.err, errDown) && errors.Is(r.err, errOther), true)
		check(t, c.Stats().LoadErrors, 2)
		c.want(t, "3", "v of 3")

		for _, tt := range []struct {
			err    error
			absent bool
		}{
			{ErrNotFound, true},
			{fmt.Errorf("db: %w", ErrNotFound), true},
			{errors.Join(ErrNotFound, errDown), false}, // of whom?
		} {
			s := &source{err: tt.err, lacks: []string{"1"}}
			r := c.startMany(t.Context(), s.load, "1", "4")
			pass(5 * time.Second)
			r.has(t, "4")
			check(t, r.err == nil, tt.absent)
			e, _ := c.Lookup(t.Context(), "1")
			check(t, e.Status == Absent, tt.absent)
			if _, err := c.DeleteMany(t.Context(), []string{"1", "4"}); err != nil {
				t.Error(err)
			}
		}
		whole := &source{err: errDown}
		r = c.startMany(t.Context(), whole.load, "1", "2")
		pass(5 * time.Second)
		r.has(t, "1", "2")
		check(t, r.err, errDown)
	})
}

// TestManyBreaks lets a loader panic, leave, hang and use its own cache.
func TestManyBreaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		c.set(t, "0", "v of 0")
		var p *PanicError
		var self ManyLoader[string, item]
		self = func(ctx context.Context, keys []string) (map[string]item, error) {
			found, err := c.GetOrLoadMany(ctx, append(keys, "0"), self)
			check(t, len(found), 1)
			_, one := c.GetOrLoad(ctx, keys[0], failing(errDown))
			check(t, errors.Is(one, ErrRecursiveLoad), true)
			if err := c.SetMany(ctx, map[string]item{"2": it("set")}); err != nil {
				t.Error(err)
			}
			return nil, err
		}
		for name, tt := range map[string]struct {
			load ManyLoader[string, item]
			is   func(error) bool
		}{
			"panics":     {func(context.Context, []string) (map[string]item, error) { panic("oops") }, func(err error) bool { return errors.As(err, &p) && strings.Contains(err.Error(), "oops") }},
			"exits":      {func(context.Context, []string) (map[string]item, error) { runtime.Goexit(); return nil, nil }, func(err error) bool { return errors.As(err, &p) && p.Value == nil }},
			"hangs":      {func(ctx context.Context, _ []string) (map[string]item, error) { <-ctx.Done(); return nil, ctx.Err() }, func(err error) bool { return errors.Is(err, ErrLoadTimeout) }},
			"recursive":  {self, func(err error) bool { return errors.Is(err, ErrRecursiveLoad) }},
			"wrong type": {func(ctx context.Context, _ []string) (map[string]item, error) { NoStoreOf(ctx, 1); return nil, nil }, func(err error) bool { return errors.As(err, &p) }},
		} {
			if _, err := c.DeleteMany(t.Context(), []string{"1", "2"}); err != nil {
				t.Error(err)
			}
			a, b := c.startMany(t.Context(), tt.load, "0", "1", "2"), c.startMany(t.Context(), tt.load, "2", "1")
			pass(time.Minute / 2)
			if a.has(t, "0"); !tt.is(a.err) {
				t.Errorf("%s: %v", name, a.err)
			}
			if name != "recursive" && !tt.is(b.err) {
				t.Errorf("%s: %v", name, b.err)
			}
			check(t, c.idle(), true)
			c.set(t, "0", "v of 0")
		}
	})
}

// TestManyLeaves ends the context of one who waits: he has what there was, and the
// load goes on for the others.
func TestManyLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		c.set(t, "0", "v of 0")
		s := &source{}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		leader := c.startMany(ctx, s.load, "0", "1", "2")
		rest := c.startMany(t.Context(), s.load, "1", "2")
		pass(5 * time.Second)
		leader.has(t, "0")
		check(t, leader.err, context.DeadlineExceeded)
		check(t, leader.after, time.Second/2)
		rest.has(t, "1", "2")
		check(t, len(s.asked), 1)
		c.want(t, "2", "v of 2")
	})
}

// TestManySuperseded writes one of the keys that are being loaded: the others are
// stored, and so is what was written.
func TestManySuperseded(t *testing.T) {
	for _, kinds := range []string{"m", "mr", "r"} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, kinds, nil)
			s := &source{}
			r := c.startMany(t.Context(), s.load, "1", "2", "3")
			c.set(t, "1", "set")
			if _, err := c.Delete(t.Context(), "3"); err != nil {
				t.Error(err)
			}
			pass(5 * time.Second)
			r.has(t, "1", "2", "3")
			c.want(t, "1", "set")
			c.want(t, "2", "v of 2")
			c.want(t, "3", "")
		})
	}
}

// TestManyTiersDown loads when no tier answers, and does so in bounded time.
func TestManyTiersDown(t *testing.T) {
	for name, hook := range map[string]func(ctx context.Context, op string) error{
		"down":  func(context.Context, string) error { return errDown },
		"hangs": func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() },
	} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, "rr", nil)
			for _, r := range c.remotes {
				r.hook(hook)
			}
			s := &source{}
			r := c.startMany(t.Context(), s.load, "1", "2")
			pass(2 * time.Second)
			r.has(t, "1", "2")
			if r.err != nil {
				t.Errorf("%s: %v", name, r.err)
			}
		})
	}
}

// TestManyStale has stale keys of a batch loaded again as the annotation says, and
// falls back on them.
func TestManyStale(t *testing.T) {
	for _, revalidate := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, "mr", fresh(func(s *Spec[string, item]) { s.Reload, s.Revalidate = !revalidate, revalidate }))
			s := &source{}
			for _, k := range []string{"1", "2"} {
				c.set(t, k, "old")
			}
			pass(90 * time.Second)
			c.set(t, "0", "v of 0")
			r := c.startMany(t.Context(), s.load, "0", "1", "2", "3")
			second := c.startMany(t.Context(), s.load, "2", "1")
			pass(5 * time.Second)
			if revalidate {
				r.has(t, "0", "1", "2", "3")
				second.has(t, "1", "2")
				check(t, fmt.Sprint(s.asked), "[[1 2 3]]")
			} else {
				check(t, string(r.found["1"].B)+string(second.found["2"].B), "oldold")
				check(t, second.after, 0)
				check(t, fmt.Sprint(s.asked) == "[[3] [1 2]]" || fmt.Sprint(s.asked) == "[[1 2] [3]]", true)
			}
			c.want(t, "1", "v of 1")
			check(t, c.idle(), true)
			pass(90 * time.Second)
			bad := &source{err: errDown, lacks: []string{"1", "2"}}
			r = c.startMany(t.Context(), bad.load, "1", "2")
			pass(5 * time.Second)
			r.has(t, "1", "2")
			check(t, r.err, nil)
		})
	}
}

// TestManyDecides decides about each key, and about one that cannot be stored.
func TestManyDecides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logs := &logBuffer{}
		c := newCache(t, "mr", func(c *config) { c.opts.Logger = logs.logger() })
		found, err := c.GetOrLoadMany(t.Context(), []string{"1", "2", "3", "4"}, func(ctx context.Context, _ []string) (map[string]item, error) {
			SetLifetime(ctx, time.Second, 0)
			SetLifetimeOf(ctx, "2", time.Hour, 0)
			NoStoreOf(ctx, "3")
			return map[string]item{"1": it("1"), "2": it("2"), "3": it("3"), "4": it(badValue)}, nil
		})
		check(t, err, nil)
		check(t, len(found), 4)
		c.want(t, "1", "1")
		c.want(t, "3", "")
		c.want(t, "4", "")
		pass(59 * time.Minute)
		c.want(t, "1", "")
		c.want(t, "2", "2")
		check(t, strings.Count(logs.String(), "not stored"), 1)
	})
}

// TestManyAgain looks again at a key that was loaded between its look-up and its load.
func TestManyAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		c.remote.hookAfter(func(_ context.Context, op string) error {
			if op == "read" {
				time.Sleep(time.Second / 10) // the answer is on its way
			}
			return nil
		})
		s := &source{}
		r := c.startMany(t.Context(), s.load, "1", "2")
		c.set(t, "1", "v of 1") // or somebody has loaded it
		pass(5 * time.Second)
		r.has(t, "1", "2")
		check(t, fmt.Sprint(s.asked), "[[2]]")
	})
}
