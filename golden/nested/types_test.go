package nested

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var quiet = slog.New(slog.DiscardHandler)

var errDown = errors.New("the backend is down")

// outer is a DocCache with its backends.
type outer struct {
	*DocCache
	near, disk *fakebackend.Backend
}

func newOuter(t *testing.T, opts runtime.Options) outer {
	t.Helper()
	o := outer{near: fakebackend.New("x"), disk: fakebackend.New("y")}
	c, err := NewDocCache(DocCacheConfig{Near: o.near, Disk: o.disk, Options: opts})
	if err != nil {
		t.Fatal(err)
	}
	o.DocCache = c
	t.Cleanup(func() { shut(t, c) })
	return o
}

func shut(t *testing.T, c interface{ Close(context.Context) error }) {
	t.Helper()
	if err := c.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

// second returns another cache over the same backends, with an empty memory.
func (o outer) second(t *testing.T) outer {
	t.Helper()
	c, err := NewDocCache(DocCacheConfig{Near: o.near, Disk: o.disk, Options: runtime.Options{Logger: quiet}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, c) })
	return outer{c, o.near, o.disk}
}

// expect looks a key up and compares where it was found.
func expect(t *testing.T, c interface {
	Lookup(context.Context, string) (runtime.Entry[Doc], error)
}, key, source string, status runtime.Status, mode runtime.ReadMode,
) runtime.Entry[Doc] {
	t.Helper()
	e, err := c.Lookup(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	if e.Source != source || e.Status != status || e.ReadMode != mode {
		t.Fatalf("%q: %s %s from %q, want %s %s from %q", key, e.Status, e.ReadMode, e.Source, status, mode, source)
	}
	return e
}

func TestSourcePaths(t *testing.T) {
	ctx := context.Background()
	o := newOuter(t, runtime.Options{Logger: quiet})
	doc := Doc{ID: "k", Text: "text"}
	if err := o.Set(ctx, "k", doc); err != nil {
		t.Fatal(err)
	}
	expect(t, o, "k", "outer.inner.memory", runtime.Hit, runtime.Direct)
	expect(t, o.second(t), "k", "outer.inner.near", runtime.Hit, runtime.Refill)
	o.near.Clear()
	e := expect(t, o.second(t), "k", "outer.disk", runtime.Hit, runtime.Refill)
	if e.Value != doc {
		t.Errorf("got %v, want %v", e.Value, doc)
	}
	expect(t, o, "other", "", runtime.Miss, runtime.Direct)
}

func TestLookupWritesNothing(t *testing.T) {
	ctx := context.Background()
	o := newOuter(t, runtime.Options{Logger: quiet})
	if err := o.Set(ctx, "k", Doc{ID: "k"}); err != nil {
		t.Fatal(err)
	}
	o.near.Clear()
	c := o.second(t)
	e := expect(t, c, "k", "outer.disk", runtime.Hit, runtime.Refill)
	expect(t, c, "k", "outer.disk", runtime.Hit, runtime.Refill)
	if err := c.Store(ctx, "k", e); err != nil {
		t.Fatal(err)
	}
	again := expect(t, c, "k", "outer.inner.memory", runtime.Hit, runtime.Direct)
	if !again.ExpireAt.Equal(e.ExpireAt) || !again.StaleAt.Equal(e.StaleAt) {
		t.Errorf("the copy lives until %v and %v, its origin until %v and %v", again.StaleAt, again.ExpireAt, e.StaleAt, e.ExpireAt)
	}
	if len(o.near.Entries()) != 1 {
		t.Error("near was not refilled")
	}
	if o.disk.Writes != 1 {
		t.Errorf("disk was written %d times, want once: it was the source", o.disk.Writes)
	}
}

// TestGetRefills refills memory at once and near in the background.
func TestGetRefills(t *testing.T) {
	ctx := context.Background()
	o := newOuter(t, runtime.Options{Logger: quiet})
	if err := o.Set(ctx, "k", Doc{ID: "k"}); err != nil {
		t.Fatal(err)
	}
	o.near.Clear()
	offload := runtime.NewOffload(runtime.OffloadOptions{})
	c, err := NewDocCache(DocCacheConfig{Near: o.near, Disk: o.disk, Options: runtime.Options{Offload: offload}})
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, c)
	if _, ok, err := c.Get(ctx, "k"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	expect(t, c, "k", "outer.inner.memory", runtime.Hit, runtime.Direct)
	if err := offload.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if len(o.near.Entries()) != 1 {
		t.Error("near was not refilled")
	}
}

func TestMixedRefill(t *testing.T) {
	ctx := context.Background()
	near, disk := fakebackend.New("n"), fakebackend.New("d")
	newMixed := func() *DocMixed {
		c, err := NewDocMixed(DocMixedConfig{Near: near, Disk: disk})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { shut(t, c) })
		return c
	}
	if err := newMixed().Set(ctx, "k", Doc{ID: "k"}); err != nil {
		t.Fatal(err)
	}
	// inner never refills: a hit in near is all there is to do.
	expect(t, newMixed(), "k", "outer.inner.near", runtime.Hit, runtime.Direct)
	near.Clear()
	// outer does: a hit in disk is written into both parts of inner.
	c := newMixed()
	e := expect(t, c, "k", "outer.disk", runtime.Hit, runtime.Refill)
	if err := c.Store(ctx, "k", e); err != nil {
		t.Fatal(err)
	}
	expect(t, c, "k", "outer.inner.memory", runtime.Hit, runtime.Direct)
	expect(t, newMixed(), "k", "outer.inner.near", runtime.Hit, runtime.Direct)
}

