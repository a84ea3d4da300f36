package model

import "slices"

// Kind classifies types by how their values are stored.
type Kind uint8

// The kinds. A named type has the kind of its underlying type, except where it
// is stored in a way of its own (Time, Custom).
const (
	Invalid Kind = iota
	Bool
	Int
	Int8
	Int16
	Int32
	Int64
	Uint
	Uint8
	Uint16
	Uint32
	Uint64
	Float32
	Float64
	Complex64
	Complex128
	String
	Array   // Elem, Len
	Slice   // Elem; []byte too
	Map     // Key, Elem
	Pointer // Elem
	Struct  // Fields
	Time    // time.Time
	Custom  // stored by a method pair of its own, see Type.Marshal
)

// Marshal says which method pair stores a value of kind Custom, or spells a key.
type Marshal uint8

// The method pairs.
const (
	NoMarshal    Marshal = iota
	BinaryAppend         // encoding.BinaryAppender and BinaryUnmarshaler
	BinaryPair           // encoding.BinaryMarshaler and BinaryUnmarshaler
	TextAppend           // encoding.TextAppender and TextUnmarshaler
	TextPair             // encoding.TextMarshaler and TextUnmarshaler
	GobPair              // gob.GobEncoder and GobDecoder
)

// Type is the shape of a value. Each named type of a cache has one *Type, so
// recursive types are cyclic graphs of pointers.
type Type struct {
	Kind Kind

	// Name, Pkg, PkgName and Args spell a named type; Name is empty for a type
	// literal, and for a predeclared type such as int (the kind spells those).
	Name    string
	Pkg     string // import path, also for types of the generated package
	PkgName string // the package's own name, which its path need not end in
	Args    []*Type

	Elem   *Type
	Key    *Type
	Len    int64
	Fields []Field

	Marshal Marshal

	// Flat is set for a type of kind Custom whose values share nothing with their
	// copies that can change.
	Flat bool

	// Size is how many bytes of memory a value takes, on a machine of 64 bits.
	Size int64

	// Recursive is set for a named type that contains itself, however deep.
	Recursive bool
}

// Field is one field of a struct, in source order.
type Field struct {
	Name     string // of an embedded field, its type's name; "_" for a blank one
	Embedded bool
	Type     *Type
	Tag      string // the whole tag, as written
	Skip     bool   // not stored: cache:"-", or blank
	// Omit is set for a skipped field whose type could not be described: the
	// struct cannot be spelled in a guard then, and Type is nil.
	Omit bool
}

// Named reports whether the type has a declared name.
func (t *Type) Named() bool { return t.Name != "" }

// Bytes reports whether the type is a slice of bytes.
func (t *Type) Bytes() bool { return t.Kind == Slice && t.Elem.Kind == Uint8 && !t.Elem.custom() }

func (t *Type) custom() bool { return t.Kind == Custom || t.Kind == Time }

// OwnSize is what a value of kind Custom takes beside the bytes that its methods
// make, which lie elsewhere: their number.
const OwnSize = 4

// Sizes of what is not stored at its own width: of a time, and of a string beside its
// bytes, which lie elsewhere too.
const (
	TimeSize   = 16
	StringSize = 4
)

// Constant is like Width, and also knows values of kind Custom and String, whose own
// bytes do not count.
func (t *Type) Constant() (n int64, ok bool) { return t.width(true) }

// Width returns the size of a value of fixed size in the stored form, in
// bytes, and whether the type has one.
func (t *Type) Width() (n int64, ok bool) { return t.width(false) }

// width counts what lies elsewhere as nothing, or as no size.
func (t *Type) width(elsewhere bool) (n int64, ok bool) {
	switch t.Kind {
	case Bool, Int8, Uint8:
		return 1, true
	case Int16, Uint16:
		return 2, true
	case Int32, Uint32, Float32:
		return 4, true
	case Int, Uint, Int64, Uint64, Float64, Complex64:
		return 8, true
	case Complex128:
		return 16, true
	case Array:
		if t.Len == 0 {
			return 0, true
		}
		n, ok = t.Elem.width(elsewhere)
		return n * t.Len, ok
	case Time:
		return TimeSize, true
	case String:
		return StringSize, elsewhere
	case Custom:
		return OwnSize, elsewhere
	case Struct:
		for _, f := range t.Fields {
			if f.Skip {
				continue
			}
			w, fixed := f.Type.width(elsewhere)
			if !fixed {
				return 0, false
			}
			n += w
		}
		return n, true
	}
	return 0, false
}

// Min returns the smallest size of an encoded value, in bytes.
func (t *Type) Min() int64 {
	if n, ok := t.Constant(); ok {
		return n
	}
	switch t.Kind {
	case Array:
		return t.Len * t.Elem.Min()
	case Struct:
		var n int64
		for _, f := range t.Fields {
			if !f.Skip {
				n += f.Type.Min()
			}
		}
		return n
	default: // a count, a presence byte
		return 1
	}
}

// MinElem returns the smallest size of a value that is an element: what a decoder
// divides the bytes that are left by before it believes a count. What takes no
// bytes elsewhere takes one here, or a count of a few bytes could claim any number.
func (t *Type) MinElem() int64 { return max(t.Min(), 1) }

// MinEntry returns the smallest size of an entry of a map, in the same sense.
func (t *Type) MinEntry() int64 { return max(t.Key.Min()+t.Elem.Min(), 1) }

// Nests reports whether values of the type can lie in one another without end, or
// hold such values.
func (t *Type) Nests() bool {
	switch {
	case t.Recursive:
		return true
	case t.Key != nil && t.Key.Nests(), t.Elem != nil && t.Elem.Nests():
		return true
	}
	return slices.ContainsFunc(t.Fields, func(f Field) bool { return !f.Skip && f.Type.Nests() })
}

// Nested reports whether what a slice, a map or a pointer holds nests.
func (t *Type) Nested() bool { return t.Elem.Nests() || t.Key != nil && t.Key.Nests() }

// Empty reports whether no value of the type takes any bytes, so that one that is
// an element is a byte which is zero.
func (t *Type) Empty() bool {
	n, ok := t.Width()
	return ok && n == 0
}

// Plain reports whether copying a value copies all of it: the type holds no
// pointer, slice, map or type that stores itself. Strings are plain.
func (t *Type) Plain() bool {
	switch t.Kind {
	case Slice, Map, Pointer:
		return false
	case Custom:
		return t.Flat
	case Array:
		return t.Len == 0 || t.Elem.Plain()
	case Struct:
		if t.Recursive {
			return false
		}
		for _, f := range t.Fields {
			if f.Type == nil || !f.Type.Plain() {
				return false
			}
		}
	}
	return true
}

// Strings reports whether a value can hold a string in the section that all
// strings of a value share.
func (t *Type) Strings() bool { return t.holds(String, map[*Type]bool{}) }

// Customs reports whether a value can hold one of kind Custom.
func (t *Type) Customs() bool { return t.holds(Custom, map[*Type]bool{}) }

// holds reports whether a value can hold one of a kind that is stored.
func (t *Type) holds(k Kind, seen map[*Type]bool) bool {
	if t == nil || seen[t] {
		return false
	}
	seen[t] = true
	switch {
	case t.Kind == k:
		return true
	case t.Kind == Array && t.Len == 0:
		return false
	}
	return t.Key.holds(k, seen) || t.Elem.holds(k, seen) ||
		slices.ContainsFunc(t.Fields, func(f Field) bool { return !f.Skip && f.Type.holds(k, seen) })
}
