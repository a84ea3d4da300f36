package load

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"
)

// unit is a type-checked package, and the files of it whose directives count.
type unit struct {
	run    *run
	path   string // of the package, which for a foo_test is its own
	dir    string // import path of the directory
	name   string
	types  *types.Package
	errors []types.Error
	syntax []*ast.File
	own    []*ast.File
	files  []string // the hand-written files behind the syntax, as the go command lists them
	blocks []*block

	unimported map[string]string // why imports could not be loaded, by path
}

// run is all units that are loaded from source, which see each other's types.
type run struct {
	reporter
	units     []*unit
	packages  map[*types.Package]bool
	generated map[string]bool // names still to be generated, as path.Name
	annotated map[types.Object]bool
}

// units returns the packages of the first load.
func units(pkgs []*packages.Package) []*unit {
	var list []*unit
	for _, p := range pkgs {
		u := newUnit(p)
		u.own = u.syntax
		list = append(list, u)
	}
	return list
}

// testUnits returns the variants of packages that tests are built from. Of a
// package with tests inside, only the test files have not been seen before.
func testUnits(pkgs []*packages.Package) []*unit {
	var list []*unit
	for _, p := range pkgs {
		if p.ForTest == "" {
			continue
		}
		u := newUnit(p)
		for _, f := range u.syntax {
			if strings.HasSuffix(u.file(p.Fset, f), "_test.go") {
				u.own = append(u.own, f)
			}
		}
		list = append(list, u)
	}
	return list
}

func newUnit(p *packages.Package) *unit {
	u := &unit{path: p.PkgPath, dir: cmp.Or(p.ForTest, p.PkgPath), name: p.Name, types: p.Types, errors: p.TypeErrors, syntax: p.Syntax, files: p.GoFiles, unimported: map[string]string{}}
	for path, imported := range p.Imports {
		for _, e := range imported.Errors {
			if e.Kind == packages.ListError && !strings.HasPrefix(e.Msg, "# ") {
				u.unimported[path], _, _ = strings.Cut(e.Msg, "\n")
			}
		}
	}
	for _, e := range p.Errors {
		if e.Kind == packages.ParseError {
			u.syntax = nil // what is missing would only lead to more mistakes
		}
	}
	return u
}

// file returns the path of the hand-written file that a syntax tree is from.
// Of a file that imports "C" the type checker has a copy, which says where it
// comes from in a line directive.
func (u *unit) file(fset *token.FileSet, f *ast.File) string {
	path := fset.File(f.FileStart).Name()
	if slices.Contains(u.files, path) {
		return path
	}
	origin := filepath.Base(fset.Position(f.Package).Filename)
	for _, name := range u.files {
		if filepath.Base(name) == origin {
			return name
		}
	}
	return path
}

// scopePos returns a position from which the file around pos, and nothing
// inside of it, is in scope.
func (u *unit) scopePos(pos token.Pos) token.Pos {
	for _, f := range u.syntax {
		if f.FileStart <= pos && pos < f.FileEnd {
			return f.Name.End()
		}
	}
	return pos
}

// buildConstraint returns the expression of the build constraint of a file.
func buildConstraint(f *ast.File) string {
	var old constraint.Expr // of // +build lines, all of which must hold
	for _, g := range f.Comments {
		if g.Pos() > f.Package {
			break
		}
		for _, c := range g.List {
			e, err := constraint.Parse(c.Text)
			switch {
			case err != nil:
			case constraint.IsGoBuild(c.Text):
				return e.String()
			case old == nil:
				old = e
			default:
				old = &constraint.AndExpr{X: old, Y: e}
			}
		}
	}
	if old == nil {
		return ""
	}
	return old.String()
}

// local reports whether a package is one of the run, so that mistakes are
// reported in its files.
func (r *run) local(p *types.Package) bool { return r.packages[p] }

// invalid says why the type checker has no type at a place.
func (r *run) invalid(at place) (msg, hint string) {
	for _, pos := range []token.Pos{at.decl, at.pos} {
		for _, u := range r.units {
			for _, f := range u.syntax {
				if pos < f.FileStart || f.FileEnd <= pos {
					continue
				}
				if msg, hint := u.invalidIn(f, declaration(f, pos)); msg != "" {
					return msg, hint
				}
			}
		}
	}
	return "the type is not known", "see what go build says"
}

// declaration returns the field or type whose name stands at pos.
func declaration(f *ast.File, pos token.Pos) ast.Node {
	var found ast.Node
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			embedded := len(n.Names) == 0 && n.Type.Pos() <= pos && pos < n.Type.End()
			if embedded || slices.ContainsFunc(n.Names, func(i *ast.Ident) bool { return i.Pos() == pos }) {
				found = n
			}
		case *ast.TypeSpec:
			if n.Name.Pos() == pos {
				found = n
			}
		}
		return true
	})
	return found
}

// invalidIn looks for the reason inside a declaration.
func (u *unit) invalidIn(f *ast.File, n ast.Node) (msg, hint string) {
	if n == nil {
		return "", ""
	}
	if name := u.pending(f, n); name != "" {
		return fmt.Sprintf("type %s is still to be generated", name), `a cache is no part of a cached value: leave the field out with cache:"-"`
	}
	for _, e := range u.errors {
		if n.Pos() <= e.Pos && e.Pos < n.End() {
			return e.Msg, ""
		}
	}
	return u.unresolved(f, n)
}

// unresolved looks for the reason in the imports that a declaration uses: the
// type checker reports those that failed where they stand, once.
func (u *unit) unresolved(f *ast.File, n ast.Node) (msg, hint string) {
	for _, s := range selectors(n) {
		for _, i := range f.Imports {
			if importName(i) != s.X.(*ast.Ident).Name {
				continue
			}
			path, _ := strconv.Unquote(i.Path.Value)
			if reason, ok := u.unimported[path]; ok {
				if add, ok := strings.CutSuffix(reason, "; to add it:"); ok {
					return add, "go get " + path
				}
				return reason, ""
			}
			for _, e := range u.errors {
				if i.Pos() <= e.Pos && e.Pos < i.End() {
					return e.Msg, ""
				}
			}
		}
	}
	return "", ""
}

// pending returns the name of a type in a declaration that this run is going
// to generate.
func (u *unit) pending(f *ast.File, n ast.Node) string {
	for _, s := range selectors(n) {
		for _, i := range f.Imports {
			path, _ := strconv.Unquote(i.Path.Value)
			if u.run.generated[path+"."+s.Sel.Name] {
				return s.X.(*ast.Ident).Name + "." + s.Sel.Name
			}
		}
	}
	name := ""
	ast.Inspect(n, func(n ast.Node) bool {
		if i, ok := n.(*ast.Ident); ok && u.run.generated[u.path+"."+i.Name] && u.types.Scope().Lookup(i.Name) == nil {
			name = i.Name
		}
		_, selector := n.(*ast.SelectorExpr)
		return !selector
	})
	return name
}

// selectors returns the package.Name expressions of a declaration.
func selectors(n ast.Node) []*ast.SelectorExpr {
	var found []*ast.SelectorExpr
	ast.Inspect(n, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if _, ok := s.X.(*ast.Ident); ok {
				found = append(found, s)
			}
		}
		return true
	})
	return found
}

// importName guesses the name of an import from its path.
func importName(i *ast.ImportSpec) string {
	if i.Name != nil {
		return i.Name.Name
	}
	path, _ := strconv.Unquote(i.Path.Value)
	return path[strings.LastIndexByte(path, '/')+1:]
}
