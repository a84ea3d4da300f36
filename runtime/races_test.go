package runtime

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// The races that only caches of several tiers have. Each is played with the fence, and
// then without the part of it that prevents it, to see that it would happen.

// withoutGenerations makes answers forget when they were read.
func (c *cache) withoutGenerations() {
	read := c.spec.Read
	c.spec.Read = func(op *Op[string, item]) {
		read(op)
		for i := range op.slots {
			op.slots[i].gen = 0
		}
	}
}

// pausedRead starts a Get that stands still when the remote tier has answered it, and
// returns what lets it go on.
func (c *cache) pausedRead(t *testing.T) (resume func()) {
	t.Helper()
	gate, done := make(chan struct{}), make(chan struct{})
	first := true
	c.remote.after = func(_ context.Context, op string) error {
		if op == "read" && first {
			first = false
			<-gate
		}
		return nil
	}
	go func() {
		defer close(done)
		v, _, err := c.Get(context.Background(), "k")
		if err != nil || string(v.B) != "old" {
			t.Errorf("the paused Get: %q, %v", v.B, err)
		}
	}()
	synctest.Wait()
	return func() { close(gate); <-done }
}

// TestRaceRefillAfterDelete: a reader has the old value from the far tier, the key is
// deleted, the reader refills (R1).
func TestRaceRefillAfterDelete(t *testing.T) {
	for _, fenced := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, "mr", nil)
			if !fenced {
				c.withoutGenerations()
			}
			c.set(t, "k", "old")
			c.mem.evict()
			resume := c.pausedRead(t)
			n, err := c.Delete(t.Context(), "k")
			check(t, n, 1)
			check(t, err, nil)
			resume()
			c.want(t, "k", map[bool]string{true: "", false: "old"}[fenced])
		})
	}
}

// TestRaceReadDuringDelete: a reader comes when one tier has lost the key and the other
// has not yet (R2).
func TestRaceReadDuringDelete(t *testing.T) {
	for _, fenced := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, "mr", nil)
			c.set(t, "k", "old")
			reader := func(value string) {
				v, _, err := c.Get(context.Background(), "k")
				if err != nil || string(v.B) != value {
					t.Errorf("during Delete: %q, %v, want %q", v.B, err, value)
				}
			}
			c.remote.before = func(_ context.Context, op string) error {
				if op == "remove" {
					c.remote.hook(nil)
					c.mem.evict() // at the worst moment
					reader("old")
				}
				return nil
			}
			if fenced {
				c.remote.after = func(_ context.Context, op string) error {
					if op == "remove" {
						c.remote.hookAfter(nil)
						reader("")
					}
					return nil
				}
				_, err := c.Delete(t.Context(), "k")
				check(t, err, nil)
			} else { // near, then far, and in no turn
				op, _ := c.begin(t.Context(), "k")
				res := make([]Result, 1)
				c.leaves[0].Remove(op, res)
				c.leaves[1].Remove(op, res)
				op.end()
			}
			c.want(t, "k", map[bool]string{true: "", false: "old"}[fenced])
		})
	}
}

// TestRaceReadDuringSet: a reader comes while a new value is written. What it got from a
// tier that was still the old one is nowhere afterwards.
func TestRaceReadDuringSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		c.set(t, "k", "old")
		c.remote.before = func(_ context.Context, op string) error {
			if op == "write" {
				c.remote.hook(nil)
				c.mem.evict()
				v, _, _ := c.Get(context.Background(), "k")
				check(t, string(v.B), "old")
			}
			return nil
		}
		c.set(t, "k", "new")
		c.want(t, "k", "new")
		c.mem.evict()
		c.want(t, "k", "new")
	})
}

// TestRaceEviction: the old value that a reader has is stored after the new one, that a
// writer has stored meanwhile, was evicted (R20). No trace of the writer is in the store.
func TestRaceEviction(t *testing.T) {
	for _, fenced := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, "mr", nil)
			if !fenced {
				c.withoutGenerations()
			}
			c.set(t, "k", "old")
			c.mem.evict()
			resume := c.pausedRead(t)
			c.set(t, "k", "new")
			c.mem.evict()
			resume()
			c.want(t, "k", map[bool]string{true: "new", false: "old"}[fenced])
		})
	}
}

