package runtime

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// tiersWith returns the tiers that have the key, by index.
func (c *cache) tiersWith(key string) (tiers []int) {
	bin, _ := binaryKey(nil, key)
	for i, l := range c.leaves {
		ok := false
		switch l := l.(type) {
		case *MemoryLeaf[string, item]:
			_, ok = l.engine.Load(nil, bin)
		case *RemoteLeaf[string, item]:
			_, ok = l.engine.(*fakeRemote).get(key)
		}
		if ok {
			tiers = append(tiers, i)
		}
	}
	return tiers
}

func TestLookup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		e, err := c.Lookup(t.Context(), "k")
		check(t, fmt.Sprintf("%+v", e), fmt.Sprintf("%+v", Entry[item]{}))
		check(t, err, nil)
		now := time.Now()
		c.set(t, "k", "v")
		for _, source := range []string{"test.m0", "test.r1"} {
			for _, status := range []Status{Hit, Stale} {
				e, err = c.Lookup(t.Context(), "k")
				check(t, err, nil)
				check(t, e.Source, source)
				check(t, string(e.Value.B), "v")
				check(t, e.Status, status)
				check(t, e.StaleAt.Equal(now.Add(time.Minute)), true)
				check(t, e.ExpireAt.Equal(now.Add(2*time.Minute)), true)
				check(t, e.ReadMode, map[string]ReadMode{"test.r1": Refill}[source])
				if status == Hit {
					time.Sleep(time.Minute)
				}
			}
			if source == "test.m0" {
				time.Sleep(time.Minute - 1)
				c.want(t, "k", "v")
				time.Sleep(time.Nanosecond)
				c.want(t, "k", "") // a miss from its expire instant on
				now = time.Now()
				c.set(t, "k", "v")
				c.mem.evict()
			}
		}
		check(t, c.mem.len(), 0) // a lookup writes nothing
		c.remote.down()
		_, err = c.Lookup(t.Context(), "k")
		check(t, errors.Is(err, errDown), true)
	})
}

// TestStoreRefill stores an answer in front of where it came from, and nowhere else.
func TestStoreRefill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mrr", nil)
		for source, tt := range map[string]struct {
			lose []int
			want []int
		}{
			"test.m0": {nil, []int{0, 1, 2}},
			"test.r1": {[]int{0}, []int{0, 1, 2}},
			"test.r2": {[]int{0, 1}, []int{0, 1, 2}},
		} {
			c.set(t, "k", "v")
			c.mem.evict()
			if len(tt.lose) == 0 {
				c.want(t, "k", "v")
			}
			if len(tt.lose) == 2 {
				delete(c.remote.entries, textKey("k"))
			}
			e, err := c.Lookup(t.Context(), "k")
			check(t, err, nil)
			check(t, e.Source, source)
			check(t, e.ReadMode == Refill, len(tt.lose) > 0)
			writes := c.remotes[1].called("write")
			e.ReadMode = Refill // of the first tier it is nothing
			check(t, c.Store(t.Context(), "k", e), nil)
			check(t, slices.Equal(c.tiersWith("k"), tt.want), true)
			check(t, c.remotes[1].called("write"), writes)
			again, err := c.Lookup(t.Context(), "k")
			check(t, err, nil)
			check(t, again.Source, "test.m0")
			check(t, again.ExpireAt.Equal(e.ExpireAt), true)
		}
	})
}

// TestStoreDirect stores everywhere, with the instants of the entry.
func TestStoreDirect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mrr", nil)
		at := time.Now().Add(time.Hour)
		for i, e := range []Entry[item]{
			{Value: it("v"), Status: Hit},
			{Value: it("v"), Status: Stale, StaleAt: at.Add(-time.Minute), ExpireAt: at},
			{Value: it("v"), Status: Hit, StaleAt: at.Add(time.Minute), ExpireAt: at}, // stale after it has expired
			{Value: it("v"), Status: Hit, StaleAt: at},
			{Status: Absent, ExpireAt: at},
			{Value: it("v"), Status: Hit, Source: "upstream", ExpireAt: at},
		} {
			key := fmt.Sprint(i)
			check(t, c.Store(t.Context(), key, e), nil)
			check(t, len(c.tiersWith(key)), 3)
			for range 2 {
				got, err := c.Lookup(t.Context(), key)
				check(t, err, nil)
				check(t, string(got.Value.B), string(e.Value.B))
				check(t, got.ExpireAt.Equal(e.ExpireAt), true)
				stale := e.StaleAt
				if stale.IsZero() || !e.ExpireAt.IsZero() && stale.After(e.ExpireAt) {
					stale = e.ExpireAt
				}
				check(t, got.StaleAt.Equal(stale), true)
				check(t, got.Status == Absent, e.Status == Absent)
				c.mem.evict()
			}
		}
	})
}

func TestStoreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		for name, e := range map[string]Entry[item]{
			"a miss":        {Value: it("v")},
			"from nowhere":  {Value: it("v"), Status: Hit, ReadMode: Refill},
			"from upstream": {Value: it("v"), Status: Hit, ReadMode: Refill, Source: "upstream"},
			"from another":  {Value: it("v"), Status: Hit, ReadMode: Refill, Source: "other.m0"},
			"unencodable":   {Value: it(badValue), Status: Hit},
			"panicking":     {Value: it(panicValue), Status: Hit},
		} {
			if err := c.Store(t.Context(), "k", e); err == nil {
				t.Errorf("%s: stored", name)
			}
		}
		check(t, len(c.tiersWith("k")), 0)
		c.want(t, "k", "")
	})
}

// TestCaps lets a tier keep entries for a shorter time than others.
func TestCaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", func(c *config) {
			c.leaf = func(l *Leaf) { l.TTL = map[int]time.Duration{0: 10 * time.Second, 1: 90 * time.Second}[l.Index] }
		})
		c.set(t, "k", "v")
		w, _ := c.remote.get("k")
		check(t, w.Life, 90*time.Second)
		time.Sleep(10 * time.Second)
		e, _ := c.Lookup(t.Context(), "k")
		check(t, e.Source, "test.r1")
		check(t, e.Status, Hit)
		time.Sleep(70 * time.Second)
		e, _ = c.Lookup(t.Context(), "k")
		check(t, e.Status, Stale)
		check(t, time.Until(e.ExpireAt), 10*time.Second)
		time.Sleep(10 * time.Second)
		c.want(t, "k", "")
	})
}

// TestBatches asks for, sets and deletes keys, some twice and some in vain.
func TestBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		ctx := t.Context()
		found, err := c.GetMany(ctx, nil)
		check(t, found != nil && len(found) == 0 && err == nil, true)
		check(t, c.SetMany(ctx, nil), nil)
		n, err := c.DeleteMany(ctx, nil)
		check(t, n, 0)
		check(t, err, nil)

		all := map[string]item{}
		for i := range 20 {
			all[fmt.Sprint(i)] = it(fmt.Sprint("value ", i))
		}
		check(t, c.SetMany(ctx, all), nil)
		check(t, c.remote.called("write"), 1) // one round trip
		c.mem.evict()
		c.want(t, "7", "value 7")
		keys := append(slices.Collect(maps.Keys(all)), "none", "3", "none")
		for round := range 2 { // the second finds all in memory but one
			reads := c.remote.called("read")
			found, err = c.GetMany(ctx, keys)
			check(t, err, nil)
			check(t, len(found), len(all))
			for key, v := range all {
				check(t, string(found[key].B), string(v.B))
			}
			check(t, c.remote.called("read"), reads+1)
			check(t, c.mem.len(), len(all))
			check(t, c.Stats().Misses, uint64(round)+1)
		}
		n, err = c.DeleteMany(ctx, keys)
		check(t, n, 2*len(all))
		check(t, err, nil)
		check(t, c.remote.called("remove"), 1)
		n, err = c.DeleteMany(ctx, keys)
		check(t, n, 0)
		check(t, err, nil)
	})
}

// TestBatchFails answers what can be answered, beside an error.
func TestBatchFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		c.set(t, "near", "v")
		c.set(t, "broken", "v")
		c.set(t, "far", "v")
		bin, _ := binaryKey(nil, "near")
		near := c.mem.entries[string(bin)]
		c.mem.evict()
		c.mem.Save(bin, near)
		c.remote.fail("broken", errDown)
		found, err := c.GetMany(t.Context(), []string{"broken", "far", "near", "none"})
		check(t, errors.Is(err, errDown), true)
		check(t, len(found), 2)
		check(t, string(found["near"].B)+string(found["far"].B), "vv")
		c.remote.down()
		found, err = c.GetMany(t.Context(), []string{"broken", "far", "near"})
		check(t, errors.Is(err, errDown), true)
		check(t, len(found), 2)
		found, err = c.GetMany(t.Context(), []string{"far", "near"})
		check(t, err, nil) // nothing is unanswered
		check(t, len(found), 2)
	})
}

