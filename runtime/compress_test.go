package runtime_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/runtime"
)

// counting is a codec and a compressor that count what they do.
type counting struct {
	encoded, decoded, compressed, inflated atomic.Int64
	fail                                   error // of compressing and inflating
}

func (c *counting) Append(dst []byte, v *string) ([]byte, error) {
	c.encoded.Add(1)
	return append(dst, *v...), nil
}

func (c *counting) Decode(src []byte, v *string) error {
	c.decoded.Add(1)
	*v = string(src)
	return nil
}

// Compress halves a string that says everything twice.
func (c *counting) Compress(src []byte) ([]byte, error) {
	c.compressed.Add(1)
	return bytes.Clone(src[:len(src)/2]), c.fail
}

func (c *counting) Decompress(src []byte, limit int) ([]byte, error) {
	c.inflated.Add(1)
	if 2*len(src) > limit {
		return nil, runtime.ErrTooLarge
	}
	return bytes.Repeat(src, 2), c.fail
}

func (c *counting) ID() byte { return runtime.CompressS2 }

// expect checks the counts and begins anew.
func (c *counting) expect(t *testing.T, encoded, decoded, compressed, inflated int64) {
	t.Helper()
	got := [4]int64{c.encoded.Swap(0), c.decoded.Swap(0), c.compressed.Swap(0), c.inflated.Swap(0)}
	if want := [4]int64{encoded, decoded, compressed, inflated}; got != want {
		t.Errorf("encoded, decoded, compressed, inflated: %d, want %d", got, want)
	}
}

// other is the same compression under another name.
type other struct{ *counting }

func (other) ID() byte { return runtime.CompressZstd }

// row is a cache of backends that are asked in turn. Each refills those in front
// of it.
type row struct {
	*runtime.Core[string, string]
	counts   *counting
	backends []*fakebackend.Backend
	offload  *runtime.Offload
}

// newRow has a tier for each format: 0 is the codec, 1 and 2 compress it, and 3 is
// another codec.
func newRow(t *testing.T, maxValue int64, formats ...int) *row {
	r := &row{counts: &counting{}, offload: runtime.NewOffload(runtime.OffloadOptions{})}
	clock := runtime.NewTimebase(nil)
	var tiers []runtime.Tier[string, string]
	for i, f := range formats {
		b := fakebackend.New("b")
		r.backends = append(r.backends, b)
		info := runtime.Leaf{Index: i, Path: string(rune('a' + i)), Engine: "backend", Format: f, MaxValue: maxValue, Refill: 1<<i - 1}
		tiers = append(tiers, runtime.NewRemoteLeaf[string, string](info, runtime.BackendEngine(b)))
	}
	key := func(dst []byte, key string) ([]byte, error) { return append(dst, key...), nil }
	r.Core = runtime.NewCore(runtime.Spec[string, string]{
		Name: "Row", BinaryKey: key, TextKey: key,
		Formats: []runtime.Format[string]{
			runtime.CustomFormat(r.counts),
			{Base: 0, Compressor: r.counts},
			{Base: 0, Compressor: other{r.counts}},
			runtime.CustomFormat(r.counts),
		},
		Read: func(op *runtime.Op[string, string]) {
			for _, l := range tiers {
				l.Read(op)
			}
		},
		Write: func(op *runtime.Op[string, string], res []runtime.Result) {
			for _, l := range tiers {
				l.Write(op, res)
			}
		},
		Remove: func(*runtime.Op[string, string], []runtime.Result) {},
	}, runtime.Options{Offload: r.offload}, clock, tiers...)
	t.Cleanup(func() {
		_ = r.Close(context.Background())
		_ = r.offload.Close(context.Background())
	})
	return r
}

func (r *row) set(t *testing.T, v string) {
	t.Helper()
	if err := r.Set(context.Background(), "k", v); err != nil {
		t.Fatal(err)
	}
}

// get reads from the tier of that number, by emptying those in front of it, and
// waits until they are refilled.
func (r *row) get(t *testing.T, from int, want string) {
	t.Helper()
	for _, b := range r.backends[:from] {
		b.Clear()
	}
	v, ok, err := r.Get(context.Background(), "k")
	if err != nil || ok != (want != "") || v != want {
		t.Errorf("Get: %q, %v, %v, want %q", v, ok, err, want)
	}
	if err := r.offload.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
}

const twice = "twice,twice,"

