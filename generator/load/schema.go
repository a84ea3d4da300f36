package load

import (
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"reflect"

	"github.com/cachegen/cachegen/generator/model"
)

// schema turns the types of one package into model types: one for each named
// type, so that recursive types become cycles.
type schema struct {
	reporter
	unit  *unit
	known map[string]*model.Type // named types, by their full spelling

	// refused has the types of other packages that were found wanting for a field of
	// the user's. One is looked at and reported once for each, since large families
	// of types lead to it, and to each other, in millions of ways.
	refused map[refusal]bool

	silent bool // describes what is not stored: what cannot be described is left out
}

func newSchema(r reporter, u *unit) *schema {
	return &schema{reporter: r, unit: u, known: map[string]*model.Type{}, refused: map[refusal]bool{}}
}

// refusal is a type, and the position of the field that it was wanted for.
type refusal struct {
	spelling string
	pos      token.Pos
	silent   bool
}

// place is where a type stands: the path from the annotated type to it, and
// the position of the innermost field on that path that the user can edit.
type place struct {
	path string
	pos  token.Pos
	decl token.Pos // of the innermost named type on the path
}

func (p place) elem() place { p.path += "[]"; return p }

const leaveOut = `give the field a concrete type, or leave it out with cache:"-"`

// reject reports a type that cannot be stored.
func (s *schema) reject(at place, hint, format string, args ...any) *model.Type {
	if !s.silent {
		s.at(at.pos, hint, "%s: %s", at.path, fmt.Sprintf(format, args...))
	}
	return nil
}

// sizes says how much memory values take where the output is not to depend on the
// machine.
var sizes = types.SizesFor("gc", "amd64")

// describe returns the shape of a type, or nil after reporting why it has
// none.
func (s *schema) describe(t types.Type, at place) *model.Type {
	m := s.shape(t, at)
	if m != nil {
		m.Size = sizes.Sizeof(t)
	}
	return m
}

func (s *schema) shape(t types.Type, at place) *model.Type {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return s.named(t, at)
	case *types.Basic:
		return s.basic(t, at)
	case *types.Pointer:
		return s.list(&model.Type{Kind: model.Pointer}, t.Elem(), at)
	case *types.Slice:
		return s.list(&model.Type{Kind: model.Slice}, t.Elem(), at.elem())
	case *types.Array:
		return s.list(&model.Type{Kind: model.Array, Len: t.Len()}, t.Elem(), at.elem())
	case *types.Map:
		key := at
		key.path += "[key]"
		k := s.describe(t.Key(), key)
		v := s.describe(t.Elem(), at.elem())
		if k == nil || v == nil {
			return nil
		}
		if name := leavesOut(k); name != "" {
			return s.reject(key, `make maps of keys that are stored whole`, "the field %s is left out, so two keys could be one", name)
		}
		return &model.Type{Kind: model.Map, Key: k, Elem: v}
	case *types.Struct:
		return s.structure(t, at)
	case *types.Interface:
		return s.reject(at, leaveOut, "interfaces cannot be cached")
	case *types.Chan:
		return s.reject(at, leaveOut, "channels cannot be cached")
	case *types.Signature:
		return s.reject(at, leaveOut, "functions cannot be cached")
	default:
		return s.reject(at, leaveOut, "type %s cannot be cached", s.spell(t))
	}
}

// list completes a type with its element.
func (s *schema) list(t *model.Type, elem types.Type, at place) *model.Type {
	if t.Elem = s.describe(elem, at); t.Elem == nil {
		return nil
	}
	return t
}

// basics maps Go's predeclared types to kinds. What is not in it is not stored.
var basics = map[types.BasicKind]model.Kind{
	types.Bool: model.Bool, types.String: model.String,
	types.Int: model.Int, types.Int8: model.Int8, types.Int16: model.Int16, types.Int32: model.Int32, types.Int64: model.Int64,
	types.Uint: model.Uint, types.Uint8: model.Uint8, types.Uint16: model.Uint16, types.Uint32: model.Uint32, types.Uint64: model.Uint64,
	types.Float32: model.Float32, types.Float64: model.Float64,
	types.Complex64: model.Complex64, types.Complex128: model.Complex128,
}

func (s *schema) basic(t *types.Basic, at place) *model.Type {
	if k, ok := basics[t.Kind()]; ok {
		return &model.Type{Kind: k}
	}
	if t.Kind() == types.Invalid {
		msg, hint := s.unit.run.invalid(at)
		return s.reject(at, hint, "%s", msg)
	}
	return s.reject(at, leaveOut, "%s cannot be cached: it is an address", t)
}

// named describes a named type: by its underlying type, except for time.Time.
func (s *schema) named(t *types.Named, at place) *model.Type {
	spelling := types.TypeString(t, nil)
	if m, ok := s.known[spelling]; ok {
		return m
	}
	obj := t.Obj()
	if obj.Pkg() == nil { // error, comparable
		return s.reject(at, leaveOut, "interfaces cannot be cached")
	}
	m := &model.Type{Name: obj.Name(), Pkg: obj.Pkg().Path(), PkgName: obj.Pkg().Name()}
	if m.Pkg == "time" && m.Name == "Time" {
		m.Kind = model.Time
		s.known[spelling] = m
		return m
	}
	why := refusal{spelling, at.pos, s.silent}
	if s.refused[why] {
		return nil
	}
	how := s.stores(t)
	if !s.usable(t, how, at) {
		s.refused[why] = !s.unit.run.local(obj.Pkg())
		return nil
	}
	s.known[spelling] = m
	ok := true
	for a := range t.TypeArgs().Types() {
		arg := at
		arg.path += "[" + s.spell(a) + "]"
		described := s.describe(a, arg)
		m.Args = append(m.Args, described)
		ok = ok && described != nil
	}
	if how != model.NoMarshal && ok {
		m.Kind, m.Marshal, m.Flat = model.Custom, how, flat(t)
		return m
	}
	at.decl = obj.Pos()
	if u := s.describe(t.Underlying(), at); u != nil && ok {
		m.Kind, m.Elem, m.Key, m.Len, m.Fields = u.Kind, u.Elem, u.Key, u.Len, u.Fields
		return m
	}
	if !s.unit.run.local(obj.Pkg()) {
		delete(s.known, spelling) // reported at each of our fields that has it
		s.refused[why] = true
	}
	return nil
}

