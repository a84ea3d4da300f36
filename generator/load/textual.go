package load

import (
	"go/token"
	"go/types"
	"reflect"
)

// ownFormat lists the methods by which a type takes over its own encoding.
var ownFormat = map[string][]string{
	"json":    {"MarshalJSON", "MarshalText"},
	"msgpack": {"EncodeMsgpack", "MarshalMsgpack", "MarshalBinary", "MarshalText"},
}

// textual checks that a format which obeys tags of its own stores what the
// annotation says, and nothing else.
func (s *schema) textual(codec string, t *types.Named, pos token.Pos) {
	c := textCheck{schema: s, codec: codec, seen: map[string]bool{}}
	c.check(t, place{path: t.Obj().Name(), pos: pos})
}

type textCheck struct {
	*schema
	codec string
	seen  map[string]bool
}

func (c *textCheck) check(t types.Type, at place) {
	t = types.Unalias(t)
	if n, ok := t.(*types.Named); ok {
		spelling := types.TypeString(n, nil)
		if c.seen[spelling] || c.own(n) {
			return
		}
		c.seen[spelling] = true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsComplex != 0 {
			c.reject(at, `use codec=binary, or leave it out with cache:"-"`, "codec=%s has no complex numbers", c.codec)
		}
	case *types.Pointer:
		c.check(u.Elem(), at)
	case *types.Slice:
		c.check(u.Elem(), at.elem())
	case *types.Array:
		c.check(u.Elem(), at.elem())
	case *types.Map:
		if c.codec == "json" && !jsonKey(u.Key()) {
			c.reject(at, "a string, an integer, or a type with MarshalText", "codec=json has no map keys of type %s", c.spell(u.Key()))
		}
		c.check(u.Elem(), at.elem())
	case *types.Struct:
		for i := range u.NumFields() {
			v := u.Field(i)
			in := place{path: at.path + "." + v.Name(), pos: at.pos}
			if c.unit.run.local(v.Pkg()) {
				in.pos = v.Pos()
			}
			c.field(v, reflect.StructTag(u.Tag(i)), in)
		}
	}
}

// own reports whether a type takes over its encoding.
func (c *textCheck) own(t *types.Named) bool {
	for _, name := range ownFormat[c.codec] {
		if obj, _, _ := types.LookupFieldOrMethod(t, true, t.Obj().Pkg(), name); obj != nil {
			return true
		}
	}
	return false
}

func (c *textCheck) field(v *types.Var, tag reflect.StructTag, at place) {
	out := tag.Get("cache") == "-"
	switch {
	case v.Name() == "_" || tag.Get(c.codec) == "-":
	case out && v.Exported():
		c.reject(at, "add the tag "+c.codec+`:"-"`, `codec=%s stores it against cache:"-"`, c.codec)
	case out || v.Pkg() != c.unit.types && !v.Exported():
	case v.Exported():
		c.check(v.Type(), at)
	case v.Embedded() && isStruct(v.Type()):
		c.check(v.Type(), at) // its exported fields are stored as if they were here
	default:
		c.reject(at, `export it, or leave it out with cache:"-"`, "codec=%s drops a field that is not exported", c.codec)
	}
}

func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

// jsonKey reports whether encoding/json can store a map with such keys.
func jsonKey(t types.Type) bool {
	if n, ok := types.Unalias(t).(*types.Named); ok && has(n, "MarshalText", marshal) {
		return true
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsInteger|types.IsString) != 0
}