// TestSharing counts how often a value is encoded and compressed for tiers that
// agree on it.
func TestSharing(t *testing.T) {
	for name, tt := range map[string]struct {
		formats []int
		set     [4]int64
		get     [4]int64 // from the last tier, refilling all others
	}{
		"one codec":                     {[]int{0, 0, 0}, [4]int64{1, 0, 0, 0}, [4]int64{0, 1, 0, 0}},
		"two codecs":                    {[]int{0, 3, 0}, [4]int64{2, 0, 0, 0}, [4]int64{1, 1, 0, 0}},
		"one compression":               {[]int{1, 1, 1}, [4]int64{1, 0, 1, 0}, [4]int64{0, 1, 0, 1}},
		"two compressions":              {[]int{1, 2, 1}, [4]int64{1, 0, 2, 0}, [4]int64{0, 1, 1, 1}},
		"plain, from compressed":        {[]int{0, 0, 1}, [4]int64{1, 0, 1, 0}, [4]int64{0, 1, 0, 1}},
		"compressed, from plain":        {[]int{1, 1, 0}, [4]int64{1, 0, 1, 0}, [4]int64{0, 1, 1, 0}},
		"other codec, from compression": {[]int{3, 1}, [4]int64{2, 0, 1, 0}, [4]int64{1, 1, 0, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRow(t, 0, tt.formats...)
			r.set(t, twice)
			r.counts.expect(t, tt.set[0], tt.set[1], tt.set[2], tt.set[3])
			last := len(tt.formats) - 1
			r.get(t, last, twice)
			r.counts.expect(t, tt.get[0], tt.get[1], tt.get[2], tt.get[3])
			for i, b := range r.backends {
				if len(b.Entries()) != 1 {
					t.Errorf("tier %d was not refilled", i)
				}
			}
		})
	}
}

// TestOtherCompression finds entries that were compressed in another way.
func TestOtherCompression(t *testing.T) {
	writer, reader := newRow(t, 0, 2), newRow(t, 0, 1)
	writer.set(t, twice)
	for k, raw := range writer.backends[0].Entries() {
		reader.backends[0].Put(k, raw)
	}
	reader.get(t, 0, "")
	if s := reader.Stats().Tiers[0]; s.Rejected != 1 || s.ReadErrors != 0 {
		t.Errorf("%+v, want one rejected entry", s)
	}
	if n := reader.counts.inflated.Load(); n != 0 {
		t.Errorf("inflated %d times, want never", n)
	}
}

// TestAbsence has nothing to compress.
func TestAbsence(t *testing.T) {
	r := newRow(t, 0, 1)
	if err := r.Store(context.Background(), "k", runtime.Entry[string]{Status: runtime.Absent}); err != nil {
		t.Fatal(err)
	}
	if e, err := r.Lookup(context.Background(), "k"); e.Status != runtime.Absent || err != nil {
		t.Errorf("%v, %v, want an absence", e.Status, err)
	}
	r.counts.expect(t, 0, 0, 0, 0)
}

// TestInflatedMax has values that fit when compressed and not when inflated.
func TestInflatedMax(t *testing.T) {
	const most = 100 // the envelope takes half of it
	r := newRow(t, most, 1)
	r.set(t, strings.Repeat("ab", most/2))
	r.counts.expect(t, 1, 0, 1, 0)
	if err := r.Set(context.Background(), "k", strings.Repeat("ab", most/2+1)); !errors.Is(err, runtime.ErrTooLarge) {
		t.Errorf("Set of one that inflates to too much: %v", err)
	}
	r.counts.expect(t, 1, 0, 0, 0) // nothing was compressed in vain

	wide, narrow := newRow(t, 0, 1), newRow(t, most, 1)
	wide.set(t, strings.Repeat("ab", most/2+1))
	for k, raw := range wide.backends[0].Entries() {
		narrow.backends[0].Put(k, raw)
	}
	narrow.get(t, 0, "")
	if s := narrow.Stats().Tiers[0]; s.Rejected != 1 {
		t.Errorf("%+v, want one rejected entry", s)
	}
}

// TestCompressorFails has a compressor that fails, which Set reports, and one that
// cannot inflate, which is a miss.
func TestCompressorFails(t *testing.T) {
	r := newRow(t, 0, 1)
	r.set(t, twice)
	r.counts.fail = errors.New("no memory")
	r.get(t, 0, "")
	if s := r.Stats().Tiers[0]; s.Rejected != 1 {
		t.Errorf("%+v, want one rejected entry", s)
	}
	if err := r.Set(context.Background(), "k", "other,other,"); !errors.Is(err, r.counts.fail) {
		t.Errorf("Set: %v, want %v", err, r.counts.fail)
	}
	r.counts.fail = nil
	r.get(t, 0, twice)
}

// TestCompressTimes looks where compressing is counted: once, at the first of the
// tiers that share it.
func TestCompressTimes(t *testing.T) {
	r := newRow(t, 0, 1, 1, 0)
	r.set(t, twice)
	r.get(t, 1, twice)
	for i, want := range [][4]uint64{{1, 0, 1, 0}, {0, 1, 0, 1}, {}} {
		s := r.Stats().Tiers[i].Times
		if got := [4]uint64{s.Encode.Count, s.Decode.Count, s.Compress.Count, s.Decompress.Count}; got != want {
			t.Errorf("tier %d timed %d, want %d", i, got, want)
		}
	}
}
