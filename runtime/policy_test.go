package runtime

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
)

type writePolicy = func(op *Op[string, item], res []Result, l1, l2 Part[string, item])

// TestWritePolicies plays the table of write policies, over two remote tiers.
func TestWritePolicies(t *testing.T) {
	errs := []error{errors.New("first"), errors.New("second")}
	optimistic, sequential := WriteOptimistic[string, item], WriteSequential[string, item]
	for name, tt := range map[string]struct {
		write      writePolicy
		fail       [2]bool
		want       []error // nil: no error
		first, two bool    // which tier has the value
	}{
		"optimistic":            {optimistic, [2]bool{}, nil, true, true},
		"optimistic, L1 fails":  {optimistic, [2]bool{true, false}, nil, false, true},
		"optimistic, L2 fails":  {optimistic, [2]bool{false, true}, nil, true, false},
		"optimistic, both fail": {optimistic, [2]bool{true, true}, errs, false, false},
		"sequential":            {sequential, [2]bool{}, nil, true, true},
		"sequential, L1 fails":  {sequential, [2]bool{true, false}, errs[:1], false, false},
		"sequential, L2 fails":  {sequential, [2]bool{false, true}, errs[1:], true, false},
		"sequential, both fail": {sequential, [2]bool{true, true}, errs[:1], false, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, "rr", func(c *config) { c.write = tt.write })
			for i, fail := range tt.fail {
				if fail {
					c.remotes[i].fail("k", errs[i])
				}
			}
			err := c.Set(t.Context(), "k", it("v"))
			check(t, err == nil, tt.want == nil)
			for _, want := range tt.want {
				if !errors.Is(err, want) {
					t.Errorf("%s: %v, want %v", name, err, want)
				}
			}
			var both *BothFailedError
			check(t, errors.As(err, &both), len(tt.want) == 2)
			_, first := c.remotes[0].get("k")
			_, second := c.remotes[1].get("k")
			if first != tt.first || second != tt.two {
				t.Errorf("%s: the tiers have it: %v, %v", name, first, second)
			}

			// In a batch, a key fails on its own.
			err = c.SetMany(t.Context(), map[string]item{"k": it("v"), "other": it("v")})
			check(t, err == nil, tt.want == nil)
			for i, r := range c.remotes {
				if _, ok := r.get("other"); !ok {
					t.Errorf("%s: tier %d lost another key of the batch", name, i)
				}
			}
		})
	}
}

// TestWriteSkips writes a refill through the policies: a part that is not to be written
// decides nothing.
func TestWriteSkips(t *testing.T) {
	for _, write := range []writePolicy{WriteOptimistic[string, item], WriteSequential[string, item]} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, "rrr", func(c *config) { c.write = write })
			c.set(t, "k", "v")
			for _, r := range c.remotes[:2] {
				delete(r.entries, textKey("k"))
			}
			e, err := c.Lookup(t.Context(), "k")
			check(t, err, nil)
			check(t, e.Source, "test.r2")
			c.remotes[2].down()
			check(t, c.Store(t.Context(), "k", e), nil)
			for _, r := range c.remotes[:2] {
				_, ok := r.get("k")
				check(t, ok, true)
			}
			delete(c.remotes[0].entries, textKey("k"))
			e, err = c.Lookup(t.Context(), "k")
			check(t, err, nil)
			check(t, e.Source, "test.r1")
			c.remotes[0].fail("k", errDown)
			if err := c.Store(t.Context(), "k", e); !errors.Is(err, errDown) {
				t.Errorf("Store: %v", err)
			}
		})
	}
}

// TestDelete plays the table of removes.
func TestDelete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mrr", nil)
		for _, tt := range []struct {
			fail    []int
			removed int
		}{{nil, 3}, {[]int{0}, 2}, {[]int{0, 1}, 1}} {
			c.set(t, "k", "v")
			for _, i := range tt.fail {
				c.remotes[i].fail("k", errDown)
			}
			n, err := c.Delete(t.Context(), "k")
			check(t, n, tt.removed)
			check(t, err, nil)
			n, err = c.Delete(t.Context(), "k")
			check(t, n, 0)
			check(t, err, nil)
			for _, r := range c.remotes {
				r.fail("k", nil)
			}
		}
	})
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "rr", nil)
		c.set(t, "k", "v")
		c.set(t, "other", "v")
		c.remotes[0].fail("k", errDown)
		c.remotes[1].down()
		n, err := c.Delete(t.Context(), "k")
		var both *BothFailedError
		check(t, n, 0)
		check(t, errors.As(err, &both), true)
		n, err = c.DeleteMany(t.Context(), []string{"k", "other", "none", "other"})
		check(t, n, 1)
		check(t, errors.As(err, &both), true)
		check(t, strings.Count(err.Error(), "both cache layers failed"), 1)
	})
}

// TestDeleteOrder removes from the farther tier first: whoever reads meanwhile finds the
// nearer copy, and has nothing to refill it from when that goes.
func TestDeleteOrder(t *testing.T) {
	c := newCache(t, "mr", nil)
	c.set(t, "k", "v")
	asked := false
	c.remote.hook(func(context.Context, string) error {
		asked = true
		check(t, c.mem.len(), 1)
		return nil
	})
	n, err := c.Delete(t.Context(), "k")
	check(t, n, 2)
	check(t, err, nil)
	check(t, asked, true)
}

// TestRead plays the table of sequential reads.
func TestRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "rr", nil)
		near, far := c.remotes[0], c.remotes[1]
		get := func(value string, want error) {
			t.Helper()
			v, ok, err := c.Get(t.Context(), "k")
			if string(v.B) != value || ok != (value != "") || !errors.Is(err, want) {
				t.Errorf("%q, %v, %v, want %q, %v", v.B, ok, err, value, want)
			}
		}
		get("", nil)
		near.down()
		get("", nil) // L2 says no
		far.down()
		get("", errDown)
		near.up()
		get("", errDown)
		far.up()
		c.set(t, "k", "v")
		reads := far.called("read")
		get("v", nil)
		check(t, far.called("read"), reads) // L2 is not asked
		near.down()
		get("v", nil)
		var tier *TierError
		far.down()
		_, _, err := c.Get(t.Context(), "k")
		check(t, errors.As(err, &tier), true)
		check(t, tier.Error(), "test.r1: read: server is down")
	})
}

// TestReadCancelled asks with a context that has ended: only memory answers then.
func TestReadCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := newCache(t, "mr", nil)
	c.set(t, "k", "v")
	v, ok, err := c.Get(ctx, "k")
	check(t, string(v.B), "v")
	check(t, ok, true)
	check(t, err, nil)
	c.mem.evict()
	_, _, err = c.Get(ctx, "k")
	check(t, err, context.Canceled)
	found, err := c.GetMany(ctx, []string{"k"})
	check(t, len(found), 0)
	check(t, err, context.Canceled)
	check(t, c.Set(ctx, "k", it("new")), context.Canceled)
	_, err = c.Delete(ctx, "k")
	check(t, err, context.Canceled)
	check(t, c.remote.called("read"), 0)
	check(t, len(c.remote.snapshot()), 1)
}
