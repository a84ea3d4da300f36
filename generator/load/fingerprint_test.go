package load

import (
	"fmt"
	"go/parser"
	"strings"
	"testing"

	"github.com/cachegen/cachegen/generator/model"
	"github.com/cachegen/cachegen/runtime"
)

// shop is the package that the changes of TestFingerprint are made to.
const shop = `package shop

import (
	"time"

	"example.com/lib"
)

// Product is what is cached.
//
//cachegen:cache key=ID,Tenant ttl=1m
//cachegen:tier near = fastcache(32MiB)
//cachegen:tier far = redis
//cachegen:compose products = near far
type Product struct {
	ID     int64
	Tenant string
	Price  int32
	Tags   []string
	Size   Size
	Maker  *Maker
	By     map[string]Maker
	Kind   Kind
	Grid   [2]int8
	Node   *Node
	Lib    lib.Shared
	At     time.Time
	Base
	Gone   string ` + "`json:\"-\" cache:\"-\"`" + `
	Text   Text
	Page   Page[int]
}

type Size struct{ Width, Height float64 }

type Maker struct {
	Name string
	City string ` + "`json:\"city\"`" + `
}

type Kind uint8

type Base struct{ Made int64 }

type Node struct {
	Value int
	Next  *Node
}

type Text = string

var _ time.Time

type Page[T any] struct{ Items []T }
`

const lib = `package lib

type Shared struct {
	Name string
	Deep Deeper
}

type Deeper struct{ Level int }
`

// edit is a change of a source: old text is replaced by new.
type edit struct{ old, new string }

