package load

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"

	"github.com/cachegen/cachegen/generator/model"
)

// check turns the directives of all units into packages of the model. Names
// come first, so that every unit knows what is going to be generated.
func (l *loader) check(units []*unit, dirs []Dir) []*model.Package {
	r := &run{
		reporter:  reporter{fset: l.fset, diags: &l.diags},
		units:     units,
		packages:  map[*types.Package]bool{},
		generated: map[string]bool{},
		annotated: map[types.Object]bool{},
	}
	for _, u := range units {
		u.run = r
		r.packages[u.types] = true
		u.read(r.reporter)
		for _, b := range u.blocks {
			r.annotated[u.types.Scope().Lookup(b.spec.Name.Name)] = true
			for _, name := range []string{b.Name, b.Name + "Config", b.Name + "Key"} {
				r.generated[u.path+"."+name] = true
			}
		}
	}
	for _, u := range units {
		s := newSchema(r.reporter, u)
		for _, b := range u.blocks {
			b.resolve(s)
		}
		s.markRecursive()
	}
	r.clashes(l.cfg.Dir)
	r.shadows(dirs)
	if r.mistakes() > 0 {
		return nil
	}
	return r.models(dirs)
}

// read reads the directives of the unit's own files.
func (u *unit) read(r reporter) {
	if u.syntax == nil {
		return
	}
	for _, f := range u.own {
		for _, a := range r.annotations(f) {
			u.blocks = append(u.blocks, r.blocks(a)...)
		}
	}
}

// clashes reports names and namespaces that are taken.
func (r *run) clashes(dir string) {
	names, spaces := map[string]token.Pos{}, map[string]token.Pos{}
	where := func(pos token.Pos) string {
		p := r.fset.Position(pos)
		if rel, err := filepath.Rel(dir, p.Filename); err == nil {
			p.Filename = rel
		}
		return fmt.Sprintf("%s:%d:%d", p.Filename, p.Line, p.Column)
	}
	for _, u := range r.units {
		for _, b := range u.blocks {
			r.nameClash(u, b, names, where)
			if b.Namespace == "" {
				continue
			}
			if first, ok := spaces[b.Namespace]; ok {
				r.at(b.at("namespace"), "", "namespace %s is that of another cache, at %s", b.Namespace, where(first))
				continue
			}
			spaces[b.Namespace] = b.at("namespace")
		}
	}
}

// nameClash reports the first name of a block that is taken.
func (r *run) nameClash(u *unit, b *block, names map[string]token.Pos, where func(token.Pos) string) {
	if b.Name == "" {
		return // reported already
	}
	const hint = "choose another name with name="
	pos := b.at("name")
	for _, name := range b.names() {
		if first, ok := names[u.path+"."+name]; ok {
			r.at(pos, hint, "%s is generated for another cache already, at %s", name, where(first))
			return
		}
		if obj := u.types.Scope().Lookup(name); obj != nil {
			r.at(pos, hint, "%s is declared already, at %s", name, where(obj.Pos()))
			return
		}
	}
	for _, name := range b.names() {
		names[u.path+"."+name] = pos
	}
}

// models returns the packages that have caches.
func (r *run) models(dirs []Dir) []*model.Package {
	packages := map[string]*model.Package{}
	for _, u := range r.units {
		if len(u.blocks) == 0 {
			continue
		}
		p := packages[u.path]
		if p == nil {
			p = &model.Package{Name: u.name, Path: u.path, Scope: map[string]bool{}}
			packages[u.path] = p
		}
		for name := range u.declared(r.fset, dirs) {
			p.Scope[name] = true
		}
		p.Files = append(p.Files, u.modelFiles(r.fset)...)
	}
	list := make([]*model.Package, 0, len(packages))
	for _, p := range packages {
		slices.SortFunc(p.Files, func(a, b *model.File) int { return cmp.Compare(a.Source, b.Source) })
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b *model.Package) int { return cmp.Compare(a.Path, b.Path) })
	return list
}

// modelFiles returns the files of the unit that have caches.
func (u *unit) modelFiles(fset *token.FileSet) []*model.File {
	var files []*model.File
	for _, f := range u.own {
		var caches []*model.Cache
		for _, b := range u.blocks {
			if f.FileStart <= b.pos && b.pos < f.FileEnd {
				caches = append(caches, &b.Cache)
			}
		}
		if len(caches) == 0 {
			continue
		}
		source := u.file(fset, f)
		files = append(files, &model.File{
			Source: source, Output: OutputName(source), Constraint: buildConstraint(f), Caches: caches,
		})
	}
	return files
}