// TestRaceJoinOld: who comes after a Delete must not join a load from before it (R13).
func TestRaceJoinOld(t *testing.T) {
	for _, fenced := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, "mr", nil)
			source := "old"
			load := func(context.Context, string) (item, error) {
				v := source
				time.Sleep(time.Second)
				return it(v), nil
			}
			c.start(t.Context(), load)
			bin, _ := binaryKey(nil, "k")
			st := c.fence.stripe(c.fence.index(bin))
			before := flightOf(st, bin)
			source = "new"
			if _, err := c.Delete(t.Context(), "k"); err != nil {
				t.Error(err)
			}
			if !fenced {
				st.hold(string(bin)).flight = before
			}
			v, err := c.GetOrLoad(t.Context(), "k", load)
			check(t, err, nil)
			want := map[bool]string{true: "new", false: "old"}[fenced]
			check(t, string(v.B), want)
			c.want(t, "k", want)
		})
	}
}

// TestRaceLookupThenStore: a caller refills what it looked up before something newer.
func TestRaceLookupThenStore(t *testing.T) {
	for _, kinds := range []string{"mr", "mm", "rr"} {
		for _, fenced := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				c := newCache(t, kinds, nil)
				c.set(t, "k", "old")
				if c.mem != nil {
					c.mem.evict()
				} else {
					delete(c.remote.entries, textKey("k"))
				}
				e, err := c.Lookup(t.Context(), "k")
				check(t, err, nil)
				check(t, e.ReadMode, Refill)
				if !fenced {
					e.gen = 0
				}
				if _, err := c.Delete(t.Context(), "k"); err != nil {
					t.Error(err)
				}
				check(t, c.Store(t.Context(), "k", e), nil)
				c.want(t, "k", map[bool]string{true: "", false: "old"}[fenced])
			})
		}
	}
}

// TestRaceLife: a copy lives as long as its origin, not as long as a new entry (R15).
func TestRaceLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mrr", nil)
		origin := c.remotes[1]
		c.set(t, "k", "v") // for two minutes
		time.Sleep(110 * time.Second)
		c.mem.evict()
		delete(c.remote.entries, textKey("k"))
		c.want(t, "k", "v")
		c.settle(t)
		far, _ := origin.get("k")
		near, ok := c.remote.get("k")
		check(t, ok, true)
		check(t, near.Raw.ExpireAt.Equal(far.Raw.ExpireAt), true)
		check(t, near.Raw.StaleAt.Equal(far.Raw.StaleAt), true)
		check(t, near.Life, 10*time.Second)
		for _, e := range c.mem.entries {
			check(t, c.Time.time(e.Expire).Equal(far.Raw.ExpireAt), true)
		}
		clear(origin.entries)
		time.Sleep(10*time.Second - 1)
		c.want(t, "k", "v")
		time.Sleep(time.Nanosecond)
		c.want(t, "k", "")
	})
}

// TestRaceCloseDuringRefill: memory is given back when nobody writes it any more (R19).
func TestRaceCloseDuringRefill(t *testing.T) {
	for _, patience := range []time.Duration{time.Minute, time.Millisecond} {
		for _, shared := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				offload := NewOffload(OffloadOptions{Workers: 1})
				c := newCache(t, "mrr", func(conf *config) {
					if shared {
						conf.opts.Offload = offload
					}
				})
				for _, key := range []string{"running", "waiting"} {
					c.set(t, key, "v")
				}
				c.mem.evict()
				clear(c.remote.entries)
				var cancelled atomic.Bool
				c.remote.before = func(ctx context.Context, op string) error {
					if op != "write" {
						return nil
					}
					select {
					case <-time.After(100 * time.Millisecond):
					case <-ctx.Done():
						cancelled.Store(true)
						return ctx.Err()
					}
					check(t, c.mem.closed, false)
					return nil
				}
				c.want(t, "running", "v")
				c.want(t, "waiting", "v")
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				err := c.Close(ctx)
				synctest.Wait()
				check(t, c.mem.closed, true)
				if patience == time.Minute {
					check(t, err, nil)
					check(t, cancelled.Load(), false)
					check(t, len(c.remote.entries), 2)
				} else {
					check(t, err, context.DeadlineExceeded)
					check(t, cancelled.Load(), true)
					check(t, len(c.remote.entries), 0)
				}
				check(t, offload.Close(t.Context()), nil)
			})
		}
	}
}
