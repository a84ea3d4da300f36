package load

import (
	"go/token"
	"go/types"
	"reflect"
	"strings"

	"github.com/cachegen/cachegen/generator/model"
)

// key reads key= of a block whose type is t: names of fields, or parameters
// as name:type.
func (s *schema) key(b *block, t *types.Named) {
	value, ok := b.opts["key"]
	if !ok {
		return // reported already
	}
	parts := splitKey(value)
	fields := 0
	for _, p := range parts {
		if !strings.Contains(p.text, ":") {
			fields++
		}
	}
	if fields != 0 && fields != len(parts) {
		s.at(value.pos, "all fields, as in key=Tenant,SKU, or all parameters, as in key=tenant:string,page:int", "key: fields and parameters do not mix")
		return
	}
	b.Key.Fields = fields > 0
	exported := map[string]string{}
	for _, p := range parts {
		name, _, _ := strings.Cut(p.text, ":")
		if name == "_" {
			s.at(p.pos, "name a field, or a parameter as in id:int64", "key: _ has no name")
			continue
		}
		if first, ok := exported[keyName(name)]; ok {
			s.at(p.pos, "", "key: %s and %s are both %s in the key", first, name, keyName(name))
			continue
		}
		exported[keyName(name)] = name
		part := model.KeyPart{Name: keyName(name), Path: name}
		if b.Key.Fields {
			part.Type = s.keyField(t, p)
		} else {
			part.Type = s.keyParameter(p)
		}
		b.Key.Parts = append(b.Key.Parts, part)
	}
	s.slot(b)
}

// splitKey splits the value of key= at the commas outside of brackets.
func splitKey(value arg) []arg {
	var parts []arg
	depth, start := 0, 0
	cut := func(end int) {
		parts = append(parts, arg{text: value.text[start:end], pos: value.at(start)})
		start = end + 1
	}
	for i, c := range value.text {
		switch {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == ',' && depth == 0:
			cut(i)
		}
	}
	cut(len(value.text))
	return parts
}

// keyField returns the type of a field that is a part of the key.
func (s *schema) keyField(t *types.Named, p arg) *model.Type {
	name := p.text
	subject := "key field " + name
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		s.at(p.pos, "name parameters, as in key=id:string", "%s: %s has no fields", subject, t.Obj().Name())
		return nil
	}
	obj, index, pointer := types.LookupFieldOrMethod(t, true, s.unit.types, name)
	v, ok := obj.(*types.Var)
	switch {
	case obj == nil && index != nil:
		s.at(p.pos, "name a parameter instead, as in key=id:string", "%s: several embedded structs have it", subject)
		return nil
	case !ok:
		hint := didYouMean(name, fieldNames(st))
		if name == "" {
			hint = "a name stands on both sides of a comma"
		}
		s.at(p.pos, hint, "key: %s has no field %q", t.Obj().Name(), name)
		return nil
	case pointer:
		s.at(p.pos, "name a field of the type itself", "%s: it is behind a pointer, which may be nil", subject)
		return nil
	case unstored(st, index):
		s.at(p.pos, `remove the tag, or name parameters instead of fields`, `%s: it is left out of the stored form by cache:"-"`, subject)
		return nil
	}
	return s.keyType(v.Type(), subject, p.pos)
}

func fieldNames(st *types.Struct) []string {
	var names []string
	for f := range st.Fields() {
		names = append(names, f.Name())
	}
	return names
}

// unstored reports whether a field on the path is left out of the stored form.
func unstored(st *types.Struct, index []int) bool {
	for _, i := range index {
		if reflect.StructTag(st.Tag(i)).Get("cache") == "-" {
			return true
		}
		next, ok := st.Field(i).Type().Underlying().(*types.Struct)
		if !ok {
			return false
		}
		st = next
	}
	return false
}

// keyParameter returns the type of a parameter, written as name:type.
func (s *schema) keyParameter(p arg) *model.Type {
	name, spelling, _ := strings.Cut(p.text, ":")
	if !isIdent(name) || name == "_" {
		s.at(p.pos, "a parameter is written as name:type", "key: %q is no Go identifier", name)
		return nil
	}
	pos := p.at(len(name) + 1)
	t, err := s.typeExpr(spelling, pos)
	if err != nil {
		s.value("key parameter "+name, pos, err)
		return nil
	}
	return s.keyType(t, "key parameter "+name, pos)
}

