package load

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/cachegen/cachegen/generator/diag"
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

func TestLoadReadsKeys(t *testing.T) {
	dir := module(t, `
-- a.go --
package shop

import (
	"net/netip"
	other "time"
)

type SKU string

type ID [16]byte

func (*ID) MarshalText() ([]byte, error) { return nil, nil }

type Tag[T any] [2]T

const width = 3

type Base struct{ Tenant string }

//cachegen:cache name=Fields key=Tenant,sku
//cachegen:tier a = redis
//cachegen:cache name=Params key=tenant:string,page_no:int,when:other.Time,addr:netip.Addr,id:ID,grid:[width]ID,tag:Tag[SKU]
//cachegen:tier b = redis
type Product struct {
	Base
	sku SKU
}

var _ netip.Addr
var _ other.Time
`)
	r := mustLoad(t, Config{Dir: dir})
	caches := r.Packages[0].Files[0].Caches
	str, sku := &model.Type{Kind: model.String}, &model.Type{Kind: model.String, Name: "SKU", Pkg: "example.com/shop", PkgName: "shop"}
	id := &model.Type{Kind: model.Custom, Name: "ID", Pkg: "example.com/shop", PkgName: "shop", Marshal: model.TextPair}
	want := []model.Key{
		{Fields: true, Parts: []model.KeyPart{{Name: "Tenant", Path: "Tenant", Type: str}, {Name: "Sku", Path: "sku", Type: sku}}},
		{Parts: []model.KeyPart{
			{Name: "Tenant", Path: "tenant", Type: str},
			{Name: "PageNo", Path: "page_no", Type: &model.Type{Kind: model.Int}},
			{Name: "When", Path: "when", Type: &model.Type{Kind: model.Time, Name: "Time", Pkg: "time", PkgName: "time"}},
			{Name: "Addr", Path: "addr", Type: &model.Type{Kind: model.Custom, Name: "Addr", Pkg: "net/netip", PkgName: "netip", Marshal: model.TextAppend}},
			{Name: "Id", Path: "id", Type: id},
			{Name: "Grid", Path: "grid", Type: &model.Type{Kind: model.Array, Len: 3, Elem: id}},
			{Name: "Tag", Path: "tag", Type: &model.Type{
				Kind: model.Array, Len: 2, Elem: sku, Name: "Tag", Pkg: "example.com/shop", PkgName: "shop", Args: []*model.Type{sku},
			}},
		}},
	}
	if diff := cmp.Diff(want, []model.Key{caches[0].Key, caches[1].Key}); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

// spell writes a type so that a test can read it: every named type once with
// its fields, and then by name.
func spell(t *model.Type, seen map[*model.Type]bool) string {
	if t == nil {
		return "?"
	}
	name := t.Name
	if t.Named() {
		var args []string
		for _, a := range t.Args {
			args = append(args, spell(a, map[*model.Type]bool{a: true}))
		}
		if args != nil {
			name += "<" + strings.Join(args, ",") + ">"
		}
		if seen[t] {
			return name
		}
		seen[t] = true
		if t.Recursive {
			name += "!"
		}
		name += "="
	}
	switch t.Kind {
	case model.Pointer:
		return name + "*" + spell(t.Elem, seen)
	case model.Slice:
		return name + "[]" + spell(t.Elem, seen)
	case model.Array:
		return fmt.Sprintf("%s[%d]%s", name, t.Len, spell(t.Elem, seen))
	case model.Map:
		return name + "map[" + spell(t.Key, seen) + "]" + spell(t.Elem, seen)
	case model.Struct:
		var fields []string
		for _, f := range t.Fields {
			s := f.Name
			if f.Embedded {
				s = "^" + s
			}
			if f.Skip {
				s = "-" + s
			}
			if f.Omit != (f.Type == nil) {
				s += "(omit?)"
			}
			fields = append(fields, s+" "+spell(f.Type, seen))
		}
		return name + "{" + strings.Join(fields, "; ") + "}"
	}
	return name + t.Kind.String()
}

func TestLoadDescribesTypes(t *testing.T) {
	dir := module(t, `
-- go/a.go --
package shop

import (
	"sync"
	"time"

	"example.com/shop/lib"
)

type Text = string

type Nodes []*Node

type Node struct {
	Kids  Nodes
	Up    *Node `+"`cache:\"-\"`"+`
	Value Value
}

type Value struct{ N int }

type A struct {
	B *B
	C []C
}
type B struct{ A *A }
type C struct{ B map[string]B }

type Page[T any] struct {
	Items []T
	Next  *Page[T]
}

type base struct{ n uint8 }

//cachegen:cache key=ID
//cachegen:tier a = redis
type Product struct {
	ID    int64
	Alias Text
	Raw   []byte
	Grid  [2][3]float32
	Attrs map[string][]string
	base
	*lib.Shared
	Made  time.Time
	For   time.Duration
	Root  Node
	Cross A
	Pages Page[Value]
	Anon  struct{ X, Y rune }
	Mu    sync.Mutex `+"`cache:\"-\"`"+`
	Seen  *Value     `+"`json:\"-\" cache:\"-\"`"+`
	_     [4]byte
	_     func()
}
-- lib/lib.go --
package lib

type Shared struct {
	Name string
	Next *Shared
}
`)
	c := only(t, mustLoad(t, Config{Dir: dir, Patterns: []string{"./go"}}), "example.com/shop/go")
	want := []string{
		"ID int64", "Alias string", "Raw []uint8", "Grid [2][3]float32", "Attrs map[string][]string",
		"^base base={n uint8}", "^Shared *Shared!={Name string; Next *Shared}",
		"Made Time=time.Time", "For Duration=int64",
		"Root Node!={Kids Nodes!=[]*Node; -Up *Node; Value Value={N int}}",
		"Cross A!={B *B!={A *A}; C []C!={B map[string]B}}",
		"Pages Page<Value>!={Items []Value; Next *Page<Value>}",
		"Anon {X int32; Y int32}", "-Mu ?", "-Seen *Value", "-_ [4]uint8", "-_ ?",
	}
	got := strings.TrimSuffix(strings.TrimPrefix(spell(c.Type, map[*model.Type]bool{}), "Product={"), "}")
	if diff := cmp.Diff(want, splitFields(got)); diff != "" {
		t.Errorf("type (-want +got):\n%s", diff)
	}
	if tag := c.Type.Fields[14].Tag; tag != `json:"-" cache:"-"` {
		t.Errorf("tag %q", tag)
	}
}

// splitFields splits the fields of a spelled struct.
func splitFields(s string) []string {
	var list []string
	depth, start := 0, 0
	for i, c := range s {
		switch {
		case c == '{':
			depth++
		case c == '}':
			depth--
		case c == ';' && depth == 0:
			list = append(list, s[start:i])
			start = i + 2
		}
	}
	return append(list, s[start:])
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

// A package need not compile, whatever state its output is in.
func TestLoadTolerates(t *testing.T) {
	const source = `package shop

import "strings"

//cachegen:cache key=ID ttl=1m
//cachegen:tier a = redis
type Product struct{ ID int64; Name string }

var products, err = NewProductCache(ProductCacheConfig{})

func use(c *ProductCache) int {
	undefined(strings.ToUpper(1))
	return
}

func (p Product) Cached() *ProductCache { return products }
`
	const test = `package shop

var testCache = ProductCache{}
`
	const header = Header + "\n\npackage shop\n"
	outputs := map[string]string{
		"missing":        "",
		"empty":          header,
		"stale":          header + "\nimport \"strings\"\n\ntype ProductCache struct{ Gone Missing }\n\nfunc use() { strings.X() }\n",
		"redeclared":     header + "\ntype Product struct{ ID string }\n",
		"broken":         header + "\nfunc (c *ProductCache) Get( {\n",
		"half":           Header + "\n\npack\n",
		"unknown import": header + "\nimport \"github.com/nobody/nothing\"\n",
		"renamed":        Header + "\n\npackage formerly\n",
		"no clause":      Header + "\n",
		"conflict below": header + "\n<<<<<<< HEAD\nvar a = 1\n=======\nvar a = 2\n>>>>>>> theirs\n",
		"conflict above": "<<<<<<< HEAD\n" + header + "=======\n" + header + "import \"strings\"\n>>>>>>> theirs\n",
		"conflict clause": Header + "\n\n<<<<<<< HEAD\npackage shop\n\nimport \"strings\"\n=======\npackage shop\n>>>>>>> theirs\n" +
			"func x() {}\n",
		"conflict headless": "<<<<<<< HEAD\npackage shop\n=======\npackage shops\n>>>>>>> theirs\n",
	}
	// All of them are packages of one module, which saves runs of the go
	// command. Each has another package that depends on it.
	var archive strings.Builder
	names := slices.Sorted(maps.Keys(outputs))
	for i, name := range names {
		fmt.Fprintf(&archive, "-- v%d/a.go --\n%s-- v%d/a_test.go --\n%s", i, source, i, test)
		if output := outputs[name]; output != "" {
			fmt.Fprintf(&archive, "-- v%d/a_cachegen.go --\n%s", i, output)
		}
		fmt.Fprintf(&archive, "-- far/v%d/far.go --\npackage far\n\nimport \"example.com/shop/v%d\"\n\n"+
			"//cachegen:cache key=ID\n//cachegen:tier a = redis\ntype Order struct{ ID int64; P []shop.Product }\n", i, i)
	}
	dir := module(t, archive.String())
	all := mustLoad(t, Config{Dir: dir, Patterns: []string{"./..."}})
	far := mustLoad(t, Config{Dir: dir, Patterns: []string{"./far/..."}})
	for i, name := range names {
		t.Run(name, func(t *testing.T) {
			path := fmt.Sprintf("example.com/shop/v%d", i)
			if c := only(t, all, path); c.Name != "ProductCache" || len(c.Type.Fields) != 2 {
				t.Errorf("cache %+v", c)
			}
			for _, p := range all.Packages {
				if p.Path == path && (p.Scope["ProductCache"] || !p.Scope["testCache"]) {
					t.Errorf("scope %v", p.Scope)
				}
			}
			for _, r := range []*Result{all, far} {
				order := only(t, r, fmt.Sprintf("example.com/shop/far/v%d", i))
				if got := spell(order.Type, map[*model.Type]bool{}); got != "Order={ID int64; P []Product={ID int64; Name string}}" {
					t.Errorf("far type %s", got)
				}
			}
		})
	}
}

func TestLoadSaysWhatItCannotLoad(t *testing.T) {
	dir := module(t, `
-- a.go --
package shop
-- two/a.go --
package one
-- two/b.go --
package two
-- excluded/a.go --
//go:build never

package excluded
-- cycle/a.go --
package cycle

import _ "example.com/shop/cycle"
-- empty/README --
`)
	for pattern, want := range map[string]string{
		"./nowhere":   "nowhere",
		"./two":       "found packages one (a.go) and two (b.go)",
		"./excluded":  "build constraints exclude all Go files",
		"./cycle":     "import cycle not allowed",
		"./empty":     "no Go files",
		"a.go":        "a.go is a file: name its package, as in ./.",
		"./empty/...": "no packages match ./empty/...",
		"-flag":       "-flag",
	} {
		_, err := Load(t.Context(), Config{Dir: dir, Patterns: []string{pattern}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", pattern, err, want)
		}
	}
	// Trouble in one package does not hide the mistakes in another.
	if _, err := Load(t.Context(), Config{Dir: filepath.Join(dir, "nowhere")}); err == nil {
		t.Error("a working directory that does not exist is no error")
	}
}

func TestLoadReportsEverySyntaxError(t *testing.T) {
	dir := module(t, `
-- a/a.go --
package a

type A struct {
-- b/b.go --
package b

//cachegen:cache key=Nowhere
type B struct{ ID int64 }
-- c/c.go --
pakkage c
-- d/d.go --
package d

//cachegen:cache key=Nowhere
type D struct{ ID int64 }

func (d D) Broken() { return ) }
`)
	_, err := Load(t.Context(), Config{Dir: dir, Patterns: []string{"./..."}})
	var list diag.List
	if !errors.As(err, &list) {
		t.Fatalf("got %v", err)
	}
	var files []string
	for _, d := range list {
		files = append(files, filepath.Base(d.Pos.Filename))
		if !d.Pos.IsValid() || d.Pos.Column == 0 {
			t.Errorf("no position: %v", d)
		}
	}
	if got := slices.Compact(files); !slices.Equal(got, []string{"a.go", "b.go", "c.go", "d.go"}) {
		t.Errorf("mistakes in %v:\n%v", got, err)
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
