package memory

import (
	"context"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/codectest"
	"github.com/cachegen/cachegen/internal/race"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCodec(t *testing.T) {
	codectest.Codec[Point]{Append: appendPoint, Decode: decodePoint, Prefix: pointCachePrefix}.Check(t, Point{}, Point{1, 2, 3, true, [8]byte{4}})
	codectest.Codec[Note]{Append: appendNote, Decode: decodeNote, Prefix: noteCachePrefix}.Check(t, Note{}, Note{"a", "b", "c", []string{"", "d"}})
	codectest.Codec[Count]{Append: appendCount, Decode: decodeCount, Prefix: countCachePrefix}.Check(t, 0, -1, 1<<62)
	codectest.Codec[Names]{Append: appendNames, Decode: decodeNames, Prefix: namesCachePrefix}.Check(t, nil, Names{}, Names{"x", "y"})
}

// copied is what a batch is compared with; it has to be on the heap as well.
var copied map[uint32]Point

// TestAllocs holds a hit to what its value needs: nothing for a struct without
// pointers, and one string for all strings beside the slices. A write needs nothing.
func TestAllocs(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	ctx := context.Background()
	points, err := NewPointCache(PointCacheConfig{})
	if err != nil {
		t.Fatal(err)
	}
	notes, err := NewNoteCache(NoteCacheConfig{})
	if err != nil {
		t.Fatal(err)
	}
	point := Point{ID: 1, X: 2}
	if err := points.Set(ctx, 1, point); err != nil {
		t.Fatal(err)
	}
	note := Note{ID: "n", Title: "title", Body: "body", Labels: []string{"a", "b"}}
	if err := notes.Set(ctx, "n", note); err != nil {
		t.Fatal(err)
	}
	batch, all := make([]uint32, 100), map[uint32]Point{}
	for i := range batch {
		batch[i] = uint32(100 + i)
		all[batch[i]] = Point{ID: batch[i]}
	}
	if err := points.SetMany(ctx, all); err != nil {
		t.Fatal(err)
	}
	if found, err := points.GetMany(ctx, append(batch, batch...)); len(found) != 100 || err != nil {
		t.Fatal(len(found), err)
	}
	returned := testing.AllocsPerRun(100, func() { copied = maps.Clone(all) })
	load := func(context.Context, uint32) (Point, error) { panic("not called") }
	for _, test := range []struct {
		name string
		want float64
		read func()
	}{
		{"Get of a struct without pointers", 0, func() { _, _, _ = points.Get(ctx, 1) }},
		{"GetOrLoad of a struct without pointers", 0, func() { _, _ = points.GetOrLoad(ctx, 1, load) }},
		{"Get of a struct with strings and a slice", 2, func() { _, _, _ = notes.Get(ctx, "n") }},
		{"Set of a struct without pointers", 0, func() { _ = points.Set(ctx, 1, point) }},
		{"Set of a struct with strings and a slice", 0, func() { _ = notes.Set(ctx, "n", note) }},
		{"GetMany of structs without pointers", returned, func() { _, _ = points.GetMany(ctx, batch) }},
		{"SetMany of structs without pointers, beside its results", 2, func() { _ = points.SetMany(ctx, all) }},
		{"Delete", 0, func() { _, _ = points.Delete(ctx, 2) }},
	} {
		if got := testing.AllocsPerRun(1000, test.read); got != test.want {
			t.Errorf("%s: %v allocations, want %v", test.name, got, test.want)
		}
	}
	if hits := points.Stats().Hits; hits != 2002+1001*100+100 {
		t.Errorf("%d hits were counted, want 2002 of single keys and 1002 of a hundred", hits)
	}
	closeAll(t, points, notes)
}

func closeAll(t *testing.T, caches ...interface{ Close(context.Context) error }) {
	t.Helper()
	for _, c := range caches {
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
}

// TestPlainTypes caches what is no struct.
func TestPlainTypes(t *testing.T) {
	ctx := context.Background()
	counts, err := NewCountCache(CountCacheConfig{})
	if err != nil {
		t.Fatal(err)
	}
	names, err := NewNamesCache(NamesCacheConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(t, counts, names)
	if err := counts.SetMany(ctx, map[string]Count{"a": 1, "b": 2}); err != nil {
		t.Fatal(err)
	}
	got, err := counts.GetMany(ctx, []string{"a", "b", "c", "a"})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]Count{"a": 1, "b": 2}, got); d != "" {
		t.Error(d)
	}
	want := Names{"x", "y"}
	if err := names.Set(ctx, "l", want); err != nil {
		t.Fatal(err)
	}
	list, ok, err := names.Get(ctx, "l")
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	list[0] = "changed" // the caller's own
	if list, _, _ = names.Get(ctx, "l"); !cmp.Equal(list, want) {
		t.Errorf("the cache lost %v to a caller: %v", want, list)
	}
}