// usable reports whether a named type can be named and copied by generated
// code, and stored by its methods or field by field, and says why not.
func (s *schema) usable(t *types.Named, how model.Marshal, at place) bool {
	obj, local := t.Obj(), t.Obj().Pkg() == s.unit.types
	name, hidden := s.spell(t), ""
	if how == model.NoMarshal {
		hidden = unexported(t, s.unit.types)
	}
	lock := guarded(t)
	if lock != nil && how == model.NoMarshal && !types.Identical(lock, t) && hidden == "" {
		lock = nil // the field that has it says more
	}
	switch p := obj.Pkg().Path(); {
	case lock != nil && types.Identical(lock, t):
		s.reject(at, `leave it out with cache:"-"`, "%s cannot be copied, so it cannot be cached", name)
	case lock != nil:
		s.reject(at, `leave it out with cache:"-"`, "%s holds %s and cannot be copied, so it cannot be cached", name, s.spell(lock))
	case !local && !obj.Exported():
		s.reject(at, leaveOut, "type %s is not exported", name)
	case !local && !importable(p, s.unit.dir):
		s.reject(at, leaveOut, "type %s is in a package that cannot be imported here", name)
	case hidden != "":
		methods := "no methods to store itself"
		if h := half(t); h != "" {
			methods = "no method to set it from what " + h + " makes"
		}
		s.reject(at, `store its parts in fields of your own, or leave it out with cache:"-"`,
			"%s has a field that is not exported, %s, and %s", name, hidden, methods)
	default:
		return true
	}
	return false
}

// stores returns the method pair by which values of a type are stored. A struct
// knows best what it is, unless it is annotated and so to be stored field by field.
// All that other types hold is there to be seen: their methods are for what cannot
// be stored otherwise.
func (s *schema) stores(t *types.Named) model.Marshal {
	how := marshals(t)
	if how == model.NoMarshal || s.unit.run.annotated[t.Obj()] || !isStruct(t) && s.structural(t) {
		return model.NoMarshal
	}
	return how
}

// structural reports whether a type can be stored field by field.
func (s *schema) structural(t *types.Named) bool {
	if unexported(t, s.unit.types) != "" {
		return false
	}
	probe := *s
	probe.silent = true
	probe.known = maps.Clone(s.known)
	probe.known[types.TypeString(t, nil)] = &model.Type{}
	return probe.describe(t.Underlying(), place{}) != nil
}

// unexported returns the name of a field that only another package can see.
func unexported(t *types.Named, from *types.Package) string {
	if st, ok := t.Underlying().(*types.Struct); ok {
		for f := range st.Fields() {
			if !f.Exported() && f.Pkg() != from && f.Name() != "_" {
				return f.Name()
			}
		}
	}
	return ""
}

func (s *schema) structure(t *types.Struct, at place) *model.Type {
	m := &model.Type{Kind: model.Struct}
	ok := true
	for i := range t.NumFields() {
		v := t.Field(i)
		f := model.Field{Name: v.Name(), Embedded: v.Embedded(), Tag: t.Tag(i), Skip: v.Name() == "_"}
		in := place{path: at.path + "." + v.Name(), pos: at.pos}
		if s.unit.run.local(v.Pkg()) {
			in.pos = v.Pos()
		}
		if tag, tagged := reflect.StructTag(f.Tag).Lookup("cache"); tagged {
			if tag != "-" {
				s.reject(in, `the only one is cache:"-"`, "unknown tag cache:%q", tag)
				ok = false
			}
			f.Skip = true
		}
		if f.Skip {
			f.Type = s.skipped(v.Type(), in)
			f.Omit = f.Type == nil
		} else if f.Type = s.field(v, in); f.Type == nil {
			ok = false
		}
		m.Fields = append(m.Fields, f)
	}
	if !ok {
		return nil
	}
	return m
}

// field describes a field that is stored.
func (s *schema) field(v *types.Var, at place) *model.Type {
	if !v.Exported() && v.Pkg() != s.unit.types {
		return s.reject(at, "", "the field is not exported by package %s", v.Pkg().Path())
	}
	return s.describe(v.Type(), at)
}

// skipped describes a field that is not stored, or returns nil if that cannot
// be done. It is tried in a schema of its own first, since a failure would
// leave types behind that are described by half.
func (s *schema) skipped(t types.Type, at place) *model.Type {
	probe := *s
	probe.silent = true
	if !s.silent {
		probe.known = map[string]*model.Type{}
	}
	if m := probe.describe(t, at); m == nil || s.silent {
		return m
	}
	silent := *s
	silent.silent = true
	return silent.describe(t, at)
}

// spell returns a type as the user's package spells it.
func (s *schema) spell(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == s.unit.types {
			return ""
		}
		return p.Name()
	})
}
