package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// perFile is how many declarations the files have that generators work on.
const perFile = 10

// newGeneratorModule makes a module with the programs in bin, which needs what this
// one needs.
func newGeneratorModule(dir string) string {
	dir = filepath.Join(dir, "generators")
	check(os.MkdirAll(filepath.Join(dir, "bin"), 0o755))
	mod := string(must(os.ReadFile("go.mod")))
	mod = strings.Replace(mod, "=> ../", "=> "+filepath.ToSlash(filepath.Dir(must(os.Getwd()))), 1)
	check(os.WriteFile(filepath.Join(dir, "go.mod"), []byte(mod), 0o644))
	check(os.WriteFile(filepath.Join(dir, "go.sum"), must(os.ReadFile("go.sum")), 0o644))
	build("-o", filepath.Join(dir, "bin")+string(filepath.Separator), "./floor",
		"github.com/cachegen/cachegen/cmd/cachegen", "golang.org/x/tools/cmd/stringer",
		"github.com/matryer/moq", "github.com/tinylib/msgp")
	return dir
}

// declared writes a package of n declarations.
func declared(dir string, n int, imports string, declaration func(w *strings.Builder, i int)) {
	for first := 0; first < n; first += perFile {
		var w strings.Builder
		fmt.Fprintf(&w, "package many\n\n%s", imports)
		for i := first; i < min(n, first+perFile); i++ {
			declaration(&w, i)
		}
		path := filepath.Join(dir, fmt.Sprintf("file%02d.go", first/perFile))
		check(os.WriteFile(path, []byte(w.String()), 0o644))
	}
}

// annotated writes structs with caches, the first of which has another field in each
// round.
func annotated(dir string, n, round int) {
	declared(dir, n, "import \"time\"\n", func(w *strings.Builder, i int) {
		more := ""
		if i == 0 && round > 0 {
			more = fmt.Sprintf("\n\tMore%d string", round)
		}
		fmt.Fprintf(w, `
// S%[1]d is cached.
//
//cachegen:cache key=ID ttl=10m
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier redis = redis
//cachegen:compose all = memory redis
type S%[1]d struct {
	ID     int64
	Name   string
	Text   string
	Price  float64
	Live   bool
	Tags   []string
	Counts map[string]int64
	At     time.Time
	Parent *int64%[2]s
}
`, i, more)
	})
}

// constants writes types of five constants.
func constants(dir string, n, _ int) {
	declared(dir, n, "", func(w *strings.Builder, i int) {
		fmt.Fprintf(w, "\ntype K%[1]d int\n\nconst (\n\tK%[1]dA K%[1]d = iota\n\tK%[1]dB\n\tK%[1]dC\n\tK%[1]dD\n\tK%[1]dE\n)\n", i)
	})
}

// interfaces writes interfaces of three methods.
func interfaces(dir string, n, _ int) {
	declared(dir, n, "import \"context\"\n", func(w *strings.Builder, i int) {
		fmt.Fprintf(w, `
type I%[1]d interface {
	Get(ctx context.Context, id int64) (string, error)
	Set(ctx context.Context, id int64, name string) error
	Delete(ctx context.Context, id int64) error
}
`, i)
	})
}

// numbered returns so many names.
func numbered(letter string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprint(letter, i)
	}
	return all
}
