package disk

import (
	"strings"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
)

// TestTooLarge: the limit of the tier holds for what is written and what is read.
func TestTooLarge(t *testing.T) {
	ctx := t.Context()
	db, _ := openDB(t, t.TempDir())
	c := open(t, PageCacheConfig{Disk: db, Options: quiet}, NewPageCache)
	big := page("/big")
	big.Body = make([]byte, 300<<10)
	if err := c.Set(ctx, "/big", big); err != nil {
		t.Errorf("memory has it: %v", err)
	}
	if n := len(storedKeys(t, db)); n != 0 {
		t.Errorf("%d entries in the database", n)
	}
	if err := c.Set(ctx, "/x", page("/x")); err != nil {
		t.Fatal(err)
	}
	for key := range storedKeys(t, db) {
		if err := db.Update(func(txn *badger.Txn) error { return txn.Set([]byte(key), make([]byte, 300<<10)) }); err != nil {
			t.Fatal(err)
		}
	}
	other := open(t, PageCacheConfig{Disk: db, Options: quiet}, NewPageCache)
	if _, ok, err := other.Get(ctx, "/x"); ok || err != nil {
		t.Error(ok, err)
	}
	if s := other.Stats().Tiers[1]; s.Rejected != 1 {
		t.Errorf("%+v", s)
	}
}

// TestLife: the database is told to drop an entry no later than in the second
// after its end, and the entry itself knows the end exactly.
func TestLife(t *testing.T) {
	ctx := t.Context()
	db, _ := openDB(t, t.TempDir())
	c := open(t, StoredPageCacheConfig{Disk: db}, NewStoredPageCache)
	if err := c.Set(ctx, "/for-ever", page("/for-ever")); err != nil {
		t.Fatal(err)
	}
	for key, item := range storedKeys(t, db) {
		if item.ExpiresAt() != 0 {
			t.Errorf("%s ends at %d", key, item.ExpiresAt())
		}
	}
	end := time.Now().Add(90 * time.Minute)
	e := runtime.Entry[Page]{Value: page("/x"), Status: runtime.Hit, StaleAt: end, ExpireAt: end}
	if err := c.Store(ctx, "/x", e); err != nil {
		t.Fatal(err)
	}
	for key, item := range storedKeys(t, db) {
		if !strings.HasSuffix(key, "/x") && !strings.HasSuffix(key, "x") {
			continue
		}
		if late := time.Unix(int64(item.ExpiresAt()), 0).Sub(end); late < 0 || late > time.Second+50*time.Millisecond {
			t.Errorf("the database drops %s %v after its end", key, late)
		}
	}
	// Less than a second: longer to the database, exact to a reader.
	now := &fixed{time.Now()}
	clocked := open(t, StoredPageCacheConfig{Disk: db, Options: runtime.Options{Clock: now}}, NewStoredPageCache)
	e.StaleAt = now.t.Add(300 * time.Millisecond)
	e.ExpireAt = e.StaleAt
	if err := clocked.Store(ctx, "/short", e); err != nil {
		t.Fatal(err)
	}
	if got, err := clocked.Lookup(ctx, "/short"); err != nil || got.Status != runtime.Hit {
		t.Error(got.Status, err)
	}
	now.t = e.ExpireAt
	if got, err := clocked.Lookup(ctx, "/short"); err != nil || got.Status != runtime.Miss {
		t.Errorf("%v at its end: %v", got.Status, err)
	}
}

// fixed is a clock that stands still.
type fixed struct{ t time.Time }

func (f *fixed) Now() time.Time { return f.t }

// TestThreeTiers goes through memory, Redis and the disk, and back.
func TestThreeTiers(t *testing.T) {
	ctx := t.Context()
	db, _ := openDB(t, t.TempDir())
	client := redistest.Shared(t).Client()
	cfg := FarPageCacheConfig{Redis: client, Disk: db}
	url := "/three/" + t.Name()
	first := open(t, cfg, NewFarPageCache)
	if err := first.Set(ctx, url, page(url)); err != nil {
		t.Fatal(err)
	}
	read := func(c *FarPageCache, want string) {
		t.Helper()
		e, err := c.Lookup(ctx, url)
		if d := cmp.Diff(page(url), e.Value); err != nil || e.Source != want || d != "" {
			t.Errorf("%s, want %s: %v\n%s", e.Source, want, err, d)
		}
	}
	read(first, "outer.inner.memory")
	second := open(t, cfg, NewFarPageCache)
	read(second, "outer.inner.redis")
	if err := client.FlushDB(ctx).Err(); err != nil {
		t.Fatal(err)
	}
	read(second, "outer.disk")
	e, err := second.Lookup(ctx, url)
	if err != nil || e.ReadMode != runtime.Refill {
		t.Fatal(e.ReadMode, err)
	}
	if err := second.Store(ctx, url, e); err != nil {
		t.Fatal(err)
	}
	read(second, "outer.inner.memory")
	third := open(t, cfg, NewFarPageCache)
	read(third, "outer.inner.redis")
	if n, err := second.Delete(ctx, url); n != 3 || err != nil {
		t.Errorf("%d copies removed, want 3: %v", n, err)
	}
}

// TestBehindValues has a tier of values in front of one with a format of its own.
func TestBehindValues(t *testing.T) {
	ctx := t.Context()
	db, _ := openDB(t, t.TempDir())
	first := open(t, NearPageCacheConfig{Disk: db}, NewNearPageCache)
	if err := first.Set(ctx, "/x", page("/x")); err != nil {
		t.Fatal(err)
	}
	c := open(t, NearPageCacheConfig{Disk: db}, NewNearPageCache)
	for _, want := range []string{"near.disk", "near.objects"} {
		e, err := c.Lookup(ctx, "/x")
		if d := cmp.Diff(page("/x"), e.Value); err != nil || e.Source != want || d != "" {
			t.Errorf("%s, want %s: %v\n%s", e.Source, want, err, d)
		}
		if v, ok, err := c.Get(ctx, "/x"); !ok || err != nil {
			t.Error(ok, err)
		} else {
			v.Body[0] = 'x'
		}
	}
	// As bytes, from either layer into another cache.
	db2, _ := openDB(t, t.TempDir())
	other := open(t, NearPageCacheConfig{Disk: db2}, NewNearPageCache)
	from, to := c.Backend(), other.Backend()
	if err := from.(runtime.Composed[Page]).StoreRaw(ctx, []byte("k"), runtime.Entry[Page]{Value: page("/x"), Status: runtime.Hit}); err != nil {
		t.Fatal(err)
	}
	raw, ok, err := from.Read(ctx, []byte("k")) // of the near layer
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	if err := to.Write(ctx, []byte("k"), raw); err != nil {
		t.Fatal(err)
	}
	e, err := to.(runtime.Composed[Page]).LookupRaw(ctx, []byte("k"))
	if d := cmp.Diff(page("/x"), e.Value); err != nil || e.Source != "near.objects" || d != "" {
		t.Error(e.Source, err, d)
	}
}
