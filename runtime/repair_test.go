package runtime

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// writesHang makes writes of the remote tier hang, whatever their context says, until
// they are released.
func (c *cache) writesHang() (release func()) {
	gate := make(chan struct{})
	c.remote.hook(func(_ context.Context, op string) error {
		if op == "write" {
			<-gate
		}
		return nil
	})
	return func() { c.remote.hook(nil); close(gate); synctest.Wait() }
}

// unmarked checks that nothing is marked any more and nobody repairs.
func (c *cache) unmarked(t *testing.T) {
	t.Helper()
	for i, l := range c.leaves {
		if r, ok := l.(*RemoteLeaf[string, item]); ok {
			none(t, &r.marks)
			if r.repairing.Load() {
				t.Errorf("tier %d is being repaired", i)
			}
		}
	}
}

// TestRepairLateWrite sets a key while the tier hangs: until the write has ended the
// tier is a miss, and then it has the new value.
func TestRepairLateWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		c.set(t, "k", "old")
		release := c.writesHang()
		c.set(t, "k", "new") // memory has it
		c.want(t, "k", "new")
		c.mem.evict()
		c.want(t, "k", "") // not the old one
		check(t, c.remote.called("read"), 0)
		release()
		c.want(t, "k", "new")
		c.unmarked(t)
	})
}

// TestRepairOvertakenWrite sets or deletes the key again before the write has ended:
// what that leaves behind is removed.
func TestRepairOvertakenWrite(t *testing.T) {
	for _, set := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, "mr", nil)
			c.set(t, "k", "old")
			release := c.writesHang()
			c.set(t, "k", "overtaken")
			want := ""
			if set {
				want = "new"
				c.set(t, "k", want)
			} else if n, err := c.Delete(t.Context(), "k"); n != 1 || err != nil {
				t.Errorf("Delete: %d, %v", n, err) // the copy in memory
			}
			c.want(t, "k", want)
			c.mem.evict()
			c.want(t, "k", "")
			release()
			c.want(t, "k", "")
			time.Sleep(2 * time.Second)
			synctest.Wait()
			_, ok := c.remote.get("k")
			check(t, ok, false)
			c.unmarked(t)
		})
	}
}

// TestRepairFailedWrite loses a write, in all the ways there are.
func TestRepairFailedWrite(t *testing.T) {
	for name, lose := range map[string]func(c *cache){
		"call":   func(c *cache) { c.remote.down() },
		"key":    func(c *cache) { c.remote.fail("k", errDown) },
		"panic":  func(c *cache) { c.remote.hook(func(context.Context, string) error { panic("oops") }) },
		"failed": func(c *cache) { c.remote.hookAfter(func(context.Context, string) error { return errDown }) }, // applied, and reported as failed
	} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, "mr", nil)
			c.set(t, "k", "old")
			lose(c)
			c.set(t, "k", "new")
			c.want(t, "k", "new")
			c.mem.evict()
			if v, ok, err := c.Get(t.Context(), "k"); ok || err != nil {
				t.Errorf("%s: %q, %v", name, v.B, err)
			}
			time.Sleep(10 * time.Minute) // it is tried again and again
			synctest.Wait()
			tries := c.remote.called("remove")
			check(t, tries > 500 && tries < 700, true)
			c.remote.hook(nil)
			c.remote.fail("k", nil)
			c.remote.hookAfter(nil)
			time.Sleep(2 * time.Second) // service resumes
			synctest.Wait()
			c.want(t, "k", "")
			c.unmarked(t)
			c.set(t, "k", "newer")
			c.mem.evict()
			c.want(t, "k", "newer")
		})
	}
}

// TestRepairDelete deletes many keys while the tier is down: none of them comes back.
func TestRepairDelete(t *testing.T) {
	const keys = 3 * repairBatch
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		var all []string
		for i := range keys {
			all = append(all, fmt.Sprint(i))
			c.set(t, all[i], "v")
		}
		c.remote.down()
		n, err := c.DeleteMany(t.Context(), all)
		check(t, n, keys)
		check(t, err, nil)
		c.remote.up()
		for _, key := range all {
			c.want(t, key, "")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		check(t, len(c.remote.snapshot()), 0)
		c.unmarked(t)
	})
}

// TestRepairWrittenAgain writes a marked key: it is known again, and its value stays.
func TestRepairWrittenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "r", nil)
		c.remote.fail("k", errDown)
		if err := c.Set(t.Context(), "k", it("lost")); !errors.Is(err, errDown) {
			t.Errorf("Set: %v", err)
		}
		c.remote.fail("k", nil)
		c.set(t, "k", "new")
		c.want(t, "k", "new")
		time.Sleep(time.Minute)
		synctest.Wait()
		c.want(t, "k", "new")
		c.unmarked(t)
	})
}

// TestRepairOver stores an entry that is over already: what it replaces is no answer.
func TestRepairOver(t *testing.T) {
	for _, kinds := range []string{"m", "r", "mr"} {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, kinds, nil)
			c.set(t, "k", "old")
			check(t, c.Store(t.Context(), "k", Entry[item]{Value: it("over"), Status: Hit, ExpireAt: time.Now()}), nil)
			c.want(t, "k", "")
			time.Sleep(2 * time.Second)
			c.want(t, "k", "")
			synctest.Wait()
			if c.remote != nil {
				check(t, len(c.remote.snapshot()), 0)
			}
			c.unmarked(t)
		})
	}
}

// TestRepairBlocked marks more keys than there is room for. Their stripes are misses as
// long as an entry can live, however Store has made it.
func TestRepairBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		now := time.Now()
		check(t, c.Store(t.Context(), "k", Entry[item]{Value: it("old"), Status: Hit, ExpireAt: now.Add(time.Hour)}), nil)
		l := c.leaf(1)
		for i := range maxMarks {
			l.marks.failed(markedKey{id: fmt.Sprint(i), text: fmt.Sprint(i), unix: l.core.unix})
		}
		c.remote.down()
		if _, err := c.Delete(t.Context(), "k"); err != nil {
			t.Error(err)
		}
		c.remote.up()
		time.Sleep(time.Hour - time.Minute)
		synctest.Wait()
		check(t, len(l.marks.keys), 0)
		c.want(t, "k", "")
		time.Sleep(time.Minute)
		c.want(t, "k", "")
		c.unmarked(t)
	})
}

// TestRepairEndsWithClose closes a cache whose tier stays down.
func TestRepairEndsWithClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		c.remote.down()
		c.set(t, "k", "v")
		time.Sleep(time.Minute)
		start := time.Now()
		check(t, c.Close(t.Context()), nil)
		check(t, time.Since(start), 0)
	})
}
