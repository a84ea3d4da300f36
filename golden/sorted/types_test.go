package sorted

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math"
	"net/netip"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/codectest"
	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fill makes a map of n entries, from the last to the first if it is to be made the
// other way round.
func fill[K comparable, V any](n int, back bool, entry func(i int) (K, V)) map[K]V {
	m := map[K]V{}
	for i := range n {
		if back {
			i = n - 1 - i
		}
		k, v := entry(i)
		m[k] = v
	}
	return m
}

// index returns a value that is always the same, made in one order or the other. Its
// maps have most entries at most.
func index(back bool, depth, most int) Index {
	text := func(i int) string { return fmt.Sprint("text ", i) }
	v := Index{
		ID: 1, Title: "title", Names: []Name{"a", "", "c"},
		Texts:   fill(min(most, 50), back, func(i int) (string, string) { return text(i), text(-i) }),
		ByName:  fill(min(most, 20), back, func(i int) (Name, []string) { return Name(text(i)), []string{text(i)} }),
		Flags:   fill(min(most, 2), back, func(i int) (bool, int) { return i == 1, i }),
		Ratios:  fill(min(most, 20), back, func(i int) (Ratio, int) { return Ratio(i-10) / 3, i }),
		Complex: fill(min(most, 20), back, func(i int) (complex128, int) { return complex(float64(i/5), float64(-i)), i }),
		Arrays:  fill(min(most, 8), back, func(i int) ([3]bool, string) { return [3]bool{i&1 > 0, i&2 > 0, i&4 > 0}, text(i) }),
		Pairs:   fill(min(most, 9), back, func(i int) (Pair, int) { return Pair{Name(text(i / 3)), Name(text(i % 3))}, i }),
		Addrs:   fill(min(most, 20), back, func(i int) (netip.Addr, int) { return netip.AddrFrom4([4]byte{byte(i % 7), byte(i)}), i }),
		Anon:    fill(min(most, 9), back, func(i int) (struct{ A, B int }, string) { return struct{ A, B int }{i / 3, -i}, text(i) }),
		Nothing: map[struct{}]int{{}: 1},
	}
	v.Ints = fill(min(most, 9), back, func(i int) (int, map[uint8]string) {
		return i - 4, fill(min(most, 9), back, func(j int) (uint8, string) { return uint8(j), text(i) })
	})
	v.Times = fill(min(most, 20), back, func(i int) (time.Time, string) { return time.Unix(int64(i), 5).UTC(), text(i) })
	v.Places = fill(min(most, 32), back, func(i int) (Place, *string) {
		s := text(i)
		return Place{X: int16(i & 1), Y: int16(i & 2), Open: i&4 > 0, Name: Name(text(i & 8)), Near: Pair{"", Name(text(i & 16))}}, &s
	})
	if depth > 0 {
		v.Tree = fill(min(most, 3), back, func(i int) (string, Index) { return text(i), index(back, depth-1, most) })
	}
	return v
}

// zones returns times of which four each are one instant.
func zones(back bool) map[time.Time]string {
	return fill(20, back, func(i int) (time.Time, string) {
		at := time.Unix(int64(i/4), 5).UTC()
		if i%4 > 0 {
			at = at.In(time.FixedZone("", i%4*3600-3600)) // and in one zone twice
		}
		return at, fmt.Sprint(i)
	})
}

// Own says that encoding allocates: what is sorted lies somewhere.
var (
	options = []cmp.Option{cmpopts.IgnoreUnexported(Place{}), cmpopts.EquateComparable(netip.Addr{})}
	indexes = codectest.Codec[Index]{Append: appendIndex, Decode: decodeIndex, Prefix: indexCachePrefix, Own: true, Options: options}
	anys    = codectest.Codec[AnyIndex]{
		Append:  func(dst []byte, v *AnyIndex) ([]byte, error) { return appendIndex2(dst, (*Index)(v)) },
		Decode:  func(v *AnyIndex, data []byte, text string) error { return decodeIndex2((*Index)(v), data, text) },
		Prefix:  anyIndexCachePrefix,
		K:       96, // as decodeIndex2 says
		Own:     true,
		Options: options,
	}
	labels = codectest.Codec[Labels]{Append: appendLabels, Decode: decodeLabels, Prefix: labelsCachePrefix, Own: true}
)

// AnyIndex is an Index whose maps are stored in any order.
type AnyIndex Index

