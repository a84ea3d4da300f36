package object

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/race"
	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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

func ptr[T any](v T) *T { return &v }

// rich returns a value with something in every field, all of it new.
func rich() Product {
	return Product{
		ID: 7, Name: "chair", Tags: []string{"a", "b"}, Lists: [][]int{{1, 2}, nil, {}},
		Attrs:    map[string]string{"color": "red"},
		Groups:   map[string][]Variant{"x": {{SKU: "1", Sizes: []int{1}}}, "nil": nil, "empty": {}},
		ByRef:    map[*int]string{ptr(1): "one"},
		Maker:    Maker{Name: "m", Sites: []string{"s"}},
		Variants: []Variant{{SKU: "2", Sizes: []int{2, 3}}},
		Pair:     [2]Variant{{Sizes: []int{4}}, {Sizes: []int{}}},
		Parent:   ptr(int64(9)), Chain: ptr(&Maker{Sites: []string{"t"}}), First: &Variant{Sizes: []int{5}},
		Created: time.Unix(1, 2).UTC(), Updated: ptr(time.Unix(3, 4).UTC()),
		Anon: struct{ Notes []string }{[]string{"n"}}, Blob: []byte{1, 2}, private: []int{6},
	}
}

// spoil changes everything that a value reaches.
func spoil(p *Product) {
	p.Tags[0], p.Lists[0][0], p.Lists[1] = "spoilt", -1, []int{-1}
	p.Attrs["color"], p.Attrs["more"] = "spoilt", "x"
	p.Groups["x"][0].Sizes[0], p.Groups["x"][0].SKU = -1, "spoilt"
	delete(p.Groups, "nil")
	for k := range p.ByRef {
		*k = -1
	}
	p.Maker.Sites[0], p.Variants[0].SKU, p.Variants[0].Sizes[1] = "spoilt", "spoilt", -1
	p.Pair[0].Sizes[0], *p.Parent, (*p.Chain).Sites[0] = -1, -1, "spoilt"
	*p.Chain, p.First.Sizes[0] = nil, -1
	*p.Updated, p.Anon.Notes[0], p.Blob[0], p.private[0] = time.Time{}, "spoilt", 0xff, -1
}

var same = cmp.Options{
	cmp.AllowUnexported(Product{}),
	// Keys that are pointers are compared by what they point to.
	cmp.Transformer("ByRef", func(m map[*int]string) map[int]string {
		flat := map[int]string{}
		for k, v := range m {
			flat[*k] = v
		}
		return flat
	}),
}

// TestCallersOwnWhatTheyGet spoils what goes in and what comes out, and the cache
// notices nothing of it, wherever the value lies.
func TestCallersOwnWhatTheyGet(t *testing.T) {
	ctx := t.Context()
	c := open(t, ProductCacheConfig{}, NewProductCache)
	load := func(context.Context, int64) (Product, error) { panic("not called") }
	v := rich()
	if err := c.Set(ctx, 7, v); err != nil {
		t.Fatal(err)
	}
	spoil(&v)
	for _, read := range []struct {
		name string
		get  func() (Product, error)
	}{
		{"Get", func() (Product, error) { v, _, err := c.Get(ctx, 7); return v, err }},
		{"GetOrLoad", func() (Product, error) { return c.GetOrLoad(ctx, 7, load) }},
		{"GetMany", func() (Product, error) { m, err := c.GetMany(ctx, []int64{7, 8}); return m[7], err }},
		{"Lookup", func() (Product, error) { e, err := c.Lookup(ctx, 7); return e.Value, err }},
	} {
		for range 2 {
			got, err := read.get()
			if err != nil {
				t.Fatal(read.name, err)
			}
			if d := cmp.Diff(rich(), got, same); d != "" {
				t.Fatalf("%s:\n%s", read.name, d)
			}
			spoil(&got)
		}
	}
}

// TestLoadedValues has followers of one load spoil what they got.
func TestLoadedValues(t *testing.T) {
	c := open(t, ProductCacheConfig{}, NewProductCache)
	const callers = 8
	release := make(chan struct{})
	loaded := rich()
	results := make(chan Product, callers)
	for range callers {
		go func() {
			v, err := c.GetOrLoad(context.Background(), 7, func(context.Context, int64) (Product, error) {
				<-release
				return loaded, nil
			})
			if err != nil {
				t.Error(err)
			}
			if d := cmp.Diff(rich(), v, same); d != "" {
				t.Error(d)
			}
			spoil(&v)
			results <- v
		}()
	}
	close(release)
	for range callers {
		<-results
	}
	got, ok, err := c.Get(t.Context(), 7)
	if d := cmp.Diff(rich(), got, same); !ok || err != nil || d != "" {
		t.Error(ok, err, d)
	}
	if loads := c.Stats().Loads; loads != 1 {
		t.Errorf("%d loads", loads)
	}
}

