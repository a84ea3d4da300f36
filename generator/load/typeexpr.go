package load

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
)

// typeExpr resolves the spelling of a type as the file of the directive sees it.
func (s *schema) typeExpr(spelling string, pos token.Pos) (types.Type, error) {
	e, err := parser.ParseExpr(spelling)
	if err != nil || !isTypeExpr(e) {
		return nil, &wrong{msg: fmt.Sprintf("%q is no type", spelling), hint: "a type that can be a key, as in page:int"}
	}
	// The position selects the imports of the file. It must not lie in a
	// declaration, whose own scope would hide them.
	tv, err := types.Eval(s.fset, s.unit.types, s.unit.scopePos(pos), spelling)
	if err != nil {
		tv, err = types.Eval(s.fset, s.unit.importing(e), token.NoPos, spelling)
	}
	if err != nil || !tv.IsType() {
		hint := "a predeclared type, or one that this file can name"
		switch e := e.(type) {
		case *ast.Ident:
			if n := nearest(e.Name, append(types.Universe.Names(), s.unit.types.Scope().Names()...)); n != "" {
				hint = fmt.Sprintf("did you mean %q?", n)
			}
		case *ast.SelectorExpr:
			hint = fmt.Sprintf("one of package %s that this package imports, or name it: type %s = %s", e.X, e.Sel.Name, spelling)
		}
		return nil, &wrong{msg: fmt.Sprintf("unknown type %q", spelling), hint: hint}
	}
	return tv.Type, nil
}

// importing returns a package that declares what the unit does, and imports the
// packages that an expression names. Its file need not: Go allows no import for the
// sake of a comment.
func (u *unit) importing(e ast.Expr) *types.Package {
	p := types.NewPackage(u.types.Path(), u.types.Name())
	for _, name := range u.types.Scope().Names() {
		p.Scope().Insert(u.types.Scope().Lookup(name))
	}
	for _, s := range selectors(e) {
		if found := u.imported(s.X.(*ast.Ident).Name); found != nil {
			p.Scope().Insert(types.NewPkgName(token.NoPos, p, found.Name(), found))
		}
	}
	return p
}

// imported returns the package of a name that the unit imports, in whatever file, or
// one that those import: the nearest, if there is only one. Package time is always
// there.
func (u *unit) imported(name string) *types.Package {
	seen := map[*types.Package]bool{}
	for level := u.types.Imports(); len(level) > 0; {
		var found, next []*types.Package
		for _, p := range level {
			if seen[p] {
				continue
			}
			seen[p] = true
			if p.Name() == name && importable(p.Path(), u.dir) {
				found = append(found, p)
			}
			next = append(next, p.Imports()...)
		}
		if len(found) == 1 {
			return found[0]
		}
		if level = next; len(found) > 1 {
			return nil
		}
	}
	if name == "time" {
		return timePackage
	}
	return nil
}

// timePackage has time.Time for packages that do not know it.
var timePackage = func() *types.Package {
	p := types.NewPackage("time", "time")
	name := types.NewTypeName(token.NoPos, p, "Time", nil)
	types.NewNamed(name, types.NewStruct(nil, nil), nil)
	p.Scope().Insert(name)
	p.MarkComplete()
	return p
}()

// isTypeExpr reports whether an expression is one that can spell the type of a
// key, so that nothing else is ever evaluated.
func isTypeExpr(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name != "_"
	case *ast.SelectorExpr:
		_, ok := e.X.(*ast.Ident)
		return ok
	case *ast.ArrayType:
		_, number := e.Len.(*ast.BasicLit)
		return (e.Len == nil || number || isTypeExpr(e.Len)) && isTypeExpr(e.Elt)
	case *ast.IndexExpr:
		return isTypeExpr(e.X) && isTypeExpr(e.Index)
	case *ast.IndexListExpr:
		for _, i := range e.Indices {
			if !isTypeExpr(i) {
				return false
			}
		}
		return isTypeExpr(e.X)
	case *ast.MapType:
		return isTypeExpr(e.Key) && isTypeExpr(e.Value)
	case *ast.StarExpr:
		return isTypeExpr(e.X)
	}
	return false
}
