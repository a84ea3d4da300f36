package kinds

import (
	"math"
	"testing"
	"time"

	"github.com/cachegen/cachegen/internal/codectest"
)

var codec = codectest.Codec[Kinds]{Append: appendKinds, Decode: decodeKinds, Prefix: kindsCachePrefix}

func ptr[T any](v T) *T { return &v }

// full has something in every field.
func full() Kinds {
	seven, name := 7, "pointed to"
	zone := time.FixedZone("", 5*3600+1800)
	v := Kinds{
		Key: "key", B: true, I: -1, I8: -8, I16: -16, I32: -32, I64: -64, U: 1, U8: 8, U16: 16, U32: 32, U64: 64,
		F32: 1.5, F64: -2.5, C64: complex(1, -2), C128: complex(-3, 4), S: "ständig \x00\xff", R: '☃', By: 255,
		NB: true, NI: -5, NI8: -6, NU16: 7, NF32: 8, NF64: 9, NC: complex(10, 11), NS: "named", T: "alias",
		Bytes: []byte{0, 1, 2}, NamedBytes: MyBytes{3}, ByteNames: []MyByte{4, 5},
		Strings: []string{"a", "", "c"}, Ints: []int{1, -2}, Floats: []float32{3.5}, Bools: []bool{true, false},
		Lists: [][]string{{"x"}, nil, {}}, NamedList: MyList{"l"}, Empties: make([]Empty, 3),
		Array: [4]int16{1, 2, 3, 4}, ByteArray: [5]byte{1, 2, 3, 4, 5}, NameArray: [2]MyByte{6, 7},
		Strs: [2]string{"s", "t"}, NamedArray: MyArray{1, 2, 3}, Matrix: [2][3]float64{{1, 2, 3}, {4, 5, 6}},
		Map: map[string]int{"a": 1, "": 2}, IntMap: map[int]string{1: "x", -1: "y"}, NamedMap: MyMap{"k": 3},
		MapOfLists: map[string][]map[int8]string{"m": {{1: "one"}, nil}, "n": nil},
		StructKeys: map[Point]string{{1, 2, "p"}: "v"}, ArrayKeys: map[[2]int8]bool{{1, 2}: true}, Set: map[string]struct{}{"e": {}},
		PInt: &seven, PString: &name, PPInt: ptr(&seven), PSlice: &[]string{"q"}, PMap: &map[string]int{"r": 1},
		PStruct: &Point{1, 2, "z"}, Points: []*Point{{3, 4, ""}, nil},
		Nested: Point{5, 6, "n"}, At: time.Unix(1700000000, 123456789).UTC(), PAt: ptr(time.Unix(5, 0).In(zone)),
		Times: []time.Time{{}, time.Unix(1, 2).UTC()}, Duration: time.Hour, Month: time.May,
		Zones: map[string]time.Time{"z": time.Unix(77, 0).In(zone)}, private: 42, Hidden: "not stored",
	}
	v.Anon.X, v.Anon.Y, v.Anon.Name = 1, 2, "anon"
	return v
}

// extreme has what lies at the edges of the kinds.
func extreme() Kinds {
	return Kinds{
		I: math.MinInt, I8: math.MinInt8, I16: math.MaxInt16, I32: math.MinInt32, I64: math.MaxInt64,
		U: math.MaxUint, U8: 255, U16: 65535, U32: math.MaxUint32, U64: math.MaxUint64,
		F32: float32(math.Inf(-1)), F64: math.Copysign(0, -1), C64: complex(float32(math.NaN()), 0), C128: complex(0, math.Inf(1)),
		Bytes: []byte{}, Strings: []string{}, Ints: []int{}, Lists: [][]string{}, Empties: []Empty{},
		Map: map[string]int{}, MapOfLists: map[string][]map[int8]string{"": {}}, Set: map[string]struct{}{},
		PString: ptr(""), PSlice: ptr([]string(nil)), PMap: ptr(map[string]int(nil)), PPInt: ptr((*int)(nil)),
		At: time.Unix(1<<40, 999999999).UTC(), Times: []time.Time{time.Unix(-1<<40, 0).UTC()}, Duration: math.MinInt64,
	}
}

func TestCodec(t *testing.T) { codec.Check(t, Kinds{}, full(), extreme()) }

// TestNilIsNotEmpty takes what go-cmp would also tell apart, by itself.
func TestNilIsNotEmpty(t *testing.T) {
	for _, v := range []Kinds{{}, {Strings: []string{}, Bytes: []byte{}, Map: map[string]int{}}} {
		data, err := appendKinds(nil, &v)
		if err != nil {
			t.Fatal(err)
		}
		var got Kinds
		if err := decodeKinds(&got, data, ""); err != nil {
			t.Fatal(err)
		}
		if (got.Strings == nil) != (v.Strings == nil) || (got.Bytes == nil) != (v.Bytes == nil) || (got.Map == nil) != (v.Map == nil) {
			t.Errorf("nil and empty are mixed up: %v %v %v", got.Strings, got.Bytes, got.Map)
		}
	}
}

// TestSkipped looks that what is not stored is zero afterwards.
func TestSkipped(t *testing.T) {
	v := full()
	v.Skipped = func() {}
	data, err := appendKinds(nil, &v)
	if err != nil {
		t.Fatal(err)
	}
	var got Kinds
	if err := decodeKinds(&got, data, ""); err != nil {
		t.Fatal(err)
	}
	if got.Skipped != nil || got.Hidden != "" {
		t.Errorf("fields with cache:\"-\" came back: %v %q", got.Skipped != nil, got.Hidden)
	}
}

// TestZones holds times to what can be compared with == in UTC and Local.
func TestZones(t *testing.T) {
	for _, at := range []time.Time{{}, time.Unix(9, 8).UTC(), time.Unix(9, 8)} {
		v := Kinds{At: at}
		data, err := appendKinds(nil, &v)
		if err != nil {
			t.Fatal(err)
		}
		var got Kinds
		if err := decodeKinds(&got, data, ""); err != nil {
			t.Fatal(err)
		}
		if got.At != at {
			t.Errorf("%#v came back as %#v", at, got.At)
		}
	}
}

func FuzzDecode(f *testing.F) { codec.Fuzz(f, Kinds{}, full(), extreme()) }