// TestFingerprint changes one thing after another and looks whether the fingerprint
// changes: it must if old entries cannot be read as what they were, and must not if
// they can, or every release would begin with an empty cache.
func TestFingerprint(t *testing.T) {
	json := edit{"far = redis", "far = redis codec=json"}
	for _, tt := range []struct {
		name    string
		changes bool
		given   []edit // before the change
		edits   []edit
	}{
		{"a field renamed", true, nil, []edit{{"Price  int32", "Cost   int32"}}},
		{"two fields in another order", true, nil, []edit{{"Price  int32\n", ""}, {"Tags   []string\n", "Tags []string\nPrice int32\n"}}},
		{"two fields of one type in another order", true, nil, []edit{{"Width, Height", "Height, Width"}}},
		{"a field more", true, nil, []edit{{"Price  int32", "Price  int32\nWeight int32"}}},
		{"a field less", true, nil, []edit{{"Price  int32\n", ""}}},
		{"a number wider", true, nil, []edit{{"Price  int32", "Price  int64"}}},
		{"a number without a sign", true, nil, []edit{{"Price  int32", "Price  uint32"}}},
		{"a number that is a float", true, nil, []edit{{"Price  int32", "Price  float32"}}},
		{"a string that is bytes", true, nil, []edit{{"Tags   []string", "Tags   [][]byte"}}},
		{"a slice that is an array", true, nil, []edit{{"Tags   []string", "Tags   [3]string"}}},
		{"a slice that is a map", true, nil, []edit{{"Tags   []string", "Tags   map[string]bool"}}},
		{"a map that is a slice", true, nil, []edit{{"By     map[string]Maker", "By     []Maker"}}},
		{"another key of a map", true, nil, []edit{{"By     map[string]Maker", "By     map[int]Maker"}}},
		{"another element of a map", true, nil, []edit{{"By     map[string]Maker", "By     map[string]*Maker"}}},
		{"a longer array", true, nil, []edit{{"Grid   [2]int8", "Grid   [3]int8"}}},
		{"a pointer that is a value", true, nil, []edit{{"Maker  *Maker", "Maker  Maker"}}},
		{"a value that is a pointer", true, nil, []edit{{"Size   Size", "Size   *Size"}}},
		{"a pointer to a pointer", true, nil, []edit{{"Maker  *Maker", "Maker  **Maker"}}},
		{"a field of a nested struct", true, nil, []edit{{"type Size struct{ Width", "type Size struct{ Depth, Width"}}},
		{"a field of a struct behind a pointer", true, nil, []edit{{"Name string\n\tCity", "Title string\n\tCity"}}},
		{"a field of a recursive type", true, nil, []edit{{"Value int", "Value int32"}}},
		{"a recursive type that goes two ways", true, nil, []edit{{"Next  *Node", "Next, Last *Node"}}},
		{"a field of an embedded struct", true, nil, []edit{{"type Base struct{ Made int64", "type Base struct{ Made int32"}}},
		{"the type of a named number", true, nil, []edit{{"type Kind uint8", "type Kind uint16"}}},
		{"a field of another package's struct", true, nil, []edit{{"Name string\n\tDeep", "Title string\n\tDeep"}}},
		{"a field of a struct that another package's struct has", true, nil, []edit{{"Level int", "Level int64"}}},
		{"a time that is a number", true, nil, []edit{{"At     time.Time", "At     int64"}}},
		{"a duration that is a time", true, []edit{{"At     time.Time", "At     time.Duration"}}, []edit{{"At     time.Duration", "At     time.Time"}}},
		{"a field that is not stored any more", true, nil, []edit{{"Price  int32", "Price  int32 `cache:\"-\"`"}}},
		{"a field that is stored now", true, nil, []edit{{" `json:\"-\" cache:\"-\"`", ""}}},
		{"another type argument", true, nil, []edit{{"Page[int]", "Page[int64]"}}},
		{"an alias of another type", true, nil, []edit{{"type Text = string", "type Text = []byte"}}},
		{"another key", true, nil, []edit{{"key=ID,Tenant", "key=ID"}}},
		{"the parts of the key in another order", true, nil, []edit{{"key=ID,Tenant", "key=Tenant,ID"}}},
		{"another type of a part of the key", true, nil, []edit{{"ID     int64", "ID     int32"}}},
		{"another name of a parameter", true, []edit{{"key=ID,Tenant", "key=a:int"}}, []edit{{"key=a:int", "key=b:int"}}},
		{"another type of a parameter", true, []edit{{"key=ID,Tenant", "key=a:int"}}, []edit{{"key=a:int", "key=a:int32"}}},
		{"another name of the cache", true, nil, []edit{{"cachegen:cache key", "cachegen:cache name=Goods key"}}},
		{"another name of the type", true, nil, []edit{{"Product struct", "Article struct"}}},
		{"a namespace", true, nil, []edit{{"ttl=1m", "ttl=1m namespace=x"}}},
		{"another namespace", true, []edit{{"ttl=1m", "ttl=1m namespace=x"}}, []edit{{"namespace=x", "namespace=y"}}},
		{"another codec in a namespace", true, []edit{{"ttl=1m", "ttl=1m namespace=x"}}, []edit{json}},
		{"a codec that obeys tags", true, nil, []edit{json}},
		{"a tag of json, with a json tier", true, []edit{json}, []edit{{`json:"city"`, `json:"town"`}}},
		{"a struct embedded, with a json tier", true, []edit{json, {"\tBase\n", "\tBase Base\n"}}, []edit{{"\tBase Base\n", "\tBase\n"}}},
		{"methods that make the type of a part of the key spell itself", true, []edit{{"key=ID,Tenant", "key=Kind"}}, []edit{{"type Kind uint8", "type Kind uint8\nfunc (Kind) MarshalText() ([]byte, error) { return nil, nil }"}}},

		{"nothing", false, nil, nil},
		{"a comment", false, nil, []edit{{"Price  int32", "Price  int32 // in cents"}}},
		{"another doc comment", false, nil, []edit{{"is what is cached", "is for sale"}}},
		{"the ttl", false, nil, []edit{{"ttl=1m", "ttl=2h stale=1m"}}},
		{"the policies", false, nil, []edit{{"products = near far", "products = near far read=race refill=always"}}},
		{"the sizes and limits of tiers", false, nil, []edit{{"32MiB", "64MiB"}, {"far = redis", "far = redis timeout=1s max-value=2MiB compress=zstd"}}},
		{"the labels", false, nil, []edit{{"near = fast", "a = fast"}, {"far = redis", "b = redis"}, {"products = near far", "goods = a b"}}},
		{"a tag of json, without a json tier", false, nil, []edit{{`json:"city"`, `json:"town"`}}},
		{"a struct embedded", false, []edit{{"\tBase\n", "\tBase Base\n"}}, []edit{{"\tBase Base\n", "\tBase\n"}}},
		{"another name of a nested type", false, nil, []edit{{"Size   Size", "Size   Extent"}, {"type Size struct", "type Extent struct"}}},
		{"an alias for a type", false, nil, []edit{{"Tags   []string", "Tags   []Text"}}},
		{"a name for an anonymous type", false, []edit{{"Size   Size", "Size   struct{ Width, Height float64 }"}}, []edit{{"Size   struct{ Width, Height float64 }", "Size   Size"}}},
		{"a named string", false, nil, []edit{{"Tags   []string", "Tags   []Tag"}, {"type Kind", "type Tag string\ntype Kind"}}},
		{"another type of a field that is not stored", false, nil, []edit{{"Gone   string", "Gone   int"}}},
		{"another name of a field that is not stored", false, nil, []edit{{"Gone   string", "Left   string"}}},
		{"a blank field", false, nil, []edit{{"Price  int32", "Price  int32\n_ int"}}},
		{"a type of another package in one's own", false, nil, []edit{{"Lib    lib.Shared", "Lib    Shared"}, {"type Kind", "type Shared struct {\nName string\nDeep lib.Deeper\n}\ntype Kind"}}},
		{"methods that store nothing", false, nil, []edit{{"type Kind uint8", "type Kind uint8\nfunc (Kind) String() string { return \"\" }"}}},
		{"a type parameter's name", false, nil, []edit{{"Page[T any] struct{ Items []T }", "Page[Item any] struct{ Items []Item }"}}},
		{"the order of declarations", false, nil, []edit{{"type Kind uint8", ""}, {"// Product is", "type Kind uint8\n\n// Product is"}}},
		{"the path of a package in a namespace", false, []edit{{"ttl=1m", "ttl=1m namespace=x"}}, []edit{{"package shop", "package other"}}},
		{"the name of a cache in a namespace", false, []edit{{"ttl=1m", "ttl=1m namespace=x"}}, []edit{{"cachegen:cache key", "cachegen:cache name=Goods key"}}},
	} {
		before, after := fingerprints(t, tt.name, tt.given, tt.edits)
		if (before.Fingerprint() != after.Fingerprint()) != tt.changes {
			t.Errorf("%s: the fingerprint changes: %v, want %v\n%s\n%s", tt.name, !tt.changes, tt.changes, before.Canonical(), after.Canonical())
		}
	}
}

