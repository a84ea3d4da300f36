package hand

import (
	"testing"
	"time"

	"github.com/VictoriaMetrics/fastcache"
	"github.com/google/go-cmp/cmp"

	"github.com/cachegen/cachegen/bench/shop"
)

// TestRoundTrips holds the limit to doing the whole work.
func TestRoundTrips(t *testing.T) {
	small, product, blob := shop.NewSmall(7), shop.NewProduct(7), shop.NewBlob(4096)
	for _, decode := range []func(*shop.Small, []byte) error{DecodeSmall, DecodeSmallInside} {
		var s shop.Small
		if err := decode(&s, AppendSmall(nil, &small)); err != nil || s != small {
			t.Errorf("%+v, %v", s, err)
		}
	}
	for _, decode := range []func(*shop.Product, []byte) error{DecodeProduct, DecodeProductInside, DecodeProductEach} {
		var p shop.Product
		data := AppendProduct(nil, &product)
		if err := decode(&p, data); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(product, p); diff != "" {
			t.Error(diff)
		}
		for n := range data {
			var p shop.Product
			if decode(&p, data[:n]) == nil {
				t.Errorf("%d bytes of %d are taken for a product", n, len(data))
			}
		}
	}
	var b shop.Blob
	if err := DecodeBlob(&b, AppendBlob(nil, &blob)); err != nil || cmp.Diff(blob, b) != "" {
		t.Error(err)
	}
	copied := product
	CloneProduct(&copied)
	copied.Tags[0], copied.Attributes["material"], *copied.Parent = "", "", 0
	if diff := cmp.Diff(shop.NewProduct(7), product); diff != "" {
		t.Error(diff)
	}
}

// TestBlobs holds the limit to giving back what was stored, of any size.
func TestBlobs(t *testing.T) {
	for size, large := range map[int]bool{0: false, 64: false, 32 << 10: false, 64 << 10: true, 1 << 20: true} {
		m := &Memory{Cache: fastcache.New(64 << 20), TTL: time.Minute, Large: large}
		want := shop.NewBlob(size)
		m.SetBlob(1, &want)
		if got, ok := m.GetBlob(1); !ok || cmp.Diff(want, got) != "" {
			t.Errorf("of %d bytes came back %d, %v", size, len(got.Data), ok)
		}
		if _, ok := m.GetBlob(2); ok {
			t.Errorf("what was never stored is there, of %d bytes", size)
		}
		m.Cache.Reset()
	}
}