// TestBatchUnencodable stores what can be stored. Each key has its own value, wherever
// among the others those lie that have none.
func TestBatchUnencodable(t *testing.T) {
	for _, kinds := range []string{"m", "mr"} {
		for bad := range 4 {
			synctest.Test(t, func(t *testing.T) {
				c := newCache(t, kinds, func(c *config) {
					c.spec.Formats = []Format[item]{format(1), format(2), format(3)}[:1+bad%3]
					c.leaf = func(l *Leaf) { l.Format = l.Index % len(c.spec.Formats) }
				})
				vs := map[string]item{}
				for i := range 12 {
					vs[fmt.Sprint(i)] = it(fmt.Sprint("value ", i))
				}
				for i := range bad {
					vs[fmt.Sprint(i)] = it([]string{badValue, panicValue}[i%2])
				}
				err := c.SetMany(t.Context(), vs)
				check(t, err != nil, bad > 0)
				if err != nil {
					check(t, strings.Count(err.Error(), "key "), bad)
				}
				for round := 0; round < len(kinds); round++ {
					for key, v := range vs {
						if slices.Contains([]string{badValue, panicValue}, string(v.B)) {
							c.want(t, key, "")
						} else {
							c.want(t, key, string(v.B))
						}
					}
					c.mem.evict()
				}
			})
		}
	}
	c := newCache(t, "mr", nil)
	err := c.SetMany(t.Context(), map[string]item{"k": it(badValue)})
	check(t, errors.Is(err, errEncode), true)
	check(t, errors.Is(c.Set(t.Context(), "k", it(badValue)), errEncode), true)
}

// TestPayloadFails asks again for an encoding that there is none of: the half of one that
// was made before is none.
func TestPayloadFails(t *testing.T) {
	c := newCache(t, "m", nil)
	for _, value := range []string{badValue, panicValue} {
		op, err := c.begin(t.Context(), "k")
		check(t, err, nil)
		op.set(&op.slots[0], it(value))
		for range 2 {
			data, err := op.payload(&op.slots[0], 0)
			check(t, data == nil, true)
			check(t, err != nil, true)
		}
		data, _ := op.core.encoded(&op.slots[0])
		check(t, data == nil, true)
		op.end()
	}
}

// TestBatchTwins sets and deletes keys that differ, and mean the same to the tiers. A
// writer must not wait for itself.
func TestBatchTwins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, kinds := range []string{"mr", "m", "r"} {
			c := newCache(t, kinds, func(c *config) {
				fold := func(key string) string { return strings.ToLower(key) }
				c.spec.BinaryKey = func(dst []byte, key string) ([]byte, error) { return binaryKey(dst, fold(key)) }
				c.spec.TextKey = func(dst []byte, key string) ([]byte, error) { return AppendKeyString(dst, fold(key)), nil }
			})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			check(t, c.SetMany(ctx, map[string]item{"k": it("v"), "K": it("v"), "other": it("o")}), nil)
			found, err := c.GetMany(ctx, []string{"k", "K", "Other"})
			check(t, err, nil)
			check(t, len(found), 3)
			check(t, string(found["K"].B)+string(found["k"].B)+string(found["Other"].B), "vvo")
			n, err := c.DeleteMany(ctx, []string{"K", "k"})
			check(t, n, len(kinds))
			check(t, err, nil)
		}
	})
}

// TestKeysFail passes the error of a key that cannot spell itself on.
func TestKeysFail(t *testing.T) {
	c := newCache(t, "mr", func(c *config) {
		c.spec.TextKey = func([]byte, string) ([]byte, error) { return nil, errEncode }
	})
	for name, err := range map[string]error{
		"Get":       second(c.GetMany(t.Context(), []string{"k"})),
		"Set":       c.Set(t.Context(), "k", it("v")),
		"SetMany":   c.SetMany(t.Context(), map[string]item{"k": it("v")}),
		"Delete":    second(c.Delete(t.Context(), "k")),
		"GetOrLoad": second(c.GetOrLoad(t.Context(), "k", nil)),
	} {
		if !errors.Is(err, errEncode) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
