package codectest

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/cachegen/cachegen/runtime"
)

// list is what the codecs of this file store: a count, as generated code has it,
// and a byte for each element.
type list struct {
	Items []bool
	Left  int `cache:"-"`
}

func appendList(dst []byte, v *list) ([]byte, error) {
	dst, b := runtime.Grow(dst, runtime.SizeUvarint(uint64(len(v.Items))+1)*min(1, len(v.Items))+max(1-len(v.Items), 0)+len(v.Items))
	b = runtime.PutCount(b, len(v.Items), v.Items == nil)
	for i, x := range v.Items {
		if b[i] = 0; x {
			b[i] = 1
		}
	}
	return dst, nil
}

func decodeList(v *list, data []byte, _ string) error {
	n, b, ok := runtime.TakeCount(data, 1)
	if !ok || max(n, 0) != len(b) {
		return runtime.ErrCorrupt
	}
	if n < 0 {
		return nil
	}
	v.Items = make([]bool, n)
	for i, x := range b {
		if v.Items[i] = x == 1; x > 1 {
			return runtime.ErrCorrupt
		}
	}
	return nil
}

// good is a codec without a mistake.
var good = Codec[list]{Append: appendList, Decode: decodeList, Prefix: "\x00fingerpr", K: 2}

var lists = []list{{}, {Items: []bool{}}, {Items: []bool{true, false, true}}}

// recorder takes the errors of a check.
type recorder struct{ errors []string }

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}
func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...) }

// inspect does what Check does with values, and returns what it says.
func inspect(c Codec[list]) []string {
	r := &recorder{}
	var seeds [][]byte
	for i := range lists {
		data, _ := c.Append(nil, &lists[i])
		c.roundTrip(r, &lists[i], data)
		c.allocs(r, &lists[i], data)
		c.truncations(r, data)
		c.flips(r, data)
		c.counts(r, data)
		seeds = append(seeds, data)
	}
	c.bombs(r)
	m := mutation[list]{Codec: c, tb: r, mutator: newMutator(seeds)}
	for range 20 {
		m.measured(100)
	}
	return r.errors
}

func TestGoodCodec(t *testing.T) {
	for _, e := range inspect(good) {
		t.Error(e)
	}
}

// TestMistakes makes the mistakes that generated codecs could have.
func TestMistakes(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		change     func(*Codec[list])
	}{
		{"nil is empty", "round trip", func(c *Codec[list]) {
			c.Decode = func(v *list, data []byte, text string) error {
				err := decodeList(v, data, text)
				if len(v.Items) == 0 {
					v.Items = []bool{}
				}
				return err
			}
		}},
		{"ends early", "a prefix of", func(c *Codec[list]) {
			c.Decode = func(v *list, data []byte, text string) error {
				if decodeList(v, data, text) != nil && len(data) > 1 {
					return nil
				}
				return decodeList(v, data, text)
			}
		}},
		{"does not look behind the end", "behind the end", func(c *Codec[list]) {
			c.Decode = func(v *list, data []byte, text string) error {
				if n, b, ok := runtime.TakeCount(data, 1); ok {
					data = data[:len(data)-len(b)+min(len(b), max(n, 0))]
				}
				return decodeList(v, data, text)
			}
		}},
		{"true has many forms", "two encodings of one value", func(c *Codec[list]) {
			c.Decode = func(v *list, data []byte, text string) error {
				data = append([]byte(nil), data...)
				for i := range data[min(1, len(data)):] {
					data[i+1] &= 1
				}
				return decodeList(v, data, text)
			}
		}},
		{"numbers have many forms", "numbers are not in their only form", func(c *Codec[list]) {
			c.Decode = func(v *list, data []byte, text string) error {
				if n, size := binary.Uvarint(data); size > 1 && n < 0x80 {
					data = append([]byte{byte(n)}, data[size:]...)
				}
				return decodeList(v, data, text)
			}
		}},
		{"believes counts", "of memory", func(c *Codec[list]) {
			c.Decode = func(v *list, data []byte, text string) error {
				if n, _ := binary.Uvarint(data); n <= 1<<20 {
					v.Items = make([]bool, n)
				}
				return decodeList(v, data, text)
			}
		}},
		{"keeps what is not stored", "is not zero after decoding", func(c *Codec[list]) {
			c.Decode = func(v *list, data []byte, text string) error {
				v.Left = 1
				return decodeList(v, data, text)
			}
		}},
		{"says too large a size", "the size pass is off", func(c *Codec[list]) {
			c.Append = func(dst []byte, v *list) ([]byte, error) {
				dst, _ = runtime.Grow(dst, 100)
				return appendList(dst[:len(dst)-100], v)
			}
		}},
		{"allocates", "allocations", func(c *Codec[list]) {
			c.Append = func(dst []byte, v *list) ([]byte, error) {
				b, err := appendList(nil, v)
				return append(dst, b...), err
			}
		}},
	} {
		c := good
		tt.change(&c)
		if all := strings.Join(inspect(c), "\n"); !strings.Contains(all, tt.want) {
			t.Errorf("%s: not noticed; the checks say: %q", tt.name, all)
		}
	}
}

