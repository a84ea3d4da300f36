package load

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
)

// needed are the predeclared names that generated code uses, and so cannot do
// without in the package that it is generated into.
var needed = []string{
	"bool", "byte", "complex64", "complex128", "error", "float32", "float64", "int", "int8", "int16", "int32", "int64",
	"string", "uint", "uint8", "uint16", "uint32", "uint64",
	"append", "complex", "copy", "false", "imag", "len", "make", "new", "nil", "real", "true",
}

// shadows reports packages that give another meaning to a name that generated code
// needs.
func (r *run) shadows(dirs []Dir) {
	seen := map[token.Position]bool{} // a package and its tests declare the same
	for _, u := range r.units {
		if len(u.blocks) == 0 {
			continue
		}
		names := u.declared(r.fset, dirs)
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if pos := names[name]; slices.Contains(needed, name) && !seen[pos] {
				seen[pos] = true
				r.diags.Add(pos, "give it another name", "%s is declared here, and code that is generated into this package needs Go's own", name)
			}
		}
	}
}

// declared returns what hand-written files of the package declare: those that
// the type checker saw, and, so that every platform gives the same output,
// tests and those for other build tags.
func (u *unit) declared(fset *token.FileSet, dirs []Dir) map[string]token.Position {
	names := map[string]token.Position{}
	for _, name := range u.types.Scope().Names() {
		names[name] = fset.Position(u.types.Scope().Lookup(name).Pos())
	}
	if len(u.files) == 0 {
		return names
	}
	i := slices.IndexFunc(dirs, func(d Dir) bool { return d.Path == filepath.Dir(u.files[0]) })
	if i < 0 {
		return names
	}
	for _, file := range dirs[i].Files {
		if file.skipped || slices.Contains(u.files, file.Path) {
			continue
		}
		own := token.NewFileSet()
		f, _ := parser.ParseFile(own, file.Path, file.src, parser.SkipObjectResolution)
		if f == nil || f.Name.Name != u.name {
			continue
		}
		for _, name := range declaredNames(f) {
			if _, ok := names[name.Name]; !ok {
				names[name.Name] = own.Position(name.Pos())
			}
		}
	}
	return names
}

// declaredNames returns the names that a file declares for its package.
func declaredNames(f *ast.File) (names []*ast.Ident) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name)
				case *ast.ValueSpec:
					names = append(names, s.Names...)
				}
			}
		}
	}
	return names
}