// TestSkipped: what is not stored is zero after a hit, in all places.
func TestSkipped(t *testing.T) {
	ctx := t.Context()
	v := rich()
	v.Call, v.Scratch = func() int { return 1 }, []int{1}
	v.First.Draft, v.Pair[1].Draft, v.Groups["x"][0].Draft = true, true, true
	owned := open(t, ProductCacheConfig{}, NewProductCache)
	shared := open(t, SharedProductCacheConfig{}, NewSharedProductCache)
	for name, c := range map[string]interface {
		Set(context.Context, int64, Product) error
		Get(context.Context, int64) (Product, bool, error)
	}{"clone": owned, "readonly": shared} {
		if err := c.Set(ctx, 7, v); err != nil {
			t.Fatal(err)
		}
		got, ok, err := c.Get(ctx, 7)
		if d := cmp.Diff(rich(), got, same); !ok || err != nil || d != "" {
			t.Error(name, ok, err, d)
		}
	}
	if v.Scratch == nil || !v.First.Draft {
		t.Error("the caller's own value was changed")
	}
}

// TestReadonly: everybody gets one value, which is not that of the one who set it.
func TestReadonly(t *testing.T) {
	ctx := t.Context()
	c := open(t, SharedProductCacheConfig{}, NewSharedProductCache)
	v := rich()
	if err := c.Set(ctx, 7, v); err != nil {
		t.Fatal(err)
	}
	a, _, _ := c.Get(ctx, 7)
	b, _ := c.GetMany(ctx, []int64{7})
	if &a.Tags[0] != &b[7].Tags[0] {
		t.Error("two callers have two copies")
	}
	if &a.Tags[0] == &v.Tags[0] {
		t.Error("the cache keeps the caller's own value")
	}
}

// TestEmpty keeps nil and empty apart.
func TestEmpty(t *testing.T) {
	ctx := t.Context()
	c := open(t, ProductCacheConfig{}, NewProductCache)
	empty := Product{
		Tags: []string{}, Lists: [][]int{}, Attrs: map[string]string{}, Groups: map[string][]Variant{},
		ByRef: map[*int]string{}, Variants: []Variant{}, Chain: ptr((*Maker)(nil)), Blob: []byte{},
	}
	for key, want := range []Product{{}, empty} {
		if err := c.Set(ctx, int64(key), want); err != nil {
			t.Fatal(err)
		}
		got, ok, err := c.Get(ctx, int64(key))
		if d := cmp.Diff(want, got, same); !ok || err != nil || d != "" {
			t.Error(ok, err, d)
		}
	}
	names := open(t, NamesCacheConfig{}, NewNamesCache)
	for key, want := range map[string]Names{"nil": nil, "empty": {}, "two": {"a", "b"}} {
		if err := names.Set(ctx, key, want); err != nil {
			t.Fatal(err)
		}
		got, _, err := names.Get(ctx, key)
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Error(err, d)
		}
	}
}

// TestDepth: what contains itself cannot be kept, and what replaces it can.
func TestDepth(t *testing.T) {
	ctx := t.Context()
	trees := open(t, TreeCacheConfig{Options: quiet}, NewTreeCache)
	forests := open(t, ForestCacheConfig{}, NewForestCache)
	tree := Tree{
		Name: "t", Left: &Tree{Name: "l"}, Children: []Tree{{Name: "c"}}, ByName: map[string]*Tree{"x": {Name: "x"}, "nil": nil},
		List: &List{Value: 1, Items: []Item{{Next: &List{Value: 2}}}},
	}
	if err := trees.Set(ctx, "t", tree); err != nil {
		t.Fatal(err)
	}
	got, _, _ := trees.Get(ctx, "t")
	got.ByName["x"].Name, got.List.Items[0].Next.Value = "spoilt", -1
	got, ok, err := trees.Get(ctx, "t")
	if d := cmp.Diff(tree, got); !ok || err != nil || d != "" {
		t.Error(ok, err, d)
	}
	loop := &Tree{Name: "loop"}
	loop.Left, loop.ByName = loop, map[string]*Tree{"self": loop}
	if err := trees.Set(ctx, "t", *loop); !cmp.Equal(err, runtime.ErrDepth, cmpopts.EquateErrors()) {
		t.Errorf("Set of a value that contains itself: %v", err)
	}
	forest := Forest{nil, {}}
	forest[0] = forest
	if err := forests.Set(ctx, 1, forest); !cmp.Equal(err, runtime.ErrDepth, cmpopts.EquateErrors()) {
		t.Errorf("Set of a slice that contains itself: %v", err)
	}
	v, err := trees.GetOrLoad(ctx, "u", func(context.Context, string) (Tree, error) { return *loop, nil })
	if err != nil || v.Left != loop {
		t.Errorf("a loaded value that cannot be kept: %v", err)
	}
}