// fingerprints returns the cache before and after a change.
func fingerprints(t *testing.T, name string, given, edits []edit) (before, after *model.Cache) {
	t.Helper()
	sources := [2]string{shop, lib}
	before = cacheOf(t, name, sources)
	for i, e := range append(given, edits...) {
		if i == len(given) {
			before = cacheOf(t, name, sources)
		}
		found := false
		for j := range sources {
			if !found && strings.Contains(sources[j], e.old) {
				sources[j], found = strings.Replace(sources[j], e.old, e.new, 1), true
			}
		}
		if !found {
			t.Fatalf("%s: %q is not in the source", name, e.old)
		}
	}
	return before, cacheOf(t, name, sources)
}

var standard *world // what the sources of this test import

func cacheOf(t *testing.T, name string, sources [2]string) *model.Cache {
	t.Helper()
	if standard == nil {
		standard = newWorld(t, "time")
	}
	standard.provide(t, "example.com/lib", sources[1])
	f, err := parser.ParseFile(standard.fset, "shop.go", sources[0], parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	l, found, errs := standard.load("example.com/"+f.Name.Name, f)
	if err := l.diags.Err(); err != nil || len(errs) > 0 {
		t.Fatalf("%s: %v %v", name, err, errs)
	}
	return found[0].Files[0].Caches[0]
}

// TestFingerprintFormat holds the fingerprint to the version of the format: releases
// of two formats have entries apart.
func TestFingerprintFormat(t *testing.T) {
	c := cacheOf(t, "format", [2]string{shop, lib})
	if want := fmt.Sprintf("format %d\n", runtime.FormatVersion); !strings.HasPrefix(c.Canonical(), want) {
		t.Errorf("the canonical text begins with %.20q, want %q", c.Canonical(), want)
	}
}
