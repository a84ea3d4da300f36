package shapes

import (
	"testing"
	"time"

	"github.com/cachegen/cachegen/internal/codectest"
)

func ptr[T any](v T) *T { return &v }

var east = time.FixedZone("", 2*3600)

var (
	nilEmpties = codectest.Codec[NilEmpty]{Append: appendNilEmpty, Decode: decodeNilEmpty, Prefix: nilEmptyCachePrefix}
	mapKeys    = codectest.Codec[MapKeys]{Append: appendMapKeys, Decode: decodeMapKeys, Prefix: mapKeysCachePrefix}
	pointers   = codectest.Codec[Pointers]{Append: appendPointers, Decode: decodePointers, Prefix: pointersCachePrefix}
	arrays     = codectest.Codec[Arrays]{Append: appendArrays, Decode: decodeArrays, Prefix: arraysCachePrefix}
	anonymous  = codectest.Codec[Anonymous]{Append: appendAnonymous, Decode: decodeAnonymous, Prefix: anonymousCachePrefix}
	aliases    = codectest.Codec[Aliases]{Append: appendAliases, Decode: decodeAliases, Prefix: aliasesCachePrefix}
	hiddens    = codectest.Codec[Hidden]{Append: appendHidden, Decode: decodeHidden, Prefix: hiddenCachePrefix}
	leftOuts   = codectest.Codec[LeftOut]{Append: appendLeftOut, Decode: decodeLeftOut, Prefix: leftOutCachePrefix}
	folders    = codectest.Codec[Folder]{Append: appendFolder, Decode: decodeFolder, Prefix: folderCachePrefix}
	embeds     = codectest.Codec[Embeds]{Append: appendEmbeds, Decode: decodeEmbeds, Prefix: embedsCachePrefix}
	forms      = codectest.Codec[Form]{Append: appendForm, Decode: decodeForm, Prefix: formCachePrefix}
)

func nilEmptySamples() []NilEmpty {
	return []NilEmpty{
		{},
		{
			Strings: []string{}, Bytes: []byte{}, Map: map[string]int{}, Lists: [][]byte{}, Maps: []map[int]string{}, Values: map[string][]int{},
			Nested: map[string]map[int8]bool{}, Pair: [2][]int{{}, {}}, Pointer: &[]string{}, Pointers: []*[]int{}, Named: Names{},
			Empties: []struct{}{}, Nothing: map[struct{}]struct{}{},
		},
		{
			Lists: [][]byte{nil, {}, {0}}, Maps: []map[int]string{nil, {}, {0: ""}}, Values: map[string][]int{"nil": nil, "empty": {}, "": {0}},
			Nested: map[string]map[int8]bool{"nil": nil, "empty": {}, "": {0: false}}, Pair: [2][]int{nil, {}}, Pointer: ptr([]string(nil)),
			Pointers: []*[]int{nil, ptr([]int(nil)), {}, {0}}, Named: Names{""}, Empties: make([]struct{}, 300), Nothing: map[struct{}]struct{}{{}: {}},
		},
	}
}

func mapKeySamples() []MapKeys {
	return []MapKeys{{}, {
		Bool: map[bool]string{true: "t"}, Int: map[int]int8{-1: -2}, Uint16: map[uint16]string{65535: ""}, Float: map[float64]string{-1.5: "f"},
		Complex: map[complex64]bool{1 - 2i: true}, Struct: map[Point]string{{1, -2, "p"}: "v", {1, -2, "q"}: "w"},
		Anonymous: map[struct {
			A int16
			B string
		}]int{{1, "b"}: 2}, Array: map[[2]string]int{{"a", ""}: 1, {"", "a"}: 2}, Points: map[[2]Point]Point{{{1, 2, "x"}, {}}: {3, 4, "y"}},
		Bytes: map[[3]byte][]byte{{1, 2, 3}: {4}, {}: nil}, Named: map[Name]Name{"k": "v"}, Time: map[time.Time]string{time.Unix(1, 2).UTC(): "at"},
		Nothing: map[struct{}]string{{}: "n"}, None: map[[0]string]string{{}: "m"},
		Deep: map[string][]map[Point][]map[int8]string{"d": {nil, {}, {Point{}: {nil, {1: "one"}}}}}, Pointer: map[string]*Point{"nil": nil, "p": {}},
		Holder: map[Holder]int{{time.Unix(5, 0).UTC(), [2]Name{"a", "b"}}: 1},
	}}
}

func pointerSamples() []Pointers {
	return []Pointers{{}, {
		Int: ptr(-1), Twice: ptr(ptr(2)), Again: ptr((*int)(nil)), Thrice: ptr(ptr(ptr("three"))), Bool: ptr(true), Struct: &Point{1, 2, "p"},
		Slice: &[]*int{nil, ptr(3)}, Structs: []**Point{nil, ptr((*Point)(nil)), ptr(&Point{Label: "s"})},
		Map: &map[string]**bool{"nil": nil, "true": ptr(ptr(true))}, Array: &[3]*int16{1: ptr(int16(-4))}, Bytes: &[]byte{1}, Fixed: &[4]byte{2},
		Time: ptr(time.Unix(6, 7).UTC()), Until: ptr(time.Unix(8, 9).In(east)),
		Anonymous: &struct {
			A *int
			B **string
		}{ptr(5), ptr(ptr(""))}, Nothing: &struct{}{}, Nothings: []*struct{}{nil, {}},
		Named: map[string]*[0]int{"nil": nil, "": {}}, Pairs: [2]*struct{}{1: {}},
	}}
}

