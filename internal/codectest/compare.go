package codectest

import (
	"math"
	"reflect"
	"time"

	"github.com/google/go-cmp/cmp"
)

// options are those by which go-cmp compares what was encoded with what was
// decoded: every bit of a number, nil and empty apart, fields that are not
// exported too. What is not stored does not count.
func (c Codec[V]) options() []cmp.Option {
	return append([]cmp.Option{
		cmp.Exporter(func(reflect.Type) bool { return true }),
		cmp.FilterPath(leftOut, cmp.Ignore()),
		cmp.FilterPath(func(p cmp.Path) bool { return p.Last().Type() != nil && floats(p.Last().Type().Kind()) }, cmp.Comparer(sameBits)),
		cmp.Comparer(func(a, b time.Time) bool {
			_, x := a.Zone()
			_, y := b.Zone()
			return a.Equal(b) && x == y && a.IsZero() == b.IsZero()
		}),
	}, c.Options...)
}

func floats(k reflect.Kind) bool { return k >= reflect.Float32 && k <= reflect.Complex128 }

// sameBits compares floats and complex numbers of any named type.
func sameBits(a, b any) bool {
	bits := func(x any) [2]uint64 {
		if v := reflect.ValueOf(x); v.CanFloat() {
			return [2]uint64{math.Float64bits(v.Float())}
		}
		z := reflect.ValueOf(x).Complex()
		return [2]uint64{math.Float64bits(real(z)), math.Float64bits(imag(z))}
	}
	return bits(a) == bits(b)
}

// leftOut reports whether a path ends in a field that is not stored.
func leftOut(p cmp.Path) bool {
	f, ok := p.Last().(cmp.StructField)
	return ok && skipped(p.Index(-2).Type().Field(f.Index()))
}

// skipped reports whether a field is not stored.
func skipped(f reflect.StructField) bool { return f.Name == "_" || f.Tag.Get("cache") == "-" }

// unstored returns the path of a field that is not stored and not zero, or "".
func unstored(v reflect.Value, path string, depth int) string {
	if depth > 20 {
		return ""
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return unstored(v.Elem(), path, depth+1)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if at := unstored(v.Index(i), path+"[]", depth+1); at != "" {
				return at
			}
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			if at := unstored(v.MapIndex(k), path+"[]", depth+1); at != "" {
				return at
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if skipped(f) && !v.Field(i).IsZero() {
				return path + "." + f.Name
			}
			if at := unstored(v.Field(i), path+"."+f.Name, depth+1); !skipped(f) && at != "" {
				return at
			}
		}
	}
	return ""
}
