package load

import (
	"context"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"
)

// importMode asks for export data, and for what stands in for it if there is none.
const importMode = mode&^packages.NeedSyntax | packages.NeedTypesSizes

// importing is a load of imported packages that may be under way.
type importing struct {
	paths []string
	done  chan struct{}
	pkgs  []*packages.Package
	err   error
}

// beginImports begins to load packages by the paths that they are imported under.
func (l *loader) beginImports(ctx context.Context, paths map[string]bool) *importing {
	i := &importing{paths: sorted(paths), done: make(chan struct{})}
	go func() {
		defer close(i.done)
		i.pkgs, i.err = packages.Load(l.config(ctx, importMode), i.paths...)
	}()
	return i
}

// guessImports begins to load what the files of a directory import, if that is all that
// is asked for, while the go command still looks which of them belong to the package.
// It returns nil if there is nothing to guess from.
func (l *loader) guessImports(ctx context.Context) *importing {
	dir := l.cfg.Patterns[0]
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(l.cfg.Dir, dir)
	}
	d, err := l.scanDir(dir)
	if err != nil || len(l.cfg.Patterns) > 1 || strings.Contains(os.Getenv("GOFLAGS"), "-") {
		return nil // flags can say which files count, and that go.mod may be written
	}
	match := build.Default
	match.BuildTags = strings.Split(l.cfg.Tags, ",")
	paths := noImports()
	for _, f := range d.Files {
		if ok, err := match.MatchFile(dir, filepath.Base(f.Path)); err != nil || !ok || f.skipped || strings.HasSuffix(f.Path, "_test.go") {
			continue
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), f.Path, f.src, parser.ImportsOnly)
		if err != nil {
			return nil
		}
		addImports(paths, syntax)
	}
	return l.beginImports(ctx, paths)
}

// noImports are the imports of a package without any. unsafe is loaded all the same, so
// that the sizes of types are.
func noImports() map[string]bool { return map[string]bool{"unsafe": true} }

func addImports(paths map[string]bool, f *ast.File) {
	for _, s := range f.Imports {
		path, _ := strconv.Unquote(s.Path.Value)
		paths[path] = true
	}
}

func sorted(paths map[string]bool) []string { return slices.Sorted(maps.Keys(paths)) }