// TestPanic lets a decoder panic on one of the changed encodings.
func TestPanic(t *testing.T) {
	c := good
	c.Decode = func(v *list, data []byte, text string) error {
		if len(data) > 2 && data[2] == 0xff {
			panic("out of range")
		}
		return decodeList(v, data, text)
	}
	defer func() {
		if recover() == nil {
			t.Error("no panic was met")
		}
	}()
	inspect(c)
}

// TestValues looks that random values have what is asked of them.
func TestValues(t *testing.T) {
	type all struct {
		hidden  []string
		Map     map[float32]int
		P       **int8
		F       float64
		Skipped int `cache:"-"`
	}
	met := map[string]bool{}
	for i := range 300 {
		v := Codec[all]{}.Values().Example(i)
		met["hidden"] = met["hidden"] || v.hidden != nil
		met["nil"] = met["nil"] || v.hidden == nil
		met["empty"] = met["empty"] || v.hidden != nil && len(v.hidden) == 0
		met["entries"] = met["entries"] || len(v.Map) > 1
		met["pointer to nil"] = met["pointer to nil"] || v.P != nil && *v.P == nil
		met["pointer"] = met["pointer"] || v.P != nil && *v.P != nil
		met["negative"] = met["negative"] || v.F < 0
		if v.Skipped != 0 {
			t.Fatal("a field that is not stored has a value")
		}
		for k := range v.Map {
			if k != k {
				t.Fatal("a key that is not equal to itself")
			}
		}
	}
	for _, what := range []string{"hidden", "nil", "empty", "entries", "pointer to nil", "pointer", "negative"} {
		if !met[what] {
			t.Errorf("no value with %s", what)
		}
	}
}

// TestStored tells changes that old entries survive from those that they do not.
func TestStored(t *testing.T) {
	encode := func(c Codec[list], values ...list) record {
		r := record{format: 1, fingerprint: "ab"}
		for i := range values {
			data, _ := c.Append(nil, &values[i])
			r.values = append(r.values, data)
		}
		return r
	}
	then := encode(good, lists...)
	turned := good // what was true is false
	turned.Append = func(dst []byte, v *list) ([]byte, error) {
		dst, err := appendList(dst, v)
		for i := len(dst) - len(v.Items); i < len(dst); i++ {
			dst[i] ^= 1
		}
		return dst, err
	}
	turned.Decode = func(v *list, data []byte, text string) error {
		err := decodeList(v, data, text)
		for i := range v.Items {
			v.Items[i] = !v.Items[i]
		}
		return err
	}
	longer := good // has a byte in front
	longer.Append = func(dst []byte, v *list) ([]byte, error) { return appendList(append(dst, 7), v) }
	longer.Decode = func(v *list, data []byte, text string) error { return decodeList(v, data[min(1, len(data)):], text) }
	other := []list{{}, {Items: []bool{}}, {Items: []bool{false}}}
	for name, tt := range map[string]struct {
		codec  Codec[list]
		values []list
		change func(*record)
		want   string
	}{
		"nothing":           {good, lists, nil, ""},
		"format version":    {longer, lists, func(r *record) { r.format++ }, "the format is 2"},
		"shape":             {longer, lists, func(r *record) { r.fingerprint = "cd" }, "shape"},
		"another value":     {good, other, nil, breaks},
		"one value more":    {good, append(lists[:3:3], list{}), nil, "more values"},
		"one value less":    {good, lists[:2], nil, breaks},
		"a byte in front":   {longer, lists, nil, breaks},
		"another meaning":   {turned, lists, nil, breaks},
		"what is not read":  {Codec[list]{Append: appendList, Decode: func(*list, []byte, string) error { return runtime.ErrCorrupt }}, lists, nil, breaks},
		"what is read only": {Codec[list]{Append: longer.Append, Decode: decodeList}, lists, nil, breaks},
	} {
		now := encode(tt.codec, tt.values...)
		if tt.change != nil {
			tt.change(&now)
		}
		if got := tt.codec.changed(then, now, tt.values); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// TestRecord reads what it wrote.
func TestRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "testdata", "x.txt")
	want := record{1, "ab", [][]byte{nil, {1, 2}, make([]byte, 100)}}
	want.write(t, path)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := parseRecord(string(text)); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	for _, bad := range []string{"x", "  00", "value\n  0g", "format x"} {
		if _, err := parseRecord(bad); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}