func TestCodec(t *testing.T) {
	indexes.Check(t, Index{}, index(false, 0, 2), Index{Texts: map[string]string{}, Tree: map[string]Index{"": {}}})
	anys.Check(t, AnyIndex{}, AnyIndex(index(false, 0, 2)))
	labels.Check(t, Labels{}, Labels{Labels: map[string]string{}, Counts: map[int]Count{1: {Alpha: map[string]bool{"a": true, "b": false}}}})
}

func FuzzDecode(f *testing.F) { indexes.Fuzz(f, Index{}, index(false, 1, 2)) }

// TestEqualBytes makes the same value in two ways, many times, since the order of a
// map is another each time.
func TestEqualBytes(t *testing.T) {
	first := index(false, 1, 50)
	first.Times = zones(false)
	want, err := appendIndex(nil, &first)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		v := index(i%2 == 0, 1, 50)
		v.Times = zones(i%2 == 0)
		got, err := appendIndex(nil, &v)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatal("equal values have different bytes")
		}
		any, err := appendIndex2(nil, &v)
		if err != nil || len(any) != len(want) {
			t.Fatalf("%d bytes in any order, %d in one: %v", len(any), len(want), err)
		}
	}
	nan := Index{Ratios: map[Ratio]int{Ratio(math.NaN()): 1, Ratio(math.NaN()): 1}}
	if _, err := appendIndex(nil, &nan); err != nil {
		t.Error(err)
	}
}

// always is a clock by which nothing is later.
type always struct{}

func (always) Now() time.Time { return time.Unix(1700000000, 0) }

// TestEqualBytesInFormats does so in every format, through a cache.
func TestEqualBytesInFormats(t *testing.T) {
	ctx := t.Context()
	tiers := []*fakebackend.Backend{fakebackend.New("b"), fakebackend.New("t"), fakebackend.New("p")}
	c, err := NewLabelsCache(LabelsCacheConfig{
		Binary: tiers[0], Text: tiers[1], Packed: tiers[2], Options: runtime.Options{Clock: always{}, Logger: slog.New(slog.DiscardHandler)},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	var want [3][]byte
	for i := range 20 {
		text := func(i int) string { return fmt.Sprint("label ", i) }
		v := Labels{
			ID: 1, Labels: fill(30, i%2 == 0, func(i int) (string, string) { return text(i), text(-i) }),
			Counts: fill(30, i%2 == 0, func(i int) (int, Count) {
				return i - 9, Count{i, fill(3, i%2 == 0, func(j int) (string, bool) { return text(j), j > 1 })}
			}),
			Deep: []map[string]map[string]int{nil, fill(9, i%2 == 0, func(i int) (string, map[string]int) {
				return text(i), fill(9, i%2 == 0, func(j int) (string, int) { return text(j), j })
			})},
		}
		if err := c.Set(ctx, 1, v); err != nil {
			t.Fatal(err)
		}
		for j, tier := range tiers {
			for key, raw := range tier.Entries() {
				if want[j] == nil {
					want[j] = raw.Data
				}
				if !bytes.Equal(raw.Data, want[j]) {
					t.Fatalf("tier %d: equal values have different bytes under %q", j, key)
				}
			}
			for k := range tiers { // only one answers
				tiers[k].Fail(map[bool]error{true: fmt.Errorf("down")}[k != j])
			}
			got, ok, err := c.Get(ctx, 1)
			if !ok || err != nil {
				t.Fatalf("tier %d: %v, %v", j, ok, err)
			}
			if d := cmp.Diff(v, got); d != "" {
				t.Errorf("tier %d:\n%s", j, d)
			}
			for k := range tiers {
				tiers[k].Fail(nil)
			}
		}
	}
}

// TestOwnStrings looks where the strings lie that were decoded.
func TestOwnStrings(t *testing.T) {
	v := Index{Title: "a title of its own", Names: []Name{"a name beside it"}}
	apart := func(v Index) bool {
		end := uintptr(unsafe.Pointer(unsafe.StringData(v.Title))) + uintptr(len(v.Title))
		return end != uintptr(unsafe.Pointer(unsafe.StringData(string(v.Names[0]))))
	}
	for name, decode := range map[string]func(*Index, []byte, string) error{"own": decodeIndex, "shared": decodeIndex2} {
		data, err := appendIndex(nil, &v)
		if err != nil {
			t.Fatal(err)
		}
		var got Index
		if err := decode(&got, data, ""); err != nil {
			t.Fatal(err)
		}
		if apart(got) != (name == "own") {
			t.Errorf("%s: the strings are in the wrong place", name)
		}
		clear(data)
		if d := cmp.Diff(v, got); d != "" {
			t.Errorf("%s: the strings were not copied:\n%s", name, d)
		}
	}
}
