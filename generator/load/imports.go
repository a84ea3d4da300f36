package load

import (
	"context"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
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
	pkgs  map[string]*imported // by path
	sizes types.Sizes
	err   error
}

// imported is a package from export data, of which only those have types that are imported directly.
type imported struct {
	name  string
	types *types.Package
}

// beginImports begins to load packages by the paths that they are imported under.
func (l *loader) beginImports(ctx context.Context, paths map[string]bool) *importing {
	i := &importing{paths: sorted(paths), done: make(chan struct{}), pkgs: map[string]*imported{}}
	go func() {
		defer close(i.done)
		i.err = i.load(ctx, l)
	}()
	return i
}

func (i *importing) load(ctx context.Context, l *loader) error {
	list, err := l.listExported(ctx, i.paths)
	if err != nil {
		return i.loadSource(ctx, l)
	}
	files := map[string]string{}
	compiled := importer.ForCompiler(l.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) })
	for _, e := range list {
		files[e.path] = e.file
		p := &imported{name: e.name}
		i.pkgs[e.path], i.sizes = p, types.SizesFor(e.compiler, e.arch)
		if !e.indirect {
			if p.types, err = compiled.Import(e.path); err != nil {
				return i.loadSource(ctx, l) // as if the go command is newer than this one
			}
		}
	}
	return nil
}

// loadSource loads them where one cannot be compiled, which may be for want of what is still
// to be generated for it: its types are then from source.
func (i *importing) loadSource(ctx context.Context, l *loader) error {
	pkgs, err := packages.Load(l.config(ctx, importMode), i.paths...)
	packages.Visit(pkgs, nil, func(p *packages.Package) {
		i.pkgs[p.PkgPath] = &imported{name: p.Name, types: p.Types}
	})
	for _, p := range pkgs {
		i.sizes = p.TypesSizes
		for _, e := range p.Errors {
			if e.Kind == packages.ListError && !strings.HasPrefix(e.Msg, "# ") { // the compiler's have this
				return e
			}
		}
	}
	return err
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