func TestNeverRefill(t *testing.T) {
	ctx := context.Background()
	l1, l2 := fakebackend.New("1"), fakebackend.New("2")
	c, err := NewDocNever(DocNeverConfig{L1: l1, L2: l2, Options: runtime.Options{Logger: quiet}})
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, c)
	if err := c.Set(ctx, "k", Doc{ID: "k"}); err != nil {
		t.Fatal(err)
	}
	l1.Clear()
	if _, ok, err := c.Get(ctx, "k"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	expect(t, c, "k", "docs.l2", runtime.Hit, runtime.Direct)
	if len(l1.Entries()) != 0 {
		t.Error("l1 was refilled")
	}
}

// TestFourTiers refills over four levels: left before right, and inside right.
func TestFourTiers(t *testing.T) {
	ctx := context.Background()
	tiers := []*fakebackend.Backend{fakebackend.New("a"), fakebackend.New("b"), fakebackend.New("c"), fakebackend.New("d")}
	c, err := NewDocFour(DocFourConfig{A: tiers[0], B: tiers[1], C: tiers[2], D: tiers[3], Options: runtime.Options{Logger: quiet}})
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, c)
	if err := c.Set(ctx, "k", Doc{ID: "k"}); err != nil {
		t.Fatal(err)
	}
	for _, b := range tiers[:3] {
		b.Clear()
	}
	e := expect(t, c, "k", "four.right.d", runtime.Hit, runtime.Refill)
	if err := c.Store(ctx, "k", e); err != nil {
		t.Fatal(err)
	}
	for i, b := range tiers {
		if len(b.Entries()) != 1 {
			t.Errorf("tier %d has no copy", i)
		}
	}
	if n, err := c.Delete(ctx, "k"); n != 4 || err != nil {
		t.Errorf("Delete: %d, %v, want 4", n, err)
	}
}

func TestDeleteCounts(t *testing.T) {
	ctx := context.Background()
	o := newOuter(t, runtime.Options{Logger: quiet})
	for want, prepare := range []func(){
		0: func() {},
		1: func() { o.near.Clear(); o.disk.Clear() },
		2: func() { o.disk.Clear() },
		3: func() {},
	} {
		if want > 0 {
			if err := o.Set(ctx, "k", Doc{ID: "k"}); err != nil {
				t.Fatal(err)
			}
		}
		prepare()
		if n, err := o.Delete(ctx, "k"); n != want || err != nil {
			t.Errorf("Delete: %d, %v, want %d", n, err, want)
		}
	}
}

// TestSequentialWrite holds the policy to its table.
func TestSequentialWrite(t *testing.T) {
	ctx := context.Background()
	l1, l2 := fakebackend.New("1"), fakebackend.New("2")
	c, err := NewDocNever(DocNeverConfig{L1: l1, L2: l2, Options: runtime.Options{Logger: quiet}})
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, c)
	l1.Fail(errDown)
	if err := c.Set(ctx, "a", Doc{}); !errors.Is(err, errDown) || l2.Writes != 0 {
		t.Errorf("L1 fails: %v, and L2 was written %d times", err, l2.Writes)
	}
	l1.Fail(nil)
	l2.Fail(errDown)
	if err := c.Set(ctx, "b", Doc{}); !errors.Is(err, errDown) || len(l1.Entries()) != 1 {
		t.Errorf("L2 fails: %v, and L1 has %d entries", err, len(l1.Entries()))
	}
}

