package memory

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/VictoriaMetrics/fastcache"
	"github.com/google/go-cmp/cmp"
)

// room is enough for a fastcache to evict nothing in these tests: a big entry is
// cut into parts that fill one of its 512 buckets' chunks each.
const room = 256 << 20

// made makes a cache and closes it at the end of the test.
func made[C interface{ Close(context.Context) error }, Config any](t *testing.T, cfg Config, make func(Config) (C, error)) C {
	t.Helper()
	c, err := make(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeAll(t, c) })
	return c
}

// TestOneFastcache has four caches in one fastcache, three of them with keys that
// are spelled alike: each sees its own entries only, and closing one leaves the
// others theirs.
func TestOneFastcache(t *testing.T) {
	ctx := t.Context()
	store := fastcache.New(room)
	t.Cleanup(store.Reset)
	points := made(t, PointCacheConfig{Points: store}, NewPointCache)
	notes := made(t, NoteCacheConfig{Notes: store}, NewNoteCache)
	names := made(t, NamesCacheConfig{Names: store}, NewNamesCache)
	counts, err := NewCountCache(CountCacheConfig{Counts: store})
	if err != nil {
		t.Fatal(err)
	}
	const n = 100
	for i := range n {
		key := fmt.Sprint(i)
		for _, err := range []error{
			points.Set(ctx, uint32(i), Point{ID: uint32(i)}),
			notes.Set(ctx, key, Note{ID: key, Body: strings.Repeat("x", i*1500)}), // some are big
			names.Set(ctx, key, Names{key}),
			counts.Set(ctx, key, Count(i)),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	check := func(i int, key string) {
		t.Helper()
		point, ok, err := points.Get(ctx, uint32(i))
		if d := cmp.Diff(Point{ID: uint32(i)}, point); !ok || err != nil || d != "" {
			t.Error(i, ok, err, d)
		}
		note, ok, err := notes.Get(ctx, key)
		if !ok || err != nil || note.ID != key || len(note.Body) != i*1500 {
			t.Error(key, ok, err)
		}
		list, ok, err := names.Get(ctx, key)
		if d := cmp.Diff(Names{key}, list); !ok || err != nil || d != "" {
			t.Error(key, ok, err, d)
		}
	}
	for i := range n {
		key := fmt.Sprint(i)
		check(i, key)
		if v, ok, err := counts.Get(ctx, key); !ok || err != nil || v != Count(i) {
			t.Error(key, v, ok, err)
		}
	}
	for i := range n / 2 { // of one cache only
		if removed, err := counts.Delete(ctx, fmt.Sprint(i)); removed != 1 || err != nil {
			t.Error(i, removed, err)
		}
	}
	closeAll(t, counts)
	for i := range n {
		check(i, fmt.Sprint(i))
	}
}

// TestBig stores entries around the size from which on fastcache takes them apart,
// over each other in all orders: what is read is what was written last, whole.
func TestBig(t *testing.T) {
	ctx := t.Context()
	store := fastcache.New(room)
	t.Cleanup(store.Reset)
	c := made(t, NoteCacheConfig{Notes: store}, NewNoteCache)
	body := func(n int) string { return strings.Repeat(string(rune('a'+n%26)), n) }
	set := func(n int) {
		t.Helper()
		if err := c.Set(ctx, "n", Note{ID: "n", Body: body(n)}); err != nil {
			t.Fatal(err)
		}
	}
	get := func(n int) {
		t.Helper()
		v, ok, err := c.Get(ctx, "n")
		if !ok || err != nil || v.Body != body(n) {
			t.Fatalf("%d bytes, want %d: %v, %v", len(v.Body), n, ok, err)
		}
	}
	for n := 64<<10 - 80; n < 64<<10+8; n++ { // every size on either side of the limit
		set(n)
		get(n)
	}
	sizes := []int{0, 1, 64<<10 - 100, 64 << 10, 64<<10 + 1, 128<<10 + 7, 1 << 20}
	for _, first := range sizes {
		for _, second := range sizes {
			set(first)
			get(first)
			set(second)
			get(second)
		}
		if n, err := c.Delete(ctx, "n"); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		if _, ok, err := c.Get(ctx, "n"); ok || err != nil {
			t.Fatalf("%d bytes were deleted: %v, %v", first, ok, err)
		}
		if n, err := c.Delete(ctx, "n"); n != 0 || err != nil {
			t.Fatal(n, err)
		}
	}
}

// TestOneFastcacheTwice refuses one store for two tiers of a cache.
func TestOneFastcacheTwice(t *testing.T) {
	store := fastcache.New(room)
	t.Cleanup(store.Reset)
	_, err := NewTwice(TwiceConfig{Near: store, Far: store})
	if err == nil || !strings.Contains(err.Error(), "TwiceConfig.Near and .Far are one store") {
		t.Errorf("one store for two tiers: %v", err)
	}
	made(t, TwiceConfig{Near: store}, NewTwice)
	made(t, TwiceConfig{}, NewTwice)
}
