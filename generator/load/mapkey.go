package load

import (
	"slices"

	"github.com/cachegen/cachegen/generator/model"
)

// leavesOut returns a field of the type of a map's keys that == looks at and that is
// not stored, or "".
func leavesOut(t *model.Type) string {
	if t.Kind == model.Array {
		return leavesOut(t.Elem)
	}
	for _, f := range t.Fields {
		switch {
		case f.Name == "_":
		case f.Skip:
			return f.Name
		default:
			if name := leavesOut(f.Type); name != "" {
				return name
			}
		}
	}
	return ""
}

// ordered checks that the keys of all maps have an order, for maps=sorted.
func (b *block) ordered(s *schema) {
	pos := b.at("maps")
	seen := map[*model.Type]bool{}
	var walk func(t *model.Type, path string)
	walk = func(t *model.Type, path string) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		if t.Kind == model.Map && pointed(t.Key) {
			s.at(pos, "make maps of keys that are values", "maps=sorted: %s: pointers have no order", path+"[key]")
		}
		in := path
		if t.Kind != model.Pointer {
			in += "[]"
		}
		walk(t.Elem, in)
		for _, f := range t.Fields {
			if !f.Skip {
				walk(f.Type, path+"."+f.Name)
			}
		}
	}
	walk(b.Type, b.spec.Name.Name)
}

// pointed reports whether values of a comparable type hold a pointer.
func pointed(t *model.Type) bool {
	switch t.Kind {
	case model.Pointer:
		return true
	case model.Array:
		return pointed(t.Elem)
	}
	return slices.ContainsFunc(t.Fields, func(f model.Field) bool { return !f.Skip && pointed(f.Type) })
}
