package templates

import (
	"testing"
	"time"

	"github.com/cachegen/cachegen/generator/model"
	"github.com/cachegen/cachegen/policy"
)

// product is the model of an annotated struct, as the loader makes it.
func product() (*model.Package, *model.File) {
	str := &model.Type{Kind: model.String}
	line := &model.Type{Kind: model.Struct, Name: "Line", Pkg: "example.com/shop", PkgName: "shop", Fields: []model.Field{
		{Name: "SKU", Type: str}, {Name: "Count", Type: &model.Type{Kind: model.Int}},
	}}
	node := &model.Type{Kind: model.Struct, Name: "Node", Pkg: "example.com/shop", PkgName: "shop", Recursive: true}
	node.Fields = []model.Field{{Name: "Name", Type: str}, {Name: "Next", Type: &model.Type{Kind: model.Pointer, Elem: node}}}
	typ := &model.Type{Kind: model.Struct, Name: "Product", Pkg: "example.com/shop", PkgName: "shop", Fields: []model.Field{
		{Name: "ID", Type: &model.Type{Kind: model.Int64}},
		{Name: "Price", Type: &model.Type{Kind: model.Float64}},
		{Name: "Active", Type: &model.Type{Kind: model.Bool}},
		{Name: "Name", Type: str},
		{Name: "Tags", Type: &model.Type{Kind: model.Slice, Elem: str}},
		{Name: "Lines", Type: &model.Type{Kind: model.Slice, Elem: line}},
		{Name: "First", Type: line},
		{Name: "Meta", Type: &model.Type{Kind: model.Map, Key: str, Elem: str}},
		{Name: "Image", Type: &model.Type{Kind: model.Slice, Elem: &model.Type{Kind: model.Uint8}}},
		{Name: "Parent", Type: &model.Type{Kind: model.Pointer, Elem: &model.Type{Kind: model.Int64}}},
		{Name: "Tree", Type: node},
		{Name: "At", Type: &model.Type{Kind: model.Time, Name: "Time", Pkg: "time", PkgName: "time"}},
	}}
	c := &model.Cache{
		Name: "ProductCache", Type: typ, TTL: 10 * time.Minute, Stale: time.Minute, LoadTimeout: 10 * time.Second, Concurrency: 1,
		Key: model.Key{Fields: true, Parts: []model.KeyPart{{Name: "ID", Path: "ID", Type: typ.Fields[0].Type}}},
		Tiers: []*model.Tier{
			{Label: "memory", Field: "Memory", Path: "products.memory", Engine: model.Fastcache, Size: 64 << 20, Codec: "binary", Compress: "none"},
			{Label: "redis", Field: "Redis", Path: "products.redis", Engine: model.Redis, Codec: "binary", Compress: "none", Timeout: 200 * time.Millisecond, MaxValue: 1 << 20},
		},
		Root: &model.Node{Label: "products", Tier: -1, L1: &model.Node{Label: "memory"}, L2: &model.Node{Label: "redis", Tier: 1}, Refill: policy.RefillAlways},
	}
	return &model.Package{Name: "shop", Path: "example.com/shop"}, &model.File{Source: "shop.go", Output: "shop_cachegen.go", Caches: []*model.Cache{c}}
}

func TestFileIsReproducible(t *testing.T) {
	pkg, file := product()
	pkg.Files = []*model.File{file}
	first, err := Files(pkg)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Files(pkg)
	if err != nil {
		t.Fatal(err)
	}
	if string(first[0]) != string(second[0]) {
		t.Error("two runs differ")
	}
	t.Logf("%s", first[0])
}
