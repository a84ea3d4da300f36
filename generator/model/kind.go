package model

import (
	"fmt"
	"reflect"
)

var kinds = [...]string{
	Invalid: "invalid", Bool: "bool",
	Int: "int", Int8: "int8", Int16: "int16", Int32: "int32", Int64: "int64",
	Uint: "uint", Uint8: "uint8", Uint16: "uint16", Uint32: "uint32", Uint64: "uint64",
	Float32: "float32", Float64: "float64", Complex64: "complex64", Complex128: "complex128",
	String: "string", Array: "array", Slice: "slice", Map: "map", Pointer: "pointer",
	Struct: "struct", Time: "time.Time", Custom: "custom",
}

// String returns the name of the kind; for a basic kind it is Go's own.
func (k Kind) String() string { return kinds[k] }

// Basic reports whether the kind is one of Go's predeclared types.
func (k Kind) Basic() bool { return k >= Bool && k <= String }

// Integer reports whether the kind is one of Go's integers.
func (k Kind) Integer() bool { return k >= Int && k <= Uint64 }

// tag writes the part of a field's tag that a codec obeys.
func (s *shape) tag(f Field, codec string) {
	if v, ok := reflect.StructTag(f.Tag).Lookup(codec); ok {
		fmt.Fprintf(s.out, " %s:%q", codec, v)
	}
}
