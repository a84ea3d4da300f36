package object

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/maypok86/otter/v2"
)

// BenchmarkZipf compares hits among a hundred thousand keys, some of them hot.
func BenchmarkZipf(b *testing.B) {
	const n = 100000
	ctx := context.Background()
	bare := otter.Must(&otter.Options[int64, *Small]{MaximumSize: n})
	owned, shared := open(b, SmallCacheConfig{}, NewSmallCache), open(b, SharedSmallCacheConfig{}, NewSharedSmallCache)
	for key := range int64(n) {
		v := Small{ID: key, Name: "twelve bytes"}
		bare.Set(key, &v)
		if err := errors.Join(owned.Set(ctx, key, v), shared.Set(ctx, key, v)); err != nil {
			b.Fatal(err)
		}
	}
	zipf := rand.NewZipf(rand.New(rand.NewPCG(1, 2)), 1.01, 1, n-1)
	keys := make([]int64, 1<<18)
	for i := range keys {
		keys[i] = int64(zipf.Uint64())
	}
	for _, bench := range []struct {
		name string
		get  func(key int64) Small
	}{
		{"otter", func(key int64) (v Small) {
			if p, ok := bare.GetIfPresent(key); ok {
				v = *p
			}
			return v
		}},
		{"clone", func(key int64) Small { v, _, _ := owned.Get(ctx, key); return v }},
		{"readonly", func(key int64) Small { v, _, _ := shared.Get(ctx, key); return v }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			sum, i := int64(0), 0
			for b.Loop() {
				sum += bench.get(keys[i&(1<<18-1)]).ID
				i++
			}
			if i > 1000 && sum == 0 {
				b.Fatal("no hits")
			}
		})
	}
}

// BenchmarkHit compares a hit with a bare otter, and the copy with one by hand.
func BenchmarkHit(b *testing.B) {
	ctx := context.Background()
	small, product := Small{ID: 7, Name: "twelve bytes", Score: 1.5}, rich()
	product.ByRef = nil
	bare := otter.Must(&otter.Options[int64, *Small]{MaximumSize: 1000})
	bare.Set(7, &small)
	bareProduct := otter.Must(&otter.Options[int64, *Product]{MaximumSize: 1000})
	bareProduct.Set(7, &product)
	smalls, sharedSmalls := open(b, SmallCacheConfig{}, NewSmallCache), open(b, SharedSmallCacheConfig{}, NewSharedSmallCache)
	owned, shared := open(b, ProductCacheConfig{}, NewProductCache), open(b, SharedProductCacheConfig{}, NewSharedProductCache)
	for _, err := range []error{
		smalls.Set(ctx, 7, small), sharedSmalls.Set(ctx, 7, small), owned.Set(ctx, 7, product), shared.Set(ctx, 7, product),
	} {
		if err != nil {
			b.Fatal(err)
		}
	}
	for _, bench := range []struct {
		name string
		get  func() bool
	}{
		{"Small/otter", func() bool { v, ok := bare.GetIfPresent(7); s := *v; return ok && s.ID == 7 }},
		{"Small/clone", func() bool { v, ok, _ := smalls.Get(ctx, 7); return ok && v.ID == 7 }},
		{"Small/readonly", func() bool { v, ok, _ := sharedSmalls.Get(ctx, 7); return ok && v.ID == 7 }},
		{"Product/otter", func() bool { v, ok := bareProduct.GetIfPresent(7); p := *v; return ok && p.ID == 7 }},
		{"Product/readonly", func() bool { v, ok, _ := shared.Get(ctx, 7); return ok && v.ID == 7 }},
		{"Product/otter-by-hand", func() bool {
			v, ok := bareProduct.GetIfPresent(7)
			p := byHand(v)
			return ok && p.ID == 7
		}},
		{"Product/clone", func() bool { v, ok, _ := owned.Get(ctx, 7); return ok && v.ID == 7 }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !bench.get() {
					b.Fatal("no hit")
				}
			}
		})
	}
}

// byHand copies what BenchmarkHit stores as an expert would write it.
func byHand(v *Product) Product {
	p := *v
	p.Tags = slices.Clone(v.Tags)
	p.Lists = make([][]int, len(v.Lists))
	for i, l := range v.Lists {
		p.Lists[i] = slices.Clone(l)
	}
	p.Attrs = maps.Clone(v.Attrs)
	p.Groups = make(map[string][]Variant, len(v.Groups))
	for k, g := range v.Groups {
		p.Groups[k] = variants(g)
	}
	p.Maker.Sites = slices.Clone(v.Maker.Sites)
	p.Variants = variants(v.Variants)
	for i := range p.Pair {
		p.Pair[i].Sizes = slices.Clone(p.Pair[i].Sizes)
	}
	parent, chain, first, updated := *v.Parent, **v.Chain, *v.First, *v.Updated
	chain.Sites, first.Sizes = slices.Clone(chain.Sites), slices.Clone(first.Sizes)
	ref := &chain
	p.Parent, p.Chain, p.First, p.Updated = &parent, &ref, &first, &updated
	p.Anon.Notes, p.Blob, p.private = slices.Clone(v.Anon.Notes), slices.Clone(v.Blob), slices.Clone(v.private)
	return p
}

func variants(list []Variant) []Variant {
	list = slices.Clone(list)
	for i := range list {
		list[i].Sizes = slices.Clone(list[i].Sizes)
	}
	return list
}
