package load

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cachegen/cachegen/generator/diag"
	"github.com/cachegen/cachegen/generator/model"
)

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

// cgo hands the type checker a copy of a file, with other names and positions.
func TestLoadFollowsCgo(t *testing.T) {
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("no C compiler")
	}
	dir := module(t, `
-- a.go --
package shop

// int one(void) { return 1; }
import "C"

//cachegen:cache key=ID
//cachegen:tier a = redis
type Product struct{ ID int64 }

var one = C.one()
-- bad/a.go --
package bad

// int two(void) { return 2; }
import "C"

//cachegen:cache key=Nowhere
//cachegen:tier a = redis
type Product struct{ ID int64 }

var two = C.two()
`)
	env := append(os.Environ(), "CGO_ENABLED=1")
	f := mustLoad(t, Config{Dir: dir, Env: env}).Packages[0].Files[0]
	if f.Source != filepath.Join(dir, "a.go") || f.Output != filepath.Join(dir, "a_cachegen.go") {
		t.Errorf("source %s, output %s", f.Source, f.Output)
	}
	_, err := Load(t.Context(), Config{Dir: dir, Env: env, Patterns: []string{"./bad"}})
	var list diag.List
	if !errors.As(err, &list) {
		t.Fatalf("got %v", err)
	}
	if got, want := list.Format(dir), filepath.FromSlash("bad/a.go:6:22: "); !strings.HasPrefix(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}
