package load

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/cachegen/cachegen/generator/model"
)

// world has what sources in memory can import: packages that are installed, from
// export data, and others from memory. They are found by one run of the go command.
type world struct {
	fset      *token.FileSet
	installed types.Importer
	memory    map[string]*types.Package
}

func newWorld(t testing.TB, patterns ...string) *world {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedExportFile | packages.NeedImports | packages.NeedDeps}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	packages.Visit(pkgs, nil, func(p *packages.Package) { files[p.PkgPath] = p.ExportFile })
	w := &world{fset: token.NewFileSet(), memory: map[string]*types.Package{}}
	w.installed = importer.ForCompiler(w.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) })
	return w
}

// Import implements types.Importer.
func (w *world) Import(path string) (*types.Package, error) {
	if p, ok := w.memory[path]; ok {
		return p, nil
	}
	return w.installed.Import(path)
}

// forget makes room for the positions of other files.
func (w *world) forget(f *ast.File) {
	if f != nil {
		w.fset.RemoveFile(w.fset.File(f.FileStart))
	}
}

// check type-checks files as a package.
func (w *world) check(path string, files ...*ast.File) (*types.Package, []types.Error) {
	var errs []types.Error
	cfg := types.Config{Importer: w, Error: func(err error) { errs = append(errs, err.(types.Error)) }} //nolint:errorlint // as go/types says
	pkg, _ := cfg.Check(path, w.fset, files, nil)                                                       // errors are in errs
	return pkg, errs
}

// provide makes a package that others can import from its source.
func (w *world) provide(t testing.TB, path, src string) {
	t.Helper()
	f, err := parser.ParseFile(w.fset, path+".go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, errs := w.check(path, f)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	w.memory[path] = pkg
}

// load does with one file what Load does with packages: it returns what the
// directives describe, or the mistakes in l.
func (w *world) load(path string, f *ast.File) (l *loader, found []*model.Package, errs []types.Error) {
	pkg, errs := w.check(path, f)
	l = &loader{fset: w.fset}
	u := &unit{path: path, dir: path, name: pkg.Name(), types: pkg, errors: errs, syntax: []*ast.File{f}, own: []*ast.File{f}}
	return l, l.check([]*unit{u}, nil), errs
}
