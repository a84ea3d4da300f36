package house

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/cachegen/cachegen"

// room is a line of rooms.
type room struct {
	name string
	may  []string
}

// rooms says what a package may import besides the standard library: packages of
// this module, without its path, and others. The first line that fits counts; a
// name that ends in /... stands for a package and all below it.
var rooms = []room{
	{"policy", nil},
	{"generator/diag", nil},
	{"generator/model", []string{"policy"}},
	{"generator/load", []string{"generator/diag", "generator/model", "policy", "golang.org/x/tools/go/packages"}},
	{"templates", []string{"generator/model", "policy", "github.com/dave/jennifer/jen"}},
	{"generator", []string{
		"generator/diag", "generator/load", "generator/model", "policy", "templates",
		"github.com/rogpeppe/go-internal/diff",
	}},
	{"cmd/cachegen", []string{"generator", "generator/diag"}},
	{"internal/remedy", nil},
	{"runtime", []string{"internal/remedy", "policy"}},
	{"runtime/fasttier", []string{"runtime", "policy", "github.com/VictoriaMetrics/fastcache", "github.com/cespare/xxhash/v2", "github.com/golang/snappy"}},
	{"runtime/gzipformat", []string{"runtime"}},
	{"runtime/zstdformat", []string{"runtime", "github.com/klauspost/compress/zstd"}},
	{"runtime/s2format", []string{"runtime", "github.com/klauspost/compress/s2"}},
	{"runtime/msgpackformat", []string{"runtime", "github.com/vmihailenco/msgpack/v5"}},
	{"runtime/ottertier", []string{"runtime", "policy", "github.com/maypok86/otter/v2"}},
	{"runtime/badgertier", []string{"runtime", "policy", "github.com/dgraph-io/badger/v4"}},
	{"runtime/redistier", []string{"runtime", "policy", "github.com/redis/go-redis/v9/..."}},
	{"runtime/prom", []string{"runtime", "policy", "github.com/prometheus/client_golang/prometheus"}},
	{"runtime/otel", []string{"runtime", "policy", "go.opentelemetry.io/otel/..."}},
	{".", nil},
	// Helpers of tests: nothing but tests imports them, since no line has them.
	{"internal/...", []string{"runtime", "internal/memory", "github.com/redis/go-redis/v9", "github.com/google/go-cmp/cmp/...", "pgregory.net/rapid"}},
	// What a user's package has: the runtime and the clients that it is given.
	{"golden/...", []string{
		"golden/...", "runtime/...",
		"github.com/VictoriaMetrics/fastcache", "github.com/redis/go-redis/v9", "github.com/dgraph-io/badger/v4",
	}},
}

// closed are packages of the standard library that a room must not open: the
// model is all that the templates see, neither types nor files.
var closed = map[string][]string{
	"generator/model": {"go/types", "os"},
	"templates":       {"go/ast", "go/types", "os", "io/fs"},
}

// unlinked are what no program with a generated cache in it may link.
var unlinked = []string{
	module + "/generator/...", module + "/templates/...", module + "/cmd/...",
	"github.com/dave/jennifer/...", "golang.org/x/tools/...",
}

// metrics are what only a program that imports it itself links.
var metrics = []string{
	module + "/runtime/prom", module + "/runtime/otel",
	"github.com/prometheus/...", "go.opentelemetry.io/...",
}

// engines are the tiers' own packages with what they stand on: a program links
// those that its annotations name.
var engines = map[string][]string{
	"runtime/fasttier":   {"github.com/VictoriaMetrics/..."},
	"runtime/ottertier":  {"github.com/maypok86/..."},
	"runtime/redistier":  {"github.com/redis/..."},
	"runtime/badgertier": {"github.com/dgraph-io/..."},
}

// pkg is what go list tells about a package.
type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// name returns the path of a package within the module.
func (p pkg) name() string {
	if p.ImportPath == module {
		return "."
	}
	return strings.TrimPrefix(p.ImportPath, module+"/")
}

func TestImports(t *testing.T) {
	lived := make([]bool, len(rooms))
	for _, p := range list(t) {
		i := slices.IndexFunc(rooms, func(r room) bool { return matches(r.name, p.name()) })
		if i < 0 {
			t.Errorf("%s has no line in rooms: say there what it may import", p.name())
			continue
		}
		lived[i] = true
		for _, path := range p.Imports {
			ours, isOurs := strings.CutPrefix(path, module+"/")
			switch {
			case !isOurs && standard(path):
				if slices.Contains(closed[p.name()], path) {
					t.Errorf("%s imports %s, which is closed to it", p.name(), path)
				}
			case !matchesAny(rooms[i].may, ours):
				t.Errorf("%s imports %s, and may not", p.name(), path)
			}
		}
	}
	for i, r := range rooms {
		if !lived[i] {
			t.Errorf("rooms has a line for %s, and there is no such package", r.name)
		}
	}
}

// TestLinks looks at what users link, however indirectly.
func TestLinks(t *testing.T) {
	for _, p := range list(t) {
		if !matches("runtime/...", p.name()) && !matches("golden/...", p.name()) {
			continue
		}
		for _, path := range p.Deps {
			if matchesAny(unlinked, path) {
				t.Errorf("%s links %s, which is for the generator only", p.name(), path)
			}
			if matchesAny(metrics, path) && !matchesAny(metrics, p.ImportPath) && !badgers(p, path) {
				t.Errorf("%s links %s: only who wants such metrics does", p.name(), path)
			}
			if p.name() == "runtime" && !standard(path) && !strings.HasPrefix(path, module+"/") {
				t.Errorf("runtime links %s: what only some caches need is a package below it", path)
			}
		}
	}
}

// badgers reports whether a package links another for badger, which makes spans of
// its own.
func badgers(p pkg, path string) bool {
	const badger = module + "/runtime/badgertier"
	return matches("go.opentelemetry.io/...", path) && (p.ImportPath == badger || slices.Contains(p.Deps, badger))
}

// TestEngines looks at what a cache links for engines that it does not have.
func TestEngines(t *testing.T) {
	used := map[string]bool{}
	for _, p := range list(t) {
		if !matches("golden/...", p.name()) && !matches("runtime/...", p.name()) {
			continue
		}
		for engine, clients := range engines {
			has := p.name() == engine || slices.Contains(p.Deps, module+"/"+engine)
			used[engine] = used[engine] || has
			if has && p.name() == "golden/memory" && engine != "runtime/fasttier" {
				t.Errorf("caches of one fastcache link %s", engine)
			}
			for _, path := range p.Deps {
				if !has && matchesAny(clients, path) {
					t.Errorf("%s links %s without %s", p.name(), path, engine)
				}
			}
		}
	}
	for engine := range engines {
		if !used[engine] {
			t.Errorf("nothing links %s", engine)
		}
	}
}

// TestFilesAreShort keeps every file that is written by hand one that can be read
// in one go.
func TestFilesAreShort(t *testing.T) {
	const most = 500
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.HasPrefix(data, []byte("// Code generated ")) {
			return err
		}
		if lines := bytes.Count(data, []byte("\n")); lines > most {
			t.Errorf("%s has %d lines, more than %d", path, lines, most)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// list returns the packages of the module.
func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,Deps", module+"/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	var pkgs []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

// standard says whether a package is of the standard library.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// matches says whether path is the package that pattern names, or below it.
func matches(pattern, path string) bool {
	base, below := strings.CutSuffix(pattern, "/...")
	return path == base || below && strings.HasPrefix(path, base+"/")
}

func matchesAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, path) })
}