// keyType returns the shape of the type of a key, which is not that of the
// same type in a value: a type that spells itself as text does so here.
func (s *schema) keyType(t types.Type, subject string, pos token.Pos) *model.Type {
	const allowed = "a key is a bool, an integer, a string, an array of these, a time.Time, or a type with AppendText or MarshalText"
	t = types.Unalias(t)
	refuse := func(what string) *model.Type {
		s.at(pos, allowed, "%s: %s cannot be keys", subject, what)
		return nil
	}
	named, _ := t.(*types.Named)
	if named != nil && named.Obj().Pkg() != nil && !types.IsInterface(t) {
		if m := s.spelledKey(named, subject, pos); m != nil {
			return m
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Kind() == types.Invalid:
			msg, hint := s.unit.run.invalid(place{pos: s.declOf(t, pos)})
			s.at(pos, hint, "%s: %s", subject, msg)
			return nil
		case u.Kind() == types.Uintptr || u.Kind() == types.UnsafePointer:
			return refuse("addresses")
		case u.Info()&(types.IsBoolean|types.IsInteger|types.IsString) == 0:
			return refuse(map[bool]string{true: "complex numbers", false: "floats"}[u.Info()&types.IsComplex != 0])
		}
		return s.keyShape(named, &model.Type{Kind: basics[u.Kind()]}, subject, pos)
	case *types.Array:
		elem := s.keyType(u.Elem(), subject, pos)
		if elem == nil {
			return nil
		}
		return s.keyShape(named, &model.Type{Kind: model.Array, Elem: elem, Len: u.Len()}, subject, pos)
	case *types.Pointer:
		return refuse("pointers")
	case *types.Slice:
		return refuse("slices")
	case *types.Map:
		return refuse("maps")
	case *types.Interface:
		return refuse("interfaces")
	case *types.Struct:
		if !types.Comparable(t) {
			return refuse("types that cannot be compared by ==")
		}
		return refuse("structs without AppendText or MarshalText")
	}
	return refuse("values of type " + s.spell(t))
}

// spelledKey returns the shape of a key that is time.Time, or that spells
// itself as text.
func (s *schema) spelledKey(t *types.Named, subject string, pos token.Pos) *model.Type {
	if t.Obj().Pkg().Path() == "time" && t.Obj().Name() == "Time" {
		return s.keyShape(t, &model.Type{Kind: model.Time}, subject, pos)
	}
	how := spells(t)
	if how == model.NoMarshal || !types.Comparable(t) {
		return nil
	}
	return s.keyShape(t, &model.Type{Kind: model.Custom, Marshal: how}, subject, pos)
}

// keyShape gives the shape of a key the name of its type, if it has one that
// generated code can write.
func (s *schema) keyShape(t *types.Named, m *model.Type, subject string, pos token.Pos) *model.Type {
	if t == nil {
		return m
	}
	obj := t.Obj()
	if obj.Pkg() != s.unit.types && (!obj.Exported() || !importable(obj.Pkg().Path(), s.unit.dir)) {
		s.at(pos, "", "%s: type %s cannot be named here", subject, s.spell(t))
		return nil
	}
	m.Name, m.Pkg, m.PkgName = obj.Name(), obj.Pkg().Path(), obj.Pkg().Name()
	for a := range t.TypeArgs().Types() {
		arg := s.describe(a, place{path: subject, pos: pos})
		if arg == nil {
			return nil
		}
		m.Args = append(m.Args, arg)
	}
	return m
}

// declOf returns where a type is declared, or else pos.
func (s *schema) declOf(t types.Type, pos token.Pos) token.Pos {
	if n, ok := t.(*types.Named); ok {
		return n.Obj().Pos()
	}
	return pos
}

// slot checks that slot= names a part of the key.
func (s *schema) slot(b *block) {
	v, ok := b.opts["slot"]
	if !ok {
		return
	}
	var names []string
	for _, p := range b.Key.Parts {
		if p.Path == v.text {
			return
		}
		names = append(names, p.Path)
	}
	s.at(v.pos, didYouMean(v.text, names), "slot: %q is no part of the key", v.text)
}
