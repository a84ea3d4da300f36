package object

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cachegen/cachegen/runtime"
)

// TestBackend has a cache of values as a tier of another: as if it were written
// into it. Its raw keys are kept apart.
func TestBackend(t *testing.T) {
	ctx := t.Context()
	inner := open(t, ProductCacheConfig{}, NewProductCache)
	first := open(t, FrontedProductCacheConfig{Store: inner.Backend()}, NewFrontedProductCache)
	second := rich()
	second.ID, second.Name = 8, "table"
	if err := first.SetMany(ctx, map[int64]Product{7: rich(), 8: second}); err != nil {
		t.Fatal(err)
	}
	c := open(t, FrontedProductCacheConfig{Store: inner.Backend()}, NewFrontedProductCache)
	for _, want := range []string{"fronted.store", "fronted.near"} {
		for key, p := range map[int64]Product{7: rich(), 8: second} {
			e, err := c.Lookup(ctx, key)
			if d := cmp.Diff(p, e.Value, same); err != nil || e.Source != want || d != "" {
				t.Errorf("%d: %q, want %q: %v\n%s", key, e.Source, want, err, d)
			}
			spoil(&e.Value)
			if _, ok, err := c.Get(ctx, key); !ok || err != nil {
				t.Error(ok, err)
			}
		}
	}
	if n, err := c.Delete(ctx, 7); n != 2 || err != nil {
		t.Error(n, err)
	}
	if v, ok, err := c.Get(ctx, 8); !ok || err != nil || v.Name != "table" {
		t.Error(v.Name, ok, err)
	}
	if _, ok, _ := inner.Get(ctx, 0); ok {
		t.Error("a raw key is a typed one")
	}
}

// TestEnvelope moves an entry from one cache of values to another as bytes.
func TestEnvelope(t *testing.T) {
	ctx := t.Context()
	from, to := open(t, ProductCacheConfig{}, NewProductCache).Backend(), open(t, ProductCacheConfig{}, NewProductCache).Backend()
	typed := from.(runtime.Composed[Product])
	if err := typed.StoreRaw(ctx, []byte("k"), runtime.Entry[Product]{Value: rich(), Status: runtime.Hit}); err != nil {
		t.Fatal(err)
	}
	raw, ok, err := from.Read(ctx, []byte("k"))
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	if err := to.Write(ctx, []byte("k"), raw); err != nil {
		t.Fatal(err)
	}
	e, err := to.(runtime.Composed[Product]).LookupRaw(ctx, []byte("k"))
	if d := cmp.Diff(rich(), e.Value, same); err != nil || e.Status != runtime.Hit || d != "" {
		t.Error(e.Status, err, d)
	}
}
