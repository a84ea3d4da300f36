package load

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cachegen/cachegen/generator/model"
)

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
	if diff := cmp.Diff(want, []model.Key{caches[0].Key, caches[1].Key}, cmpopts.IgnoreFields(model.Type{}, "Size")); diff != "" {
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

// TestKeyOfUnimported names types of packages that the file of the directive does not
// import, and could not import for that.
func TestKeyOfUnimported(t *testing.T) {
	dir := module(t, `
-- a.go --
package shop

//cachegen:cache key=at:time.Time,addr:netip.Addr,own:Own
//cachegen:tier a = redis
type Product struct{ Name string }
-- b.go --
package shop

import "net/netip"

type Own int

var _ netip.Addr
-- c/c.go --
package c

//cachegen:cache key=at:time.Time
//cachegen:tier c = redis
type Product struct{ Name string }
`)
	r := mustLoad(t, Config{Dir: dir, Patterns: []string{"./..."}})
	var got []string
	for _, p := range r.Packages {
		for _, part := range p.Files[0].Caches[0].Key.Parts {
			got = append(got, part.Type.Pkg+"."+part.Type.Name)
		}
	}
	want := []string{"time.Time", "net/netip.Addr", "example.com/shop.Own", "time.Time"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("types of keys (-want +got):\n%s", diff)
	}
}
