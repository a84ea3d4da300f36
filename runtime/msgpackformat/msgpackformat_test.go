package msgpackformat_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/memory"
	"github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/msgpackformat"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type value struct {
	ID     int64   `msgpack:"id"`
	Ratio  float64 `msgpack:"ratio,omitempty"`
	Tags   []string
	Blob   []byte
	Sizes  map[string][]int
	Sums   [2]uint16
	At     time.Time
	Next   *value
	Pair   pair
	Hidden string `msgpack:"-"`
	base
}

type pair struct {
	_msgpack struct{} `msgpack:",as_array"`

	A, B int8
}

var _ = pair{}._msgpack // only package msgpack looks for it

type base struct{ Kind string }

var full = value{
	ID: -7, Ratio: 0.5, Tags: []string{"a", ""}, Blob: []byte{0, 255}, Sizes: map[string][]int{"x": {1, 1 << 30}, "y": nil},
	Sums: [2]uint16{1, 1 << 15}, At: time.Unix(1<<31, 5), Next: &value{ID: 1}, Pair: pair{A: 1, B: -128}, base: base{Kind: "k"},
}

var exported = cmp.AllowUnexported(value{}, pair{})

// TestLikeMsgpack compares with the package's own functions.
func TestLikeMsgpack(t *testing.T) {
	f := msgpackformat.New[value]()
	for _, v := range []value{{}, full} {
		data, err := f.Append([]byte("front"), &v)
		if err != nil {
			t.Fatal(err)
		}
		want, err := msgpack.Marshal(&v)
		if err != nil || len(v.Sizes) < 2 && !bytes.Equal(data[5:], want) || len(data)-5 != len(want) {
			t.Errorf("% x\nis not what msgpack makes:\n% x\n%v", data, want, err)
		}
		var got, reference value
		if err := f.Decode(&got, data[5:], ""); err != nil {
			t.Fatal(err)
		}
		if err := msgpackDecode(want, &reference); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(reference, got, exported); d != "" {
			t.Errorf("not what msgpack reads (-msgpack +ours):\n%s", d)
		}
	}
}

// msgpackDecode is msgpack.Unmarshal without the goroutines that it leaves behind.
func msgpackDecode(data []byte, v any) error {
	return msgpack.NewDecoder(bytes.NewReader(data)).Decode(v)
}

// TestExact reads prefixes, and bytes behind the end.
func TestExact(t *testing.T) {
	f := msgpackformat.New[value]()
	data, err := f.Append(nil, &full)
	if err != nil {
		t.Fatal(err)
	}
	for n := range data {
		if f.Decode(new(value), data[:n:n], "") == nil {
			t.Errorf("a prefix of %d of %d bytes is a value", n, len(data))
		}
	}
	if f.Decode(new(value), append(bytes.Clone(data), 0xc0), "") == nil {
		t.Error("a value behind the end is not noticed")
	}
	for i := range data {
		for bit := range 8 {
			data[i] ^= 1 << bit
			_ = f.Decode(new(value), data, "")
			data[i] ^= 1 << bit
		}
	}
	var got value
	if err := f.Decode(&got, data, ""); err != nil || !cmp.Equal(got, full, exported) {
		t.Errorf("after all that: %v", err)
	}
}

// TestBombs has counts that the bytes cannot hold, and levels without end.
func TestBombs(t *testing.T) {
	f := msgpackformat.New[value]()
	field := func(name string, b ...byte) []byte {
		return append(append([]byte{0x81, 0xa0 | byte(len(name))}, name...), b...)
	}
	for name, data := range map[string][]byte{
		"array":           field("Tags", 0xdd, 0x7f, 0xff, 0xff, 0xff),
		"map":             field("Sizes", 0xdf, 0x7f, 0xff, 0xff, 0xff),
		"string":          field("Kind", 0xdb, 0xff, 0xff, 0xff, 0xff),
		"bytes":           field("Blob", 0xc6, 0xff, 0xff, 0xff, 0xff),
		"extension":       field("At", 0xc9, 0xff, 0xff, 0xff, 0xff, 0xff),
		"fields":          {0xdf, 0xff, 0xff, 0xff, 0xff},
		"never used":      field("Tags", 0xc1),
		"unknown, deep":   append(field("what"), bytes.Repeat([]byte{0x91}, 1<<20)...),
		"arrays in array": field("Sizes", 0x81, 0xa1, 'x', 0xdd, 0, 0, 0x10, 0, 0xdd, 0, 0, 0x10, 0, 0xdd, 0, 0, 0x10, 0),
	} {
		t.Run(name, func(t *testing.T) {
			if err := bounded(t, f, data); !errors.Is(err, runtime.ErrCorrupt) && !errors.Is(err, runtime.ErrDepth) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// bounded decodes and looks how much memory that takes.
func bounded(t *testing.T, f runtime.Format[value], data []byte) error {
	t.Helper()
	const factor, slack = 512, 64 << 10 // a value has some 250 bytes, and can be stored as nil
	var err error
	most := factor*uint64(len(data)) + slack
	if used := memory.Least(most, func() { err = f.Decode(new(value), data, "") }); used > most {
		t.Errorf("decoding %d bytes took %d bytes of memory, want at most %d", len(data), used, most)
	}
	return err
}

type (
	list  struct{ Next *list }
	tree  struct{ Sons []tree }
	graph map[string]graph
	point *point
)

// TestCycles encodes what has no end.
func TestCycles(t *testing.T) {
	l := &list{}
	l.Next = l
	refused(t, *l)
	tr := tree{Sons: make([]tree, 1)}
	tr.Sons[0].Sons = tr.Sons
	refused(t, tr)
	g := graph{}
	g["g"] = g
	refused(t, g)
	var p point
	p = &p
	refused(t, p)
}

func refused[V any](t *testing.T, v V) {
	t.Helper()
	if _, err := msgpackformat.New[V]().Append(nil, &v); !errors.Is(err, runtime.ErrDepth) {
		t.Errorf("%T: error %v, want %v", v, err, runtime.ErrDepth)
	}
}

// TestDeep goes as deep as values of a recursive type may.
func TestDeep(t *testing.T) {
	f := msgpackformat.New[list]()
	var v list
	for range runtime.MaxDepth {
		v = list{Next: &list{Next: v.Next}}
	}
	data, err := f.Append(nil, &v)
	if err != nil {
		t.Fatal(err)
	}
	var got list
	if err := f.Decode(&got, data, ""); err != nil {
		t.Fatal(err)
	}
	n := 0
	for l := got.Next; l != nil; l = l.Next {
		n++
	}
	if n != runtime.MaxDepth {
		t.Errorf("%d levels came back, want %d", n, runtime.MaxDepth)
	}
	refused(t, list{Next: &v})
}

func FuzzDecode(f *testing.F) {
	format := msgpackformat.New[value]()
	for _, v := range []value{{}, full} {
		data, err := format.Append(nil, &v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		defer func() {
			if p := recover(); p != nil {
				t.Skip("the core takes panics of codecs for errors") // such as of reflect, in package msgpack
			}
		}()
		_ = bounded(t, format, data)
	})
}
