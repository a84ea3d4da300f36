package object

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/VictoriaMetrics/fastcache"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/runtime"
)

// clock is set by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newClock() *clock { return &clock{now: time.Unix(1700000000, 0)} }

func TestLife(t *testing.T) {
	ctx := t.Context()
	clock := newClock()
	c := open(t, ProductCacheConfig{Options: runtime.Options{Clock: clock}}, NewProductCache)
	if err := c.Set(ctx, 7, rich()); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		pass time.Duration
		want runtime.Status
	}{
		{10*time.Minute - 1, runtime.Hit}, {1, runtime.Stale}, {time.Minute - 1, runtime.Stale}, {1, runtime.Miss},
	} {
		clock.pass(step.pass)
		e, err := c.Lookup(ctx, 7)
		if err != nil || e.Status != step.want {
			t.Errorf("%v after %v more, want %v: %v", e.Status, step.pass, step.want, err)
		}
		if _, ok, _ := c.Get(ctx, 7); ok != (step.want != runtime.Miss) {
			t.Errorf("Get is %v where Lookup is a %v", ok, step.want)
		}
	}
	if n, err := c.Delete(ctx, 7); n != 0 || err != nil {
		t.Errorf("%d expired copies were removed: %v", n, err)
	}
}

func TestCap(t *testing.T) {
	ctx := t.Context()
	clock, store := newClock(), fakebackend.New("store")
	c := open(t, FrontedProductCacheConfig{Store: store, Options: runtime.Options{Clock: clock}}, NewFrontedProductCache)
	if err := c.Set(ctx, 7, rich()); err != nil {
		t.Fatal(err)
	}
	source := func(want string) {
		t.Helper()
		if e, err := c.Lookup(ctx, 7); err != nil || e.Source != want {
			t.Errorf("%q has the answer, want %q: %v", e.Source, want, err)
		}
	}
	source("fronted.near")
	clock.pass(time.Minute)
	source("fronted.store")
	if _, ok, err := c.Get(ctx, 7); !ok || err != nil {
		t.Fatal(ok, err)
	}
	source("fronted.near")
	for _, want := range []int{2, 0} {
		if n, err := c.Delete(ctx, 7); n != want || err != nil {
			t.Errorf("%d copies removed, want %d: %v", n, want, err)
		}
	}
}

func TestAbsence(t *testing.T) {
	ctx := t.Context()
	c := open(t, ProductCacheConfig{}, NewProductCache)
	if err := c.Set(ctx, 7, rich()); err != nil {
		t.Fatal(err)
	}
	if err := c.Store(ctx, 7, runtime.Entry[Product]{Status: runtime.Absent}); err != nil {
		t.Fatal(err)
	}
	e, err := c.Lookup(ctx, 7)
	if d := cmp.Diff(Product{}, e.Value, same); e.Status != runtime.Absent || e.Source != "products" || err != nil || d != "" {
		t.Error(e.Status, e.Source, err, d)
	}
	if _, ok, err := c.Get(ctx, 7); ok || err != nil {
		t.Error(ok, err)
	}
	_, err = c.GetOrLoad(ctx, 7, func(context.Context, int64) (Product, error) { panic("not called") })
	if !errors.Is(err, runtime.ErrNotFound) {
		t.Error(err)
	}
	if n, _ := c.Delete(ctx, 7); n != 1 {
		t.Errorf("%d copies of an absence", n)
	}
}

// TestDeep refills three tiers of two kinds from behind, and one from another.
func TestDeep(t *testing.T) {
	ctx := t.Context()
	bytes, store := fastcache.New(32<<20), fakebackend.New("store")
	t.Cleanup(bytes.Reset)
	first := open(t, DeepProductCacheConfig{Bytes: bytes, Store: store}, NewDeepProductCache)
	if err := first.Set(ctx, 7, rich()); err != nil {
		t.Fatal(err)
	}
	bytes.Reset()
	c := open(t, DeepProductCacheConfig{Bytes: bytes, Store: store}, NewDeepProductCache)
	read := func(want string) {
		t.Helper()
		e, err := c.Lookup(ctx, 7)
		if err != nil || e.Source != want {
			t.Errorf("%q has the answer, want %q: %v", e.Source, want, err)
		}
		v, ok, err := c.Get(ctx, 7)
		if d := cmp.Diff(rich(), v, same); !ok || err != nil || d != "" {
			t.Error(ok, err, d)
		}
	}
	read("deep.store")
	read("deep.three.both.bytes")
	bytes.Reset()
	read("deep.three.both.objects")
	read("deep.three.both.bytes")
	if n, err := c.Delete(ctx, 7); n != 4 || err != nil {
		t.Errorf("%d copies removed, want 4: %v", n, err)
	}
}

func TestStats(t *testing.T) {
	ctx := t.Context()
	c := open(t, SharedProductCacheConfig{}, NewSharedProductCache)
	if err := c.Set(ctx, 7, rich()); err != nil {
		t.Fatal(err)
	}
	_, _, _ = c.Get(ctx, 7)
	_, _, _ = c.Get(ctx, 8)
	_, _ = c.Delete(ctx, 7)
	want := runtime.Stats{Hits: 1, Misses: 1, Tiers: []runtime.TierStats{{
		Path: "shared", Engine: "otter", Reads: 2, Hits: 1, Misses: 1, Writes: 1, Removes: 1,
	}}}
	if d := cmp.Diff(want, c.Stats(), cmpopts.IgnoreTypes(runtime.TierTimes{})); d != "" {
		t.Error(d)
	}
	if s := c.String(); s != "shared:otter+readonly" {
		t.Error(s)
	}
}

func TestClosed(t *testing.T) {
	ctx := t.Context()
	c, err := NewSmallCache(SmallCacheConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Set(ctx, 1, Small{}); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := c.Get(ctx, 1); ok || !errors.Is(err, runtime.ErrClosed) {
		t.Error(ok, err)
	}
}