func arraySamples() []Arrays {
	v := Arrays{
		Bools: [3]bool{true, false, true}, Ints: [2]int{-1, 1 << 40}, Octets: [2]Octet{1, 255}, Strings: [3]string{"a", "", "c"},
		Matrix: [2][3]float32{{1, 2, 3}, {-1, 0.5, 0}}, Lists: [2][][]byte{nil, {nil, {}, {9}}}, Maps: [2]map[string]int{{}, {"m": 1}},
		Pointers: [2]*int{nil, ptr(7)}, Structs: [2]Point{{1, 2, "s"}, {}}, Times: [2]time.Time{{}, time.Unix(3, 4).In(east)},
		Slices: [][2]Point{{}, {{5, 6, "t"}, {7, 8, "u"}}}, Complex: [2]complex64{1i, -1},
	}
	v.Bytes[0], v.Bytes[299], v.Cube[1][0][1] = 1, 2, "cube"
	return []Arrays{{}, v}
}

func anonymousSamples() []Anonymous {
	var v Anonymous
	v.Plain.A, v.Plain.B = 1, -1
	v.Deep.Name, v.Deep.Inner.Values, v.Deep.Inner.More.Last = "deep", []string{"v"}, true
	v.Slice = append(v.Slice, struct {
		Key   string
		Value []byte
	}{"k", []byte("v")})
	v.Map = map[string]struct{ N int }{"n": {1}}
	v.Array[1].S = "s"
	v.Pointer = &struct{ Self *struct{ Depth int } }{&struct{ Depth int }{2}}
	return []Anonymous{{}, v}
}

func aliasSamples() []Aliases {
	return []Aliases{{}, {
		Text: "t", Texts: []string{"u"}, Points: []Point{{1, 2, "p"}}, ByText: map[string][]string{"k": {"v", ""}}, Span: time.Minute,
		Maybe: &Point{3, 4, "m"}, Spot: &Point{5, 6, "s"},
	}}
}

func hiddenSamples() []Hidden {
	return []Hidden{{}, {
		number: 1, text: "t", inner: secret{"i", 2}, list: []secret{{"l", 3}, {}}, byName: map[label]*secret{"b": {"n", 4}, "nil": nil},
		secret: secret{"e", 5}, cover: &cover{[]byte{6}, true}, Public: "p",
	}}
}

func leftOutSamples() []LeftOut {
	part := Part{Kept: "k", Scratch: []byte("gone"), parent: &LeftOut{}, Size: 7}
	return []LeftOut{{}, {
		A: "a", B: 1, Call: func() error { return nil }, Any: 1, Events: make(chan int), Parts: []Part{part, {}}, ByName: map[string]Part{"p": part},
		One: &part, Only: OnlyLeftOut{Gone: "gone"},
	}}
}

func folderSamples() []Folder {
	inner := Folder{Name: "inner", Files: []File{{Size: 1}, {2, &Archive{}}}}
	return []Folder{{}, {
		Name: "root", Files: []File{{3, &Archive{inner, {}}}, {4, ptr(Archive(nil))}},
		Links: map[string]*Link{"l": {To: &File{Size: 5}, Next: &Link{Back: [1]map[int8]Folder{{1: inner}}}}},
	}}
}

func embedSamples() []Embeds {
	return []Embeds{{}, {
		Time: time.Unix(1, 2).In(east), Box: Box[string]{"b"}, Crate: &Crate[int32]{[]int32{1, 2}, &Box[int32]{3}}, Names: Names{"n"}, Mark: 4, Level: 5,
	}}
}

func formSamples() []Form {
	return []Form{{}, {F0: "first", F70: "middle", F139: "last", Answers: []string{"yes", "", "no"}, Remarks: map[string]string{"F7": "left out"}}}
}

func TestCodec(t *testing.T) {
	nilEmpties.Check(t, nilEmptySamples()...)
	mapKeys.Check(t, mapKeySamples()...)
	pointers.Check(t, pointerSamples()...)
	arrays.Check(t, arraySamples()...)
	anonymous.Check(t, anonymousSamples()...)
	aliases.Check(t, aliasSamples()...)
	hiddens.Check(t, hiddenSamples()...)
	leftOuts.Check(t, leftOutSamples()...)
	folders.Check(t, folderSamples()...)
	embeds.Check(t, embedSamples()...)
	forms.Check(t, formSamples()...)
}

func FuzzNilEmpty(f *testing.F) { nilEmpties.Fuzz(f, nilEmptySamples()...) }
func FuzzMapKeys(f *testing.F)  { mapKeys.Fuzz(f, mapKeySamples()...) }
func FuzzPointers(f *testing.F) { pointers.Fuzz(f, pointerSamples()...) }
func FuzzArrays(f *testing.F)   { arrays.Fuzz(f, arraySamples()...) }
func FuzzHidden(f *testing.F)   { hiddens.Fuzz(f, hiddenSamples()...) }
func FuzzFolder(f *testing.F)   { folders.Fuzz(f, folderSamples()...) }
