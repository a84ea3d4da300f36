package load

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/cachegen/cachegen/generator/model"
	"github.com/cachegen/cachegen/policy"
)

// module writes the files of an archive into a module of their own.
func module(t *testing.T, archive string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	files := txtar.Parse([]byte(archive)).Files
	files = append(files, txtar.File{Name: "go.mod", Data: []byte("module example.com/shop\n\ngo 1.26\n")})
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func mustLoad(t *testing.T, cfg Config) *Result {
	t.Helper()
	r, err := Load(t.Context(), cfg)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return r
}

// only returns the one cache of a package of the result.
func only(t *testing.T, r *Result, path string) *model.Cache {
	t.Helper()
	for _, p := range r.Packages {
		if p.Path == path && len(p.Files) == 1 && len(p.Files[0].Caches) == 1 {
			return p.Files[0].Caches[0]
		}
	}
	t.Fatalf("no package %s with one cache", path)
	return nil
}

func TestLoadReadsEveryOption(t *testing.T) {
	dir := module(t, `
-- a.go --
package shop

//cachegen:cache key=ID name=Products namespace=shop:v2 ttl=10m stale=1m on-stale=return concurrency=1 load-timeout=3s strings=shared maps=any
//cachegen:tier memory = fastcache(64MB) codec=binary compress=none
//cachegen:tier my_redis = redis codec=json ttl=5m timeout=1s max-value=64KiB
//cachegen:tier disk = backend timeout=2s
//cachegen:compose outer = inner disk read=sequential write=sequential refill=always loser=offload
//cachegen:compose inner = memory my_redis
type Product struct{ ID int64 }
`)
	c := only(t, mustLoad(t, Config{Dir: dir}), "example.com/shop")
	c.Type = nil
	want := &model.Cache{
		Name:        "Products",
		Key:         model.Key{Fields: true, Parts: []model.KeyPart{{Name: "ID", Path: "ID", Type: &model.Type{Kind: model.Int64}}}},
		Namespace:   "shop:v2",
		TTL:         10 * time.Minute,
		Stale:       time.Minute,
		Concurrency: 1,
		LoadTimeout: 3 * time.Second,
		Tiers: []*model.Tier{
			{Label: "memory", Field: "Memory", Path: "outer.inner.memory", Engine: model.Fastcache, Size: 64e6, Codec: "binary", Compress: "none"},
			{Label: "my_redis", Field: "MyRedis", Path: "outer.inner.my_redis", Engine: model.Redis, Codec: "json", Compress: "none", TTL: 5 * time.Minute, Timeout: time.Second, MaxValue: 64 << 10},
			{Label: "disk", Field: "Disk", Path: "outer.disk", Engine: model.Backend, Codec: "binary", Compress: "none", Timeout: 2 * time.Second},
		},
		Root: &model.Node{
			Label: "outer", Tier: -1, Write: policy.WriteSequential, Refill: policy.RefillAlways,
			L1: &model.Node{Label: "inner", Tier: -1, L1: &model.Node{Label: "memory", Tier: 0}, L2: &model.Node{Label: "my_redis", Tier: 1}},
			L2: &model.Node{Label: "disk", Tier: 2},
		},
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("cache (-want +got):\n%s", diff)
	}
}

func TestLoadFillsInTheDefaults(t *testing.T) {
	dir := module(t, `
-- bare/a.go --
package bare

//cachegen:cache key=ID
type HTTPPage struct{ ID int64 }
-- single/a.go --
package single

//cachegen:cache key=ID
//cachegen:tier l1 = redis
type product struct{ ID int64 }
`)
	r := mustLoad(t, Config{Dir: dir, Patterns: []string{"./..."}})
	bare := only(t, r, "example.com/shop/bare")
	if diff := cmp.Diff([]*model.Tier{
		{Label: "memory", Field: "Memory", Path: "http_page.memory", Engine: model.Fastcache, Size: 32 << 20, Codec: "binary", Compress: "none"},
		{Label: "redis", Field: "Redis", Path: "http_page.redis", Engine: model.Redis, Codec: "binary", Compress: "none", Timeout: 200 * time.Millisecond, MaxValue: 1 << 20},
	}, bare.Tiers); diff != "" {
		t.Errorf("tiers (-want +got):\n%s", diff)
	}
	if bare.Name != "HTTPPageCache" || bare.Prefix() != "http_page" || bare.LoadTimeout != 10*time.Second || bare.Concurrency != 1 {
		t.Errorf("defaults: %s %s %v %d", bare.Name, bare.Prefix(), bare.LoadTimeout, bare.Concurrency)
	}
	single := only(t, r, "example.com/shop/single")
	if !single.Root.Leaf() || single.Root.Tier != 0 || single.Tiers[0].Path != "l1" || single.Name != "productCache" {
		t.Errorf("single: %s %+v %+v", single.Name, single.Root, single.Tiers[0])
	}
}

func TestLoadFollowsBuildConstraints(t *testing.T) {
	dir := module(t, `
-- a_linux.go --
//go:build cgo || !cgo

package shop

//cachegen:cache key=ID
//cachegen:tier a = redis
type OnLinux struct{ ID int64 }
-- a_windows.go --
package shop

//cachegen:cache key=ID
//cachegen:tier a = redis
type OnWindows struct{ ID int64 }

var redis = 1
-- tagged.go --
//go:build special

package shop

//cachegen:cache key=ID
//cachegen:tier a = redis
type Special struct{ ID int64 }
-- a_test.go --
package shop

func context() {}
-- none.go --
package shop
-- none_cachegen.go --
// Code generated by cachegen. DO NOT EDIT.

package shop
`)
	sources := func(cfg Config) (names []string) {
		cfg.Env = append(os.Environ(), "GOOS=linux")
		for _, p := range mustLoad(t, cfg).Packages {
			for _, f := range p.Files {
				names = append(names, filepath.Base(f.Source)+" "+filepath.Base(f.Output)+" "+f.Constraint)
			}
		}
		return names
	}
	if diff := cmp.Diff([]string{"a_linux.go a_cachegen_linux.go cgo || !cgo"}, sources(Config{Dir: dir})); diff != "" {
		t.Errorf("without tags (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a_linux.go a_cachegen_linux.go cgo || !cgo", "tagged.go tagged_cachegen.go special"}, sources(Config{Dir: dir, Tags: "special"})); diff != "" {
		t.Errorf("with tags (-want +got):\n%s", diff)
	}
	r := mustLoad(t, Config{Dir: dir, Env: append(os.Environ(), "GOOS=linux")})
	for _, name := range []string{"OnLinux", "OnWindows", "Special", "redis", "context"} {
		if !r.Packages[0].Scope[name] {
			t.Errorf("%s is not in the scope", name)
		}
	}
	var files []string
	for _, f := range r.Dirs[0].Files {
		files = append(files, fmt.Sprintf("%s output=%t directive=%t", filepath.Base(f.Path), f.Output, f.Directive))
	}
	if diff := cmp.Diff([]string{
		"a_linux.go output=false directive=true", "a_test.go output=false directive=false", "a_windows.go output=false directive=true",
		"none.go output=false directive=false", "none_cachegen.go output=true directive=false", "tagged.go output=false directive=true",
	}, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestLoadReadsTestFiles(t *testing.T) {
	dir := module(t, `
-- a.go --
package shop

//cachegen:cache key=ID
//cachegen:tier a = redis
type Product struct{ ID int64 }
-- in_linux_test.go --
package shop

//cachegen:cache key=ID
//cachegen:tier a = redis
type Inside struct{ ID int64; P Product }
-- out_test.go --
package shop_test

import "example.com/shop"

//cachegen:cache key=ID
//cachegen:tier a = redis
type Outside struct{ ID int64; P shop.Product; I shop.Inside }
-- only/only_test.go --
package only

//cachegen:cache key=ID
//cachegen:tier a = redis
type Only struct{ ID int64 }
-- none/none.go --
package none
-- none/none_test.go --
package none
`)
	var got []string
	for _, p := range mustLoad(t, Config{Dir: dir, Patterns: []string{"./..."}, Env: append(os.Environ(), "GOOS=linux")}).Packages {
		for _, f := range p.Files {
			for _, c := range f.Caches {
				got = append(got, strings.Join([]string{p.Path, p.Name, filepath.Base(f.Output), c.Name, c.Type.Pkg}, " "))
			}
		}
	}
	if diff := cmp.Diff([]string{
		"example.com/shop shop a_cachegen.go ProductCache example.com/shop",
		"example.com/shop shop in_cachegen_linux_test.go InsideCache example.com/shop",
		"example.com/shop/only only only_cachegen_test.go OnlyCache example.com/shop/only",
		"example.com/shop_test shop_test out_cachegen_test.go OutsideCache example.com/shop_test",
	}, got); diff != "" {
		t.Errorf("caches (-want +got):\n%s", diff)
	}
}

func TestLoadIsTheSameForEveryOrder(t *testing.T) {
	const annotated = "//cachegen:cache key=ID name=%s\n//cachegen:tier a = redis\ntype %s struct{ ID int64 }\n"
	var archive strings.Builder
	for _, p := range []string{"a", "b", "c"} {
		for _, f := range []string{"x", "y"} {
			fmt.Fprintf(&archive, "-- %s/%s.go --\npackage %s\n\n", p, f, p)
			for _, typ := range []string{"Two", "One"} {
				name := typ + strings.ToUpper(f)
				fmt.Fprintf(&archive, annotated, name+"s", name)
			}
		}
	}
	dir := module(t, archive.String())
	render := func(patterns ...string) string {
		var b strings.Builder
		for _, p := range mustLoad(t, Config{Dir: dir, Patterns: patterns}).Packages {
			fmt.Fprintln(&b, p.Path, p.Name, p.Scope)
			for _, f := range p.Files {
				for _, c := range f.Caches {
					fmt.Fprintln(&b, f.Source, c.Name, c.Canonical())
				}
			}
		}
		return b.String()
	}
	first := render("./...")
	if diff := cmp.Diff(first, render("./c", "./a", "./b", "./a")); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
	one, two := strings.Index(first, "OneXs"), strings.Index(first, "TwoXs")
	if two > one {
		t.Error("the caches of a file are not in the order of the source")
	}
}
