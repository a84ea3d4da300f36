package disk

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(redistest.Main(m))
}

// openDB opens the database in a directory. The function closes it, if the end of
// the test has not.
func openDB(t testing.TB, dir string) (*badger.DB, func()) {
	t.Helper()
	db, err := badger.Open(badger.DefaultOptions(dir).WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	shut := func() {
		if db.IsClosed() {
			return
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(shut)
	return db, shut
}

// open makes a cache and closes it at the end of the test.
func open[C interface{ Close(context.Context) error }, Config any](t testing.TB, cfg Config, make func(Config) (C, error)) C {
	t.Helper()
	c, err := make(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

var quiet = runtime.Options{Logger: slog.New(slog.DiscardHandler)}

func page(url string) Page {
	return Page{URL: url, Title: "a page", Body: []byte("body"), Links: []string{"/a", "/b"}, Fetched: time.Unix(1700000000, 0).UTC()}
}

func TestRequired(t *testing.T) {
	if _, err := NewPageCache(PageCacheConfig{}); err == nil || !strings.Contains(err.Error(), "Config.Disk") {
		t.Error(err)
	}
}

// TestRestart closes the database and opens it again: what was stored is there.
func TestRestart(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	db, shut := openDB(t, dir)
	first := open(t, PageCacheConfig{Disk: db}, NewPageCache)
	if err := first.SetMany(ctx, map[string]Page{"/x": page("/x"), "/y": page("/y")}); err != nil {
		t.Fatal(err)
	}
	shut()
	db, _ = openDB(t, dir)
	c := open(t, PageCacheConfig{Disk: db}, NewPageCache)
	for _, want := range []string{"pages.disk", "pages.memory"} {
		e, err := c.Lookup(ctx, "/x")
		if d := cmp.Diff(page("/x"), e.Value); err != nil || e.Source != want || e.Status != runtime.Hit || d != "" {
			t.Errorf("%s, %v, want %s: %v\n%s", e.Source, e.Status, want, err, d)
		}
		if _, ok, err := c.Get(ctx, "/x"); !ok || err != nil {
			t.Error(ok, err)
		}
	}
	all, err := c.GetMany(ctx, []string{"/x", "/y", "/z"})
	if d := cmp.Diff(map[string]Page{"/x": page("/x"), "/y": page("/y")}, all); err != nil || d != "" {
		t.Error(err, d)
	}
	for _, want := range []int{2, 0} {
		if n, err := c.Delete(ctx, "/x"); n != want || err != nil {
			t.Errorf("%d copies removed, want %d: %v", n, want, err)
		}
	}
	if n, err := c.DeleteMany(ctx, []string{"/y", "/z"}); n != 2 || err != nil {
		t.Errorf("%d copies removed, want 2: %v", n, err)
	}
}

// storedKeys returns the keys of a database with their entries.
func storedKeys(t *testing.T, db *badger.DB) map[string]*badger.Item {
	t.Helper()
	keys := map[string]*badger.Item{}
	err := db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.DefaultIteratorOptions)
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			item, err := txn.Get(it.Item().KeyCopy(nil))
			if err != nil {
				return err
			}
			keys[string(item.Key())] = item
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// TestCorrupt writes what is no entry, or not the key's, under a key: a miss.
func TestCorrupt(t *testing.T) {
	ctx := t.Context()
	db, _ := openDB(t, t.TempDir())
	c := open(t, StoredPageCacheConfig{Disk: db, Options: quiet}, NewStoredPageCache)
	if err := c.SetMany(ctx, map[string]Page{"/x": page("/x"), "/y": page("/y")}); err != nil {
		t.Fatal(err)
	}
	var x, y string
	for key := range storedKeys(t, db) {
		if strings.HasSuffix(key, "x") {
			x = key
		} else {
			y = key
		}
	}
	var good, other []byte
	if err := db.View(func(txn *badger.Txn) error {
		for key, to := range map[string]*[]byte{x: &good, y: &other} {
			item, err := txn.Get([]byte(key))
			if err != nil {
				return err
			}
			if *to, err = item.ValueCopy(nil); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(good)
	flipped[len(flipped)-1] ^= 1
	bad := map[string][]byte{
		"garbage": []byte("garbage"), "nothing": {}, "cut": good[:len(good)-1], "longer": append(bytes.Clone(good), 0),
		"flipped": flipped, "another key's": other,
	}
	for name, data := range bad {
		if err := db.Update(func(txn *badger.Txn) error { return txn.Set([]byte(x), data) }); err != nil {
			t.Fatal(err)
		}
		if v, ok, err := c.Get(ctx, "/x"); ok || err != nil {
			t.Errorf("%s: %+v, %v, %v", name, v, ok, err)
		}
	}
	if s := c.Stats().Tiers[0]; s.Rejected != uint64(len(bad)) || s.ReadErrors != 0 {
		t.Errorf("%+v", s)
	}
	if err := c.Set(ctx, "/x", page("/x")); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := c.Get(ctx, "/x"); !ok || err != nil {
		t.Error(ok, err)
	}
}

// TestClosedDatabase: a failed tier, and no panic.
func TestClosedDatabase(t *testing.T) {
	ctx := t.Context()
	db, shut := openDB(t, t.TempDir())
	c := open(t, StoredPageCacheConfig{Disk: db, Options: quiet}, NewStoredPageCache)
	fronted := open(t, NearPageCacheConfig{Disk: db, Options: quiet}, NewNearPageCache)
	shut()
	if _, ok, err := c.Get(ctx, "/x"); ok || err == nil {
		t.Error(ok, err)
	}
	if err := c.Set(ctx, "/x", page("/x")); err == nil {
		t.Error("Set into a closed database succeeded")
	}
	if _, err := c.Delete(ctx, "/x"); err == nil {
		t.Error("Delete from a closed database succeeded")
	}
	v, err := c.GetOrLoad(ctx, "/x", func(context.Context, string) (Page, error) { return page("/x"), nil })
	if d := cmp.Diff(page("/x"), v); err != nil || d != "" {
		t.Error(err, d)
	}
	if err := fronted.Set(ctx, "/x", page("/x")); err != nil {
		t.Errorf("one tier of two has it: %v", err)
	}
	if _, ok, err := fronted.Get(ctx, "/x"); !ok || err != nil {
		t.Error(ok, err)
	}
}
