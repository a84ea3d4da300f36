package codectest

import (
	"math"
	"math/big"
	"net/netip"
	"net/url"
	"reflect"
	"time"

	"pgregory.net/rapid"
)

// Values draws values of the type, with all that their fields can hold: also those
// that are not exported, nil and empty lists, numbers at the edges, strings that
// are no text.
func (c Codec[V]) Values() *rapid.Generator[V] {
	d := newDrawer(c.Draw, drawBytes)
	return rapid.Custom(func(t *rapid.T) (v V) {
		d.fill(t, reflect.ValueOf(&v).Elem(), 0, false)
		return v
	})
}

// drawer has the functions for types that are not drawn field by field.
type drawer struct {
	types map[reflect.Type]reflect.Value
	text  func(*rapid.T) string
}

func newDrawer(more []any, text func(*rapid.T) string) drawer {
	d := drawer{map[reflect.Type]reflect.Value{}, text}
	for _, fn := range append([]any{drawTime, drawAddr, drawPrefix, drawURL, drawInt, drawRat}, more...) {
		d.types[reflect.TypeOf(fn).Out(0)] = reflect.ValueOf(fn)
	}
	return d
}

// deepest is how many pointers lie in one another in a random value.
const deepest = 4

// fill sets v to a random value. One that is a key, or in one, is equal to itself
// and to what it is decoded as.
func (d drawer) fill(t *rapid.T, v reflect.Value, depth int, key bool) {
	if fn, ok := d.types[v.Type()]; ok {
		x := fn.Call([]reflect.Value{reflect.ValueOf(t)})[0]
		if at, ok := x.Interface().(time.Time); ok && key {
			x = reflect.ValueOf(at.UTC())
		}
		v.Set(x)
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, ""))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, "")) // cut to the width
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, ""))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float(t, key))
	case reflect.Complex64, reflect.Complex128:
		v.SetComplex(complex(float(t, key), float(t, key)))
	case reflect.String:
		v.SetString(d.text(t))
	case reflect.Array:
		for i := range v.Len() {
			d.fill(t, v.Index(i), depth, key)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); !skipped(f) {
				// Through its address, since a field that is not exported cannot be set.
				d.fill(t, reflect.NewAt(f.Type, v.Field(i).Addr().UnsafePointer()).Elem(), depth, key)
			}
		}
	case reflect.Pointer:
		if depth < deepest && rapid.Bool().Draw(t, "") {
			v.Set(reflect.New(v.Type().Elem()))
			d.fill(t, v.Elem(), depth+1, key)
		}
	case reflect.Slice:
		if n := length(t, depth); n >= 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				d.fill(t, v.Index(i), depth+1, key)
			}
		}
	case reflect.Map:
		d.fillMap(t, v, depth)
	default:
		t.Fatalf("no random values of type %s: give Codec.Draw a function", v.Type())
	}
}

func (d drawer) fillMap(t *rapid.T, v reflect.Value, depth int) {
	n := length(t, depth)
	if n < 0 {
		return
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), n))
	for range n {
		k, x := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		d.fill(t, k, depth+1, true)
		d.fill(t, x, depth+1, false)
		v.SetMapIndex(k, x)
	}
}

// length draws that of a list: -1 is nil.
func length(t *rapid.T, depth int) int {
	return rapid.IntRange(-1, max(0, 3-depth)).Draw(t, "")
}

func drawBytes(t *rapid.T) string { return string(rapid.SliceOfN(rapid.Byte(), 0, 12).Draw(t, "")) }

// float draws any number. A key is no NaN, which is not equal to itself, and no
// negative zero, which is equal to another.
func float(t *rapid.T, key bool) float64 {
	var f float64
	switch rapid.IntRange(0, 3).Draw(t, "") {
	case 0:
		f = rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), math.MaxFloat64}).Draw(t, "")
	case 1:
		f = math.Float64frombits(rapid.Uint64().Draw(t, ""))
	default:
		f = rapid.Float64().Draw(t, "")
	}
	if key && (f != f || float32(f) == 0) {
		return 0.5
	}
	return f
}

func drawTime(t *rapid.T) time.Time {
	at := time.Unix(rapid.Int64Range(-1<<36, 1<<36).Draw(t, ""), rapid.Int64Range(0, 1e9-1).Draw(t, ""))
	switch rapid.IntRange(0, 3).Draw(t, "") {
	case 0:
		return time.Time{}
	case 1:
		return at.UTC()
	case 2:
		return at.In(time.FixedZone("", rapid.IntRange(-50000, 50000).Draw(t, "")))
	}
	return at
}

func drawAddr(t *rapid.T) netip.Addr {
	switch rapid.IntRange(0, 3).Draw(t, "") {
	case 0:
		return netip.Addr{}
	case 1:
		return netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "")))
	}
	a := netip.AddrFrom16([16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "")))
	return a.WithZone(rapid.SampledFrom([]string{"", "eth0", "a%b"}).Draw(t, ""))
}

func drawPrefix(t *rapid.T) netip.Prefix {
	if rapid.Bool().Draw(t, "") {
		return netip.Prefix{}
	}
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 1, 2, 3}), rapid.IntRange(0, 32).Draw(t, ""))
}

func drawURL(t *rapid.T) url.URL {
	u, err := url.Parse(rapid.SampledFrom([]string{"", "/a/b?c=d#e", "https://me:secret@example.com:8/x%2fy?q=%00", "mailto:a@b", "//h/?"}).Draw(t, ""))
	if err != nil {
		t.Fatalf("%v", err)
	}
	return *u
}

func drawInt(t *rapid.T) big.Int {
	n := new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, ""))
	if rapid.Bool().Draw(t, "") {
		n.Neg(n)
	}
	return *n
}

func drawRat(t *rapid.T) big.Rat {
	return *big.NewRat(rapid.Int64().Draw(t, ""), rapid.Int64Range(1, 1<<40).Draw(t, ""))
}
