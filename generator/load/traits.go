package load

import (
	"go/token"
	"go/types"
	"strings"

	"github.com/cachegen/cachegen/generator/model"
)

// The methods that types store and spell themselves by.
var (
	bytesType = types.NewSlice(types.Typ[types.Byte])
	errorType = types.Universe.Lookup("error").Type()

	appends    = signature([]types.Type{bytesType}, bytesType, errorType)
	marshal    = signature(nil, bytesType, errorType)
	unmarshals = signature([]types.Type{bytesType}, errorType)
	plain      = signature(nil)
)

func signature(params []types.Type, results ...types.Type) *types.Signature {
	tuple := func(list []types.Type) *types.Tuple {
		vars := make([]*types.Var, len(list))
		for i, t := range list {
			vars[i] = types.NewParam(token.NoPos, nil, "", t)
		}
		return types.NewTuple(vars...)
	}
	return types.NewSignatureType(nil, nil, nil, tuple(params), tuple(results), false)
}

// has reports whether *T, and so a variable of type T, has an exported method
// of that name and signature.
func has(t *types.Named, name string, sig *types.Signature) bool {
	_, ok := method(t, name, sig)
	return ok
}

// method returns how *T comes by a method: the fields on the way to it, and its own
// index.
func method(t *types.Named, name string, sig *types.Signature) (path []int, ok bool) {
	obj, path, _ := types.LookupFieldOrMethod(t, true, t.Obj().Pkg(), name)
	fn, ok := obj.(*types.Func)
	return path, ok && types.Identical(fn.Signature(), sig)
}

// whole reports whether *T has a method that is about all of the value. That of an
// embedded field is so only if there is no other field.
func whole(t *types.Named, name string, sig *types.Signature) bool {
	path, ok := method(t, name, sig)
	if !ok {
		return false
	}
	for in := types.Type(t); len(path) > 1; path = path[1:] {
		st, ok := in.Underlying().(*types.Struct)
		if !ok || st.NumFields() > 1 {
			return false
		}
		in = st.Field(path[0]).Type()
		if _, pointer := in.Underlying().(*types.Pointer); pointer {
			return false // it may be nil
		}
	}
	return true
}

// marshals returns the method pair by which a type stores itself. Binary comes first:
// it is exact, where text may round.
func marshals(t *types.Named) model.Marshal {
	if types.IsInterface(t) {
		return model.NoMarshal
	}
	binary := sets(t, "UnmarshalBinary")
	text := sets(t, "UnmarshalText")
	switch {
	case binary && whole(t, "AppendBinary", appends):
		return model.BinaryAppend
	case binary && whole(t, "MarshalBinary", marshal):
		return model.BinaryPair
	case sets(t, "GobDecode") && whole(t, "GobEncode", marshal):
		return model.GobPair
	case text && whole(t, "AppendText", appends):
		return model.TextAppend
	case text && whole(t, "MarshalText", marshal):
		return model.TextPair
	}
	return model.NoMarshal
}

// sets reports whether a type has a method that sets all of a value from bytes: one
// with a value as its receiver would set a copy.
func sets(t *types.Named, name string) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, t.Obj().Pkg(), name)
	fn, ok := obj.(*types.Func)
	if !ok || !whole(t, name, unmarshals) {
		return false
	}
	_, pointer := types.Unalias(fn.Signature().Recv().Type()).(*types.Pointer)
	return pointer
}

// half returns the method by which a type that cannot be set from bytes makes some,
// or "".
func half(t *types.Named) string {
	for _, name := range []string{"MarshalBinary", "GobEncode", "MarshalText"} {
		if whole(t, name, marshal) {
			return name
		}
	}
	return ""
}

// spells returns the method by which a type spells itself as a key.
func spells(t *types.Named) model.Marshal {
	switch {
	case whole(t, "AppendText", appends):
		return model.TextAppend
	case whole(t, "MarshalText", marshal):
		return model.TextPair
	}
	return model.NoMarshal
}

// importable reports whether package path can be imported from package from,
// by the rule of internal directories.
func importable(path, from string) bool {
	i := strings.LastIndex("/"+path+"/", "/internal/")
	if i < 0 {
		return !strings.HasPrefix(path, "vendor/")
	}
	parent := strings.TrimPrefix(("/" + path)[:i], "/")
	return parent != "" && (from == parent || strings.HasPrefix(from, parent+"/"))
}

// markRecursive sets Recursive in the named types that contain themselves:
// those on a cycle of the graph of types. It is Tarjan's algorithm, since a
// package may have hundreds of types that all refer to each other.
func (s *schema) markRecursive() {
	var (
		stack []*model.Type
		order = map[*model.Type]int{} // in which types were met, from 1
		open  = map[*model.Type]bool{}
		visit func(t *model.Type) int
	)
	visit = func(t *model.Type) int {
		order[t] = len(order) + 1
		least := order[t]
		stack, open[t] = append(stack, t), true
		self := false
		for _, c := range children(t) {
			switch {
			case c == nil:
			case order[c] == 0:
				least = min(least, visit(c))
			case open[c]:
				least = min(least, order[c])
				self = self || c == t
			}
		}
		if least < order[t] {
			return least // its cycle is closed further up
		}
		for i := len(stack) - 1; ; i-- {
			c := stack[i]
			open[c] = false
			c.Recursive = c.Named() && (self || stack[len(stack)-1] != t)
			if c == t {
				stack = stack[:i]
				return least
			}
		}
	}
	for _, t := range s.known {
		if order[t] == 0 {
			visit(t)
		}
	}
}

// children returns the types that values of t hold directly.
func children(t *model.Type) []*model.Type {
	list := []*model.Type{t.Key, t.Elem}
	for _, f := range t.Fields {
		if !f.Skip {
			list = append(list, f.Type)
		}
	}
	return list
}
