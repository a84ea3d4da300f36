package main

import (
	"context"
	"fmt"
	"go/build"
	"go/doc"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	cachert "github.com/cachegen/cachegen/runtime"
)

// stdlib is the upstream: Go's own standard library, read from its sources.
type stdlib struct {
	goroot string
}

func (s stdlib) dir(importPath string) string {
	return filepath.Join(s.goroot, "src", filepath.FromSlash(importPath))
}

// packages returns the sorted import paths of all packages that are there for
// the public on this platform.
func (s stdlib) packages() ([]string, error) {
	var paths []string
	src := s.dir("")
	err := filepath.WalkDir(src, func(dir string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !entry.IsDir() || dir == src:
			return nil
		case private(entry.Name()) || dir == s.dir("cmd"):
			return fs.SkipDir
		}
		if hasGo(dir) {
			rel, _ := filepath.Rel(src, dir)
			paths = append(paths, filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("the sources of the standard library: %w", err)
	}
	return paths, nil
}

// private says whether a directory and all below it are for nobody else.
func private(name string) bool {
	return name == "internal" || name == "vendor" || name == "testdata" ||
		strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

// hasGo says whether a directory has a Go file that belongs to a package here.
func hasGo(dir string) bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			return false
		}
		match, err := build.Default.MatchFile(dir, e.Name())
		return match && err == nil
	})
}

// load makes the documentation of a package from nothing: it parses the sources
// once for every platform, and the tests for the examples in them, looks up
// since when there is what, and renders it all. This is the work that the cache
// saves.
func (s stdlib) load(_ context.Context, importPath string) (PackageDoc, error) {
	start := time.Now()
	if !hasGo(s.dir(importPath)) {
		return PackageDoc{}, cachert.ErrNotFound
	}
	pkg, err := s.parse(build.Default, importPath, true)
	if err != nil {
		return PackageDoc{}, err
	}
	r := renderer{parsed: pkg, since: s.since(importPath), on: make(map[string][]string)}
	for _, p := range platforms {
		other, err := s.parse(p.context(), importPath, false)
		if err != nil {
			continue // there is no such package
		}
		r.platforms = append(r.platforms, p.String())
		for _, name := range symbols(other.Package) {
			r.on[name] = append(r.on[name], p.String())
		}
	}
	d := r.render()
	d.Parsed = time.Since(start)
	return d, nil
}

// platform is one of those that the documentation tells apart.
type platform struct{ os, arch string }

var platforms = []platform{
	{"darwin", "arm64"},
	{"js", "wasm"},
	{"linux", "amd64"},
	{"windows", "amd64"},
}

// String returns the platform as "linux/amd64".
func (p platform) String() string { return p.os + "/" + p.arch }

func (p platform) context() build.Context {
	c := build.Default
	c.GOOS, c.GOARCH = p.os, p.arch
	return c
}

// symbols returns the name of every constant, variable, function, type and
// method, as T.M, that a package exports.
func symbols(pkg *doc.Package) []string {
	var names []string
	values := func(list []*doc.Value) {
		for _, v := range list {
			names = append(names, v.Names...)
		}
	}
	funcs := func(prefix string, list []*doc.Func) {
		for _, f := range list {
			names = append(names, prefix+f.Name)
		}
	}
	values(pkg.Consts)
	values(pkg.Vars)
	funcs("", pkg.Funcs)
	for _, t := range pkg.Types {
		names = append(names, t.Name)
		values(t.Consts)
		values(t.Vars)
		funcs("", t.Funcs)
		funcs(t.Name+".", t.Methods)
	}
	return names
}
