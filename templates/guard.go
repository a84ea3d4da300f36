package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/model"
)

// guards returns a declaration for every named type that the stored form of a
// cache depends on and that can be spelled here: it compiles only while the type
// is what it was.
func (g *gen) guards(c *model.Cache) []jen.Code {
	var lines []jen.Code
	seen := map[*model.Type]bool{}
	var walk func(t *model.Type)
	walk = func(t *model.Type) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		if t.Named() && !g.guarded[t] && g.spellable(t) {
			g.guarded[t] = true
			lines = append(lines, g.snippet("_ = (*$u)((*$T)(nil))\n", vars{"u": g.underlying(t), "T": g.spell(t)}))
		}
		walk(t.Key)
		walk(t.Elem)
		for _, f := range t.Fields {
			if !f.Skip {
				walk(f.Type)
			}
		}
	}
	walk(c.Type)
	for _, p := range c.Key.Parts {
		walk(p.Type)
	}
	if len(lines) == 0 {
		return nil
	}
	all := &jen.Statement{}
	for _, l := range lines {
		all.Add(l)
	}
	return []jen.Code{g.snippet("// These lines compile only while the types are what the code above was generated\n// for: if one does not, run cachegen again.\nvar (\n$lines)", vars{"lines": all})}
}

// spellable reports whether the underlying type of a named type can be written
// down in this package.
func (g *gen) spellable(t *model.Type) bool {
	switch t.Kind {
	case model.Time, model.Custom, model.Invalid:
		return false
	}
	foreign := t.Pkg != g.pkg.Path
	if foreign && !exported(t.Name) {
		return false
	}
	for _, f := range t.Fields {
		if f.Omit || f.Type == nil || foreign && !exported(f.Name) || !g.reachable(f.Type) || renamed(f) {
			return false
		}
	}
	return (t.Key == nil || g.reachable(t.Key)) && (t.Elem == nil || g.reachable(t.Elem))
}

// renamed reports whether a field is embedded under the name of an alias: its
// type alone would give it another name.
func renamed(f model.Field) bool {
	t := f.Type
	if f.Embedded && t.Kind == model.Pointer && !t.Named() {
		t = t.Elem
	}
	return f.Embedded && t.Name != f.Name
}

// reachable reports whether the name of a type, or its literal, can be written
// down in this package.
func (g *gen) reachable(t *model.Type) bool {
	if t.Named() {
		if t.Pkg != "" && t.Pkg != g.pkg.Path && !exported(t.Name) {
			return false
		}
		for _, a := range t.Args {
			if !g.reachable(a) {
				return false
			}
		}
		return true
	}
	if t.Key != nil && !g.reachable(t.Key) || t.Elem != nil && !g.reachable(t.Elem) {
		return false
	}
	for _, f := range t.Fields {
		if f.Omit || f.Type == nil || !g.reachable(f.Type) || renamed(f) {
			return false
		}
	}
	return true
}

func (g *gen) underlying(t *model.Type) jen.Code {
	u := *t
	u.Name, u.Args = "", nil
	return g.spell(&u)
}

func exported(name string) bool { return name != "" && name[0] >= 'A' && name[0] <= 'Z' }