// TestBothFail has every part of every level fail.
func TestBothFail(t *testing.T) {
	ctx := context.Background()
	tiers := []*fakebackend.Backend{fakebackend.New("a"), fakebackend.New("b"), fakebackend.New("c"), fakebackend.New("d")}
	c, err := NewDocFour(DocFourConfig{A: tiers[0], B: tiers[1], C: tiers[2], D: tiers[3], Options: runtime.Options{Logger: quiet}})
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, c)
	for _, b := range tiers {
		b.Fail(errDown)
	}
	var both, inner *runtime.BothFailedError
	err = c.Set(ctx, "k", Doc{})
	if !errors.As(err, &both) || !errors.As(both.L1, &inner) || !errors.Is(inner.L2, errDown) {
		t.Errorf("Set: %v, want BothFailedError of BothFailedErrors", err)
	}
	if _, err = c.Delete(ctx, "k"); !errors.As(err, &both) {
		t.Errorf("Delete: %v, want BothFailedError", err)
	}
	if _, _, err := c.Get(ctx, "other"); !errors.Is(err, errDown) {
		t.Errorf("Get: %v, want the error of the last tier", err)
	}
	// The tiers may have the old value of k: for k they are misses.
	if _, ok, err := c.Get(ctx, "k"); ok || err != nil {
		t.Errorf("Get of what could not be written: %v, %v, want a miss", ok, err)
	}
	v, err := c.GetOrLoad(ctx, "k", func(context.Context, string) (Doc, error) { return Doc{Text: "loaded"}, nil })
	if err != nil || v.Text != "loaded" {
		t.Errorf("GetOrLoad: %v, %v: tiers that fail are no error", v, err)
	}
	for _, b := range tiers {
		b.Fail(nil)
	}
}

// TestErrorThenHit reads through a tier that fails.
func TestErrorThenHit(t *testing.T) {
	ctx := context.Background()
	o := newOuter(t, runtime.Options{Logger: quiet})
	if err := o.Set(ctx, "k", Doc{ID: "k"}); err != nil {
		t.Fatal(err)
	}
	c := o.second(t)
	o.near.Fail(errDown)
	expect(t, c, "k", "outer.disk", runtime.Hit, runtime.Refill)
	// A miss of the last tier is a miss.
	if _, ok, err := c.Get(ctx, "other"); ok || err != nil {
		t.Errorf("Get: %v, %v, want a miss", ok, err)
	}
	o.near.Fail(nil)
}

// TestTTLOfTiers caps both instants in the tiers that have a ttl=.
func TestTTLOfTiers(t *testing.T) {
	ctx := context.Background()
	near, disk := fakebackend.New("n"), fakebackend.New("d")
	c, err := NewDocMixed(DocMixedConfig{Near: near, Disk: disk})
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, c)
	before := time.Now()
	if err := c.Set(ctx, "k", Doc{ID: "k"}); err != nil {
		t.Fatal(err)
	}
	e := expect(t, c, "k", "outer.inner.memory", runtime.Hit, runtime.Direct)
	lives := map[string]time.Time{"memory": e.ExpireAt}
	for _, raw := range near.Entries() {
		lives["near"] = raw.ExpireAt
	}
	for _, raw := range disk.Entries() {
		lives["disk"] = raw.ExpireAt
	}
	for tier, want := range map[string]time.Duration{"memory": time.Minute, "near": time.Hour, "disk": 30 * time.Minute} {
		if got := lives[tier].Sub(before); got < want || got > want+time.Minute/2 {
			t.Errorf("%s: lives for %v, want %v", tier, got, want)
		}
	}
}

func TestString(t *testing.T) {
	o := newOuter(t, runtime.Options{Logger: quiet})
	const want = "outer(inner(memory:fastcache, near:backend) read=sequential write=optimistic refill=always, disk:backend) read=sequential write=optimistic refill=always"
	if got := o.String(); got != want {
		t.Errorf("String: %s\nwant    %s", got, want)
	}
}