// TestKeys asks by what keys mean, not by ==.
func TestKeys(t *testing.T) {
	ctx := t.Context()
	visits := open(t, VisitCacheConfig{}, NewVisitCache)
	places := open(t, PlaceVisitCacheConfig{}, NewPlaceVisitCache)
	codes := open(t, CodeVisitCacheConfig{}, NewCodeVisitCache)
	at := time.Unix(1700000000, 5).UTC()
	there := at.In(time.FixedZone("there", 3600))
	if err := visits.Set(ctx, at, Visit{Place: "p"}); err != nil {
		t.Fatal(err)
	}
	if err := places.Set(ctx, PlaceVisitCacheKey{"p", at}, Visit{Place: "p"}); err != nil {
		t.Fatal(err)
	}
	if err := codes.Set(ctx, Code{"ABC"}, Visit{Place: "p"}); err != nil {
		t.Fatal(err)
	}
	for name, get := range map[string]func() (Visit, bool, error){
		"time": func() (Visit, bool, error) { return visits.Get(ctx, there) },
		"part": func() (Visit, bool, error) { return places.Get(ctx, PlaceVisitCacheKey{"p", there}) },
		"text": func() (Visit, bool, error) { return codes.Get(ctx, Code{"abc"}) },
	} {
		if v, ok, err := get(); !ok || err != nil || v.Place != "p" {
			t.Error(name, v, ok, err)
		}
	}
	if n, err := visits.Delete(ctx, there); n != 1 || err != nil {
		t.Error(n, err)
	}
	if _, ok, _ := places.Get(ctx, PlaceVisitCacheKey{"q", at}); ok {
		t.Error("another place has the same visit")
	}
}

// TestAllocs holds a hit to what its copy needs.
func TestAllocs(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	ctx := t.Context()
	smalls := open(t, SmallCacheConfig{}, NewSmallCache)
	sharedSmalls := open(t, SharedSmallCacheConfig{}, NewSharedSmallCache)
	owned := open(t, ProductCacheConfig{}, NewProductCache)
	shared := open(t, SharedProductCacheConfig{}, NewSharedProductCache)
	visits := open(t, VisitCacheConfig{}, NewVisitCache)
	at := time.Unix(1, 0)
	v := Product{Tags: []string{"a"}, Variants: []Variant{{Sizes: []int{1}}}, First: &Variant{}}
	for _, err := range []error{
		smalls.Set(ctx, 1, Small{Name: "x"}), sharedSmalls.Set(ctx, 1, Small{Name: "x"}),
		owned.Set(ctx, 1, v), shared.Set(ctx, 1, v), visits.Set(ctx, at, Visit{}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	load := func(context.Context, int64) (Product, error) { panic("not called") }
	for _, test := range []struct {
		name string
		want float64
		read func()
	}{
		{"a value without pointers", 0, func() { _, _, _ = smalls.Get(ctx, 1) }},
		{"the same, shared", 0, func() { _, _, _ = sharedSmalls.Get(ctx, 1) }},
		{"a copy: two slices, one in it, a pointer", 4, func() { _, _, _ = owned.Get(ctx, 1) }},
		{"the same by GetOrLoad", 4, func() { _, _ = owned.GetOrLoad(ctx, 1, load) }},
		{"a shared value", 0, func() { _, _, _ = shared.Get(ctx, 1) }},
		{"the same by GetOrLoad", 0, func() { _, _ = shared.GetOrLoad(ctx, 1, load) }},
		{"a key that is an instant", 0, func() { _, _, _ = visits.Get(ctx, at) }},
	} {
		if got := testing.AllocsPerRun(1000, test.read); got != test.want {
			t.Errorf("%s: %v allocations, want %v", test.name, got, test.want)
		}
	}
}
