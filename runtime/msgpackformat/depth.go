package msgpackformat

import (
	"encoding"
	"reflect"
	"strings"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/runtime"
)

// depth knows the types of which values can be nested without end: those on the
// way to a type that contains itself. Values of other types need no look.
type depth map[reflect.Type]bool

func newDepth[V any]() depth {
	d := depth{}
	d.visit(reflect.TypeFor[V](), map[reflect.Type]bool{})
	return d
}

// visit reports whether t leads to a type that contains itself. open are the types
// around it.
func (d depth) visit(t reflect.Type, open map[reflect.Type]bool) bool {
	if open[t] {
		return true
	}
	if endless, done := d[t]; done {
		return endless
	}
	open[t] = true
	defer delete(open, t)
	endless := false
	if !encodesItself(t) {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			endless = d.visit(t.Elem(), open)
		case reflect.Struct:
			for i := range t.NumField() {
				if f := t.Field(i); stored(f) && d.visit(f.Type, open) {
					endless = true
				}
			}
		}
	}
	d[t] = endless
	return endless
}

// stored reports whether msgpack stores a field.
func stored(f reflect.StructField) bool {
	name, _, _ := strings.Cut(f.Tag.Get("msgpack"), ",")
	return name != "-" && (f.IsExported() || f.Anonymous)
}

var encoders = []reflect.Type{
	reflect.TypeFor[msgpack.CustomEncoder](), reflect.TypeFor[msgpack.Marshaler](),
	reflect.TypeFor[encoding.BinaryMarshaler](), reflect.TypeFor[encoding.TextMarshaler](),
}

// encodesItself reports whether a type has methods that do it, and so decides for
// itself how deep it goes.
func encodesItself(t reflect.Type) bool {
	for _, e := range encoders {
		if t.Implements(e) || reflect.PointerTo(t).Implements(e) {
			return true
		}
	}
	return false
}

// check returns runtime.ErrDepth if the value behind the pointer v is nested too
// deeply.
func (d depth) check(v any) error { return d.value(reflect.ValueOf(v).Elem(), 0) }

func (d depth) value(v reflect.Value, levels int) error {
	if !d[v.Type()] || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil
	}
	if levels > runtime.MaxDepth {
		return runtime.ErrDepth
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.Type().Elem().Kind() == reflect.Pointer {
			levels++ // it may point to itself
		}
		return d.value(v.Elem(), levels)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if err := d.value(v.Index(i), levels+1); err != nil {
				return err
			}
		}
	case reflect.Map:
		for e := v.MapRange(); e.Next(); {
			if err := d.value(e.Value(), levels+1); err != nil {
				return err
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if !stored(v.Type().Field(i)) {
				continue
			}
			if err := d.value(v.Field(i), levels+1); err != nil {
				return err
			}
		}
	}
	return nil
}
