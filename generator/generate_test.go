package generator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// golden generates the golden cases from their patterns, in any order.
func golden(t *testing.T, patterns ...string) *Result {
	t.Helper()
	r, err := Generate(context.Background(), Config{Dir: "../golden", Patterns: patterns})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestGolden compares golden cases with what is generated for them now, and generates
// them again in another order. They are some of all, which `make check` compares: each
// has to be compiled for it.
func TestGolden(t *testing.T) {
	cases := []string{"./bare", "./clash", "./generics", "./kinds", "./policies", "./product", "./shapes"}
	r := golden(t, cases...)
	states, err := r.Compare()
	if err != nil {
		t.Fatal(err)
	}
	if len(states) < len(cases) {
		t.Errorf("%d files of %d packages", len(states), len(cases))
	}
	for _, s := range states {
		if s.Change != Fresh {
			t.Errorf("%s is %s; run: make golden\n%s", s.Path, s.Change, s.Diff())
		}
		formatted, err := format.Source(s.Content)
		if err != nil || !bytes.Equal(formatted, s.Content) {
			t.Errorf("%s is not as gofmt has it: %v", s.Path, err)
		}
	}
	slices.Reverse(cases)
	again := golden(t, cases...)
	if !slices.EqualFunc(r.Files, again.Files, func(a, b File) bool { return a.Path == b.Path && bytes.Equal(a.Content, b.Content) }) {
		t.Error("generating again, with the patterns in another order, gives something else")
	}
}

// TestSize holds the output for a plain struct of ten fields with two tiers to 16
// KB, and that for ten of them in a file to ten times as much.
func TestSize(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "go.mod", "module example.com/size\n\ngo 1.26\n")
	write(t, dir, "a.go", `package size

//cachegen:cache key=A ttl=1m
type Ten struct {
	A, B int64
	C, D string
	E, F float64
	G, H []string
	I    bool
	J    map[string]int
}
`)
	r, err := Generate(context.Background(), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	one := len(r.Files[0].Content)
	if one > 16<<10 {
		t.Errorf("%d bytes were generated, want at most 16 KiB", one)
	}
	var many strings.Builder
	many.WriteString("package size\n")
	for i := range 10 {
		fmt.Fprintf(&many, `
//cachegen:cache key=A ttl=1m
type T%d struct {
	A, B int64
	C, D string
	E, F float64
	G, H []string
	I    bool
	J    map[string]int
}
`, i)
	}
	write(t, dir, "a.go", many.String())
	if r, err = Generate(context.Background(), Config{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	if n := len(r.Files[0].Content); n > 10*one {
		t.Errorf("%d bytes were generated for ten structs, %d for one: they should share what they can", n, one)
	}
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestWrite replaces, adds and removes files, and changes nothing if one cannot be
// written.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) File { return File{Path: filepath.Join(dir, name), Content: []byte("new")} }
	write(t, dir, "stale", "old")
	write(t, dir, "orphan", "old")
	write(t, dir, "fresh", "new")
	states := []State{
		{File: at("stale"), Change: Stale},
		{File: at("missing"), Change: Missing},
		{File: at("fresh"), Change: Fresh},
		{File: at("orphan"), Change: Orphan},
	}
	broken := append(slices.Clone(states), State{File: at("no/such/directory"), Change: Missing})
	if err := Write(broken); err == nil {
		t.Fatal("a file in a directory that is not there was written")
	}
	expect(t, dir, map[string]string{"stale": "old", "orphan": "old", "fresh": "new"})
	if err := Write(states); err != nil {
		t.Fatal(err)
	}
	expect(t, dir, map[string]string{"stale": "new", "missing": "new", "fresh": "new"})
	if info, err := os.Stat(filepath.Join(dir, "missing")); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, %v, want 0644", info.Mode(), err)
	}
}

// expect compares the files of a directory.
func expect(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if want, ok := want[e.Name()]; !ok || want != string(content) {
			t.Errorf("%s has %q, want %q", e.Name(), content, want)
		}
	}
	if len(entries) != len(want) {
		t.Errorf("%d files, want %d", len(entries), len(want))
	}
}

// TestPositioned tells mistakes from other trouble.
func TestPositioned(t *testing.T) {
	_, err := Generate(context.Background(), Config{Dir: "../testdata/bad", Patterns: []string{"./..."}})
	if !Positioned(err) {
		t.Errorf("mistakes are not positioned: %v", err)
	}
	if Positioned(errors.New("other")) {
		t.Error("any error is positioned")
	}
}
