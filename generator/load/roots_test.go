package load

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cachegen/cachegen/generator/model"
)

// Packages are loaded without being compiled where all is well, and what is odd is left
// to the go command. Both come to the same.
func TestLoadRoots(t *testing.T) {
	dir := module(t, `
-- one/a.go --
package one

import "time"

//cachegen:cache key=ID
//cachegen:tier a = redis
type One struct{ ID int64; At time.Time }

var cache OneCache
-- two/a.go --
package two

import "example.com/shop/one"

//cachegen:cache key=ID
//cachegen:tier a = redis
type Two struct{ ID int64; One one.One }
-- two/a_windows.go --
package two

import _ "example.com/shop/nowhere"
-- tagged/a.go --
//go:build tagged

package tagged

import _ "time"
-- tagged/b.go --
package tagged
-- tests/a_test.go --
package tests
-- between/a.go --
package between

import "example.com/shop/one"

type Between struct{ One *one.One }
-- three/a.go --
package three

import ("example.com/shop/between"; "example.com/shop/one")

//cachegen:cache key=ID
//cachegen:tier a = redis
type Three struct{ ID int64; B between.Between; One one.One }
-- broken/a.go --
package broken

type Broken struct {
-- missing/a.go --
package missing

import _ "example.com/shop/nowhere"
-- program/main.go --
package main
-- runs/a.go --
package runs

import _ "example.com/shop/program"
-- one/internal/secret/a.go --
package secret
-- one/knows/a.go --
package knows

import _ "example.com/shop/one/internal/secret"
-- spies/a.go --
package spies

import _ "example.com/shop/one/internal/secret"
-- east/a.go --
package east

import _ "example.com/shop/west"
-- west/a.go --
package west

import _ "example.com/shop/east"
`)
	types := func(pkgs []*model.Package) map[string]string {
		spelt := map[string]string{}
		for _, p := range pkgs {
			for _, f := range p.Files {
				for _, c := range f.Caches {
					spelt[p.Path+"."+c.Name] = spell(c.Type, map[*model.Type]bool{}) + c.Canonical()
				}
			}
		}
		return spelt
	}
	for _, test := range []struct {
		patterns []string
		odd      bool
	}{
		{patterns: []string{"./one"}},
		{patterns: []string{"./two"}},
		{patterns: []string{"./one", "./two"}},
		{patterns: []string{"./one", "./two", "./between", "./three"}},
		{patterns: []string{"./tagged"}},
		{patterns: []string{"./tests"}},
		{patterns: []string{"./one/..."}},
		{patterns: []string{"./one", "./three"}, odd: true}, // between imports one
		{patterns: []string{"./broken"}, odd: true},
		{patterns: []string{"./missing"}, odd: true},
		{patterns: []string{"./runs"}, odd: true},
		{patterns: []string{"./runs", "./program"}, odd: true},
		{patterns: []string{"./spies"}, odd: true},
		{patterns: []string{"./east", "./west"}, odd: true},
		{patterns: []string{"./east"}, odd: true},
		{patterns: []string{"pattern=./one"}, odd: true}, // which is not for the go command
	} {
		load := func(roots bool) (*loader, map[string]string) {
			l, err := newLoader(Config{Dir: dir, Patterns: test.patterns, Tags: "tagged"})
			if err != nil {
				t.Fatal(err)
			}
			pkgs := l.loadRoots(t.Context())
			if odd := pkgs == nil; odd != test.odd {
				t.Errorf("%s: odd: %t", test.patterns, odd)
			}
			if pkgs == nil || !roots {
				if pkgs, err = l.load(t.Context(), false, test.patterns); err != nil {
					t.Fatal(err)
				}
			}
			return l, types(l.check(units(pkgs), nil))
		}
		quick, got := load(true)
		slow, want := load(false)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: types (-slow +quick):\n%s", test.patterns, diff)
		}
		if len(quick.diags) != len(slow.diags) || len(quick.broken) != len(slow.broken) {
			t.Errorf("%s: mistakes %v %v and %v %v", test.patterns, quick.diags, quick.broken, slow.diags, slow.broken)
		}
	}
}

// A directory keeps the name that it was asked for under.
func TestListNamed(t *testing.T) {
	dir := module(t, "-- one/a.go --\npackage one\n")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	l, err := newLoader(Config{Dir: link, Patterns: []string{"./one", "./one/..."}})
	if err != nil {
		t.Fatal(err)
	}
	pkgs := l.listNamed(t.Context())
	if len(pkgs) != 1 || pkgs[0].PkgPath != "example.com/shop/one" || pkgs[0].Module.Path != "example.com/shop" {
		t.Fatalf("listed %v", pkgs)
	}
	if diff := cmp.Diff([]string{filepath.Join(link, "one", "a.go")}, pkgs[0].GoFiles); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// What comes from another build system is left to go/packages, which knows how to ask it.
func TestDriven(t *testing.T) {
	path := t.TempDir()
	t.Setenv("PATH", path)
	for _, test := range []struct {
		env  []string
		want bool
	}{
		{nil, false},
		{[]string{"GOPACKAGESDRIVER="}, false},
		{[]string{"GOPACKAGESDRIVER=bazel", "GOPACKAGESDRIVER=off"}, false},
		{[]string{"GOPACKAGESDRIVER=off", "GOPACKAGESDRIVER=bazel"}, true},
	} {
		if got := driven(test.env); got != test.want {
			t.Errorf("%q: %t", test.env, got)
		}
	}
	if err := os.WriteFile(filepath.Join(path, "gopackagesdriver"), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if !driven(nil) || driven([]string{"GOPACKAGESDRIVER=off"}) {
		t.Error("a driver in PATH is for all who do not turn it off")
	}
}
