package load

import (
	"context"
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"
)

// roots are the packages that the patterns name, and what they import.
type roots struct {
	*loader
	named    map[string]*packages.Package // by path
	imported map[string]*imported         // others, by path
	sizes    types.Sizes
	odd      bool // an import is one that the go command refuses
}

// loadRoots loads the packages that the patterns name from source, and only what they
// import from export data. The go command is not asked for export data of the packages
// themselves, since it would compile them, with all that was generated for them before.
//
// It does so where all is well. Otherwise it returns nil: load comes to the same with
// go/packages alone, and knows what to say.
func (l *loader) loadRoots(ctx context.Context) []*packages.Package {
	if driven(l.config(ctx, 0).Env) || strings.Contains(strings.Join(l.cfg.Patterns, ""), "=") {
		return nil // which the go command knows nothing of
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // of a guess that was wrong
	guessed := l.guessImports(ctx)
	pkgs := l.listNamed(ctx)
	if len(pkgs) == 0 {
		return nil
	}
	r := &roots{loader: l, named: map[string]*packages.Package{}}
	for _, p := range pkgs {
		r.named[p.PkgPath] = p
	}
	if !r.parse() || !r.load(ctx, guessed) {
		return nil
	}
	for _, p := range pkgs {
		r.check(p)
	}
	if r.odd {
		return nil
	}
	return pkgs
}

// parse parses the files of the packages, and reports whether it could.
func (r *roots) parse() bool {
	var wg sync.WaitGroup
	for _, p := range r.named {
		p.Fset, p.Syntax = r.fset, make([]*ast.File, len(p.GoFiles))
		wg.Go(func() {
			for i, path := range p.GoFiles {
				f, err := r.files.get(path)
				if err != nil {
					return
				}
				if syntax, err := r.files.parse(r.fset, path, f.src); err == nil {
					p.Syntax[i] = syntax
				}
			}
		})
	}
	wg.Wait()
	for _, p := range r.named {
		if slices.Contains(p.Syntax, nil) {
			return false
		}
	}
	return true
}

// load loads what the packages import, and reports whether it could.
func (r *roots) load(ctx context.Context, guessed *importing) bool {
	paths := noImports()
	for _, p := range r.named {
		for _, f := range p.Syntax {
			addImports(paths, f)
		}
	}
	if paths["C"] {
		return false // cgo has to make files before the types can be checked
	}
	for path := range r.named {
		delete(paths, path)
	}
	i := guessed
	if i == nil || !slices.Equal(i.paths, sorted(paths)) {
		i = r.beginImports(ctx, paths)
	}
	<-i.done
	if i.err != nil {
		return false
	}
	r.imported, r.sizes = i.pkgs, i.sizes
	for path := range r.named {
		if r.imported[path] != nil {
			return false // an imported one imports it, and would have each type of it twice
		}
	}
	return true
}

// check gives one of the packages its types.
func (r *roots) check(p *packages.Package) {
	if p.Types != nil {
		return
	}
	p.Types = types.NewPackage(p.PkgPath, p.Name)
	cfg := &types.Config{
		Importer: importFunc(func(path string) (*types.Package, error) { return r.resolve(p, path) }),
		Sizes:    r.sizes,
		Error: func(err error) {
			if err, ok := err.(types.Error); ok { //nolint:errorlint // as go/types says
				p.TypeErrors = append(p.TypeErrors, err)
			}
		},
	}
	if p.Module != nil && p.Module.GoVersion != "" {
		cfg.GoVersion = "go" + p.Module.GoVersion
	}
	_ = types.NewChecker(cfg, r.fset, p.Types, nil).Files(p.Syntax) // which has told Error
}

// importFunc is a function as a [types.Importer].
type importFunc func(path string) (*types.Package, error)

// Import implements [types.Importer].
func (f importFunc) Import(path string) (*types.Package, error) { return f(path) }

// resolve returns what a package imports under a path.
func (r *roots) resolve(by *packages.Package, path string) (*types.Package, error) {
	p := imported{}
	if named := r.named[path]; named != nil {
		r.check(named)
		p = imported{named.Name, named.Types}
	} else if found := r.imported[path]; found != nil {
		p = *found
	}
	if p.types == nil || !p.types.Complete() || p.name == "main" || internal(path, by.PkgPath) {
		r.odd = true // missing, a cycle, a program, or for others only
		return nil, fmt.Errorf("%s cannot be imported", path)
	}
	return p.types, nil
}

// internal reports whether a path is internal to other packages than the one that
// imports it.
func internal(path, by string) bool {
	i := strings.LastIndex("/"+path+"/", "/internal/")
	return i == 0 || i > 0 && !strings.HasPrefix(by+"/", path[:i])
}
