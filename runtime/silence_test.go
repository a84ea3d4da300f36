package runtime

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// hung has calls of the engine last longer than anybody waits.
func hung(context.Context, string) error {
	time.Sleep(time.Minute)
	return errDown
}

// TestLoadSilent has the tier outside hang: a load costs its callers the timeout of the
// tier once, for reading, and not once more for writing. What the tier may hold is not
// trusted until it can be asked to remove it.
func TestLoadSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		c.set(t, "k", "old")
		c.mem.evict()
		c.remote.hook(hung)
		began := time.Now()
		v, err := c.GetOrLoad(t.Context(), "k", func(context.Context, string) (item, error) { return it("new"), nil })
		check(t, err, nil)
		check(t, string(v.B), "new")
		check(t, time.Since(began), c.leaf(1).Timeout)
		check(t, c.Stats().Tiers[1].WriteErrors, 1)
		c.want(t, "k", "new") // memory has it
		c.remote.up()
		time.Sleep(2 * time.Minute)
		c.settle(t)
		_, there := c.remote.get("k")
		check(t, there, false)
		c.mem.evict()
		c.set(t, "k", "newer")
		check(t, c.remote.called("write"), 2)
	})
}

// TestLoadHeard writes to a tier that has answered somebody since, and to one that
// has failed at once.
func TestLoadHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		for key, trouble := range map[string]func(context.Context, string) error{
			"hung": hung,
			"shut": func(context.Context, string) error { return errDown },
		} {
			c.remote.hook(trouble)
			_, err := c.GetOrLoad(t.Context(), key, func(context.Context, string) (item, error) {
				c.remote.up()
				if key == "hung" {
					_, _, _ = c.Get(t.Context(), "other")
				}
				return it("v"), nil
			})
			check(t, err, nil)
			_, there := c.remote.get(key)
			if !there {
				t.Errorf("%s: not written: %+v", key, c.Stats().Tiers[1])
			}
		}
		time.Sleep(2 * time.Minute) // for what hangs
	})
}

// TestLoadLapse has a tier fail to answer once, and a loader that takes its time: the tier
// is asked again.
func TestLoadLapse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		c.remote.hook(func(context.Context, string) error { time.Sleep(100 * time.Millisecond); return errDown })
		_, err := c.GetOrLoad(t.Context(), "k", func(context.Context, string) (item, error) {
			c.remote.up()
			time.Sleep(silent)
			return it("v"), nil
		})
		check(t, err, nil)
		_, there := c.remote.get("k")
		check(t, there, true)
	})
}

// TestRefillHeard has the nearer of two tiers fail to answer, and be well again: a refill is
// not what a load brings, and goes there.
func TestRefillHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mrr", nil)
		c.set(t, "k", "v")
		c.mem.evict()
		c.remote.hook(func(_ context.Context, op string) error {
			if op == "read" {
				time.Sleep(100 * time.Millisecond)
				return errDown
			}
			return nil
		})
		c.want(t, "k", "v")
		time.Sleep(time.Second)
		c.settle(t)
		check(t, c.remote.called("remove"), 0)
		check(t, c.Stats().Tiers[1].WriteErrors, 0)
		_, there := c.remote.get("k")
		check(t, there, true)
	})
}

// TestTooLargeOvertakes has a value that a tier does not take come after one that is still
// on its way there: that one is not trusted when it arrives.
func TestTooLargeOvertakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		release := make(chan struct{})
		c.remote.hook(func(_ context.Context, op string) error {
			if op == "write" {
				<-release
			}
			return nil
		})
		_ = c.Set(t.Context(), "k", it("old")) // is left behind
		check(t, c.Set(t.Context(), "k", item{make([]byte, 2<<20)}), nil)
		close(release)
		synctest.Wait()
		c.mem.evict()
		time.Sleep(time.Minute)
		c.settle(t)
		if v, ok, _ := c.Get(t.Context(), "k"); ok {
			t.Errorf("Get: %q, which is older than what was set", v.B)
		}
	})
}
