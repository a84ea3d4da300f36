package load

import (
	"go/token"
	"go/types"
	"reflect"
	"strings"
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
	inlined := v.Embedded() && isStruct(v.Type()) // its exported fields are stored as if they were here
	switch {
	case c.leaves(v.Name(), tag):
	case out && (v.Exported() || inlined):
		c.reject(at, "add the tag "+c.codec+`:"-"`, `codec=%s stores it against cache:"-"`, c.codec)
	case out || v.Pkg() != c.unit.types && !v.Exported():
	case c.codec == "msgpack" && v.Embedded() && embeds(v.Type(), map[types.Type]bool{}):
		c.reject(at, "give the field a name", "codec=msgpack cannot embed a type that embeds itself")
	case v.Exported() || inlined:
		c.check(v.Type(), at)
	default:
		c.reject(at, `export it, or leave it out with cache:"-"`, "codec=%s drops a field that is not exported", c.codec)
	}
}

// leaves reports whether the codec leaves a field out, by its name or its tag.
func (c *textCheck) leaves(name string, tag reflect.StructTag) bool {
	if c.codec == "msgpack" { // options may follow; _msgpack is for options of the whole struct
		out, _, _ := strings.Cut(tag.Get(c.codec), ",")
		return name == "_" || name == "_msgpack" || out == "-"
	}
	return name == "_" || tag.Get(c.codec) == "-"
}

// embeds reports whether a type embeds itself, however deep. Package msgpack looks
// for the fields of such a type without end.
func embeds(t types.Type, open map[types.Type]bool) bool {
	t = types.Unalias(t)
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || open[t] {
		return ok
	}
	open[t] = true
	defer delete(open, t)
	for f := range st.Fields() {
		if f.Embedded() && embeds(f.Type(), open) {
			return true
		}
	}
	return false
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
