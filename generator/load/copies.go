package load

import "go/types"

// locks reports whether a type is a lock, as go vet has it: its pointer has
// Lock and Unlock, the type itself has not.
func locks(t *types.Named) bool {
	pointers := 0
	for m := range t.Methods() {
		_, pointer := types.Unalias(m.Signature().Recv().Type()).(*types.Pointer)
		if pointer && (m.Name() == "Lock" || m.Name() == "Unlock") && types.Identical(m.Signature(), plain) {
			pointers++
		}
	}
	return pointers == 2
}

// guarded returns the lock or the atomic that a value of a type holds, itself or in
// its fields, and so must not be copied, or nil.
func guarded(t types.Type) *types.Named {
	if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil {
		if p := n.Obj().Pkg().Path(); locks(n) || (p == "sync" || p == "sync/atomic") && !types.IsInterface(n) {
			return n
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Array:
		return guarded(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if n := guarded(f.Type()); n != nil {
				return n
			}
		}
	}
	return nil
}

// flat reports whether a value of a type shares nothing with its copies that can
// change.
func flat(t types.Type) bool {
	if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil {
		switch n.Obj().Pkg().Path() + "." + n.Obj().Name() {
		case "time.Time", "unique.Handle":
			return true
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() != types.UnsafePointer
	case *types.Array:
		return flat(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if !flat(f.Type()) {
				return false
			}
		}
		return true
	}
	return false
}
