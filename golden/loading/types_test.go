package loading

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/VictoriaMetrics/fastcache"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/internal/race"
	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(redistest.Main(m)) }

var quiet = runtime.Options{Logger: slog.New(slog.DiscardHandler)}

// pages is what the generated caches by ID have in common.
type pages interface {
	Get(ctx context.Context, key int64) (Page, bool, error)
	GetMany(ctx context.Context, keys []int64) (map[int64]Page, error)
	GetOrLoad(ctx context.Context, key int64, load func(context.Context, int64) (Page, error)) (Page, error)
	GetOrLoadMany(ctx context.Context, keys []int64, load func(context.Context, []int64) (map[int64]Page, error)) (map[int64]Page, error)
	Set(ctx context.Context, key int64, v Page) error
	Lookup(ctx context.Context, key int64) (runtime.Entry[Page], error)
	Stats() runtime.Stats
	Close(ctx context.Context) error
}

func page(id int64, line string) Page { return Page{ID: id, Lines: []string{line}} }

// loads counts what a loader is called for.
type loads struct {
	n    atomic.Int64
	line string
	err  error
	took time.Duration
}

func (l *loads) load(_ context.Context, id int64) (Page, error) {
	l.n.Add(1)
	time.Sleep(l.took)
	return page(id, l.line), l.err
}

// read checks what GetOrLoad returns for the key 1.
func read(t *testing.T, c pages, l *loads, want string) {
	t.Helper()
	v, err := c.GetOrLoad(t.Context(), 1, l.load)
	if err != nil || len(v.Lines) != 1 || v.Lines[0] != want {
		t.Errorf("GetOrLoad: %v, %v, want %q", v, err, want)
	}
	if len(v.Lines) > 0 {
		v.Lines[0] = "changed by a caller"
	}
	synctest.Wait()
}

// each runs a test with every cache that has memory in front of a backend.
func each(t *testing.T, names []string, test func(t *testing.T, c pages, far *fakebackend.Backend)) {
	memory := fastcache.New(32 << 20)
	defer memory.Reset()
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				memory.Reset()
				far := fakebackend.New("far")
				var c pages
				var err error
				switch name {
				case "Return":
					c, err = NewReturn(ReturnConfig{Memory: memory, Far: far, Options: quiet})
				case "Revalidate":
					c, err = NewRevalidate(RevalidateConfig{Memory: memory, Far: far, Options: quiet})
				case "Offload":
					c, err = NewOffload(OffloadConfig{Memory: memory, Far: far, Options: quiet})
				case "Eager":
					c, err = NewEager(EagerConfig{Memory: memory, Far: far, Options: quiet})
				case "Objects":
					c, err = NewObjects(ObjectsConfig{Far: far, Options: quiet})
				}
				if err != nil {
					t.Fatal(err)
				}
				test(t, c, far)
				if err := c.Close(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestFreshness goes through the life of a value in each cache.
func TestFreshness(t *testing.T) {
	each(t, []string{"Return", "Revalidate", "Offload", "Objects"}, func(t *testing.T, c pages, far *fakebackend.Backend) {
		if err := c.Set(t.Context(), 1, page(1, "old")); err != nil {
			t.Fatal(err)
		}
		l := &loads{line: "new"}
		read(t, c, l, "old")
		time.Sleep(4 * time.Minute)
		read(t, c, l, "old")
		if n := l.n.Load(); n != 0 || far.Count("read") != 0 {
			t.Errorf("%d loads of a fresh value, and %d reads behind memory", n, far.Count("read"))
		}
		time.Sleep(10 * time.Minute)
		v, ok, err := c.Get(t.Context(), 1)
		if e, _ := c.Lookup(t.Context(), 1); !ok || err != nil || v.Lines[0] != "old" || e.Status != runtime.Stale {
			t.Errorf("Get of a stale value: %v, %v, %v (%v)", v, ok, err, e.Status)
		}
		bad := &loads{err: errors.New("down")}
		read(t, c, bad, "old")
		first, n := "old", int64(1)
		switch c.(type) {
		case *Return:
			n = 0
		case *Revalidate:
			first = "new"
		}
		if bad.n.Load() != n {
			t.Errorf("%d loads of a stale value", bad.n.Load())
		}
		read(t, c, l, first)
		if l.n.Load() != n {
			t.Errorf("%d loads of a stale value", l.n.Load())
		}
		if n > 0 {
			read(t, c, bad, "new")
		}
	})
}

// TestEagerly has a copy that memory keeps for half of its life taken again from
// behind it, and what is old there loaded.
func TestEagerly(t *testing.T) {
	each(t, []string{"Eager", "Objects"}, func(t *testing.T, c pages, far *fakebackend.Backend) {
		if err := c.Set(t.Context(), 1, page(1, "old")); err != nil {
			t.Fatal(err)
		}
		l := &loads{line: "new"}
		_, capped := c.(*Eager)
		time.Sleep(4*time.Minute - time.Second)
		read(t, c, l, "old")
		time.Sleep(time.Second)
		read(t, c, l, "old")
		if n := far.Count("read"); l.n.Load() != 0 || (n == 1) != capped {
			t.Errorf("%d loads and %d reads behind memory after 40%%", l.n.Load(), n)
		}
		time.Sleep(4*time.Minute + 50*time.Second) // and jitter
		read(t, c, l, "old")
		read(t, c, l, "new")
		if e, _ := c.Lookup(t.Context(), 1); e.Status != runtime.Hit || l.n.Load() != 1 {
			t.Errorf("%d loads, and a %v", l.n.Load(), e.Status)
		}
	})
}

// TestSafe serves objects past their end if loading fails.
func TestSafe(t *testing.T) {
	each(t, []string{"Objects"}, func(t *testing.T, c pages, far *fakebackend.Backend) {
		if err := c.Set(t.Context(), 1, page(1, "old")); err != nil {
			t.Fatal(err)
		}
		far.Fail(errors.New("down as well"))
		time.Sleep(time.Hour)
		bad := &loads{err: errors.New("down")}
		for range 3 {
			read(t, c, bad, "old")
		}
		if v, ok, _ := c.Get(t.Context(), 1); ok {
			t.Errorf("Get of what is over: %v", v)
		}
		time.Sleep(20 * time.Minute)
		if v, err := c.GetOrLoad(t.Context(), 1, bad.load); !errors.Is(err, bad.err) {
			t.Errorf("%v, %v", v, err)
		}
	})
}

// TestShared gives one stored object to all, and copies of a loaded one to nobody.
func TestShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := NewStrict(StrictConfig{Options: quiet})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(t.Context())
		n := 0
		load := func(_ context.Context, k StrictKey) (Page, error) {
			n++
			return Page{ID: k.ID, Lang: k.Lang, Lines: []string{fmt.Sprint(n)}}, nil
		}
		get := func(want string) {
			t.Helper()
			v, err := c.GetOrLoad(t.Context(), StrictKey{1, "en"}, load)
			if synctest.Wait(); err != nil || v.Lines[0] != want || v.Lang != "en" {
				t.Errorf("%v, %v, want %s", v, err, want)
			}
		}
		get("1")
		time.Sleep(5 * time.Minute)
		get("1") // and is loaded again
		get("2")
		time.Sleep(15 * time.Minute)
		if v, ok, _ := c.Get(t.Context(), StrictKey{1, "en"}); !ok || v.Lines[0] != "2" {
			t.Errorf("a stale value: %v, %v", v, ok)
		}
		get("3") // at once
		if s := c.Stats(); s.Stale != 1 || s.Loads != 3 {
			t.Errorf("%+v", s)
		}
	})
}

// TestInner has a cache over another: what is fresh behind the memory of the inner one
// is found there, and what has expired in it is kept for the outer one.
func TestInner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		far := fakebackend.New("far")
		must := func(c pages, err error) pages {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close(context.Background()) })
			return c
		}
		inner := func() runtime.Backend {
			memory := fastcache.New(32 << 20)
			t.Cleanup(memory.Reset)
			return must(NewReturn(ReturnConfig{Memory: memory, Far: far, Options: quiet})).(*Return).Backend()
		}
		outer := func() pages {
			memory := fastcache.New(32 << 20)
			t.Cleanup(memory.Reset)
			return must(NewRevalidate(RevalidateConfig{Memory: memory, Far: inner(), Options: quiet}))
		}
		a, b := outer(), outer()
		if err := a.Set(t.Context(), 1, page(1, "old")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(15 * time.Minute)
		bad := &loads{err: errors.New("down")}
		read(t, a, bad, "old")
		if err := b.Set(t.Context(), 1, page(1, "theirs")); err != nil {
			t.Fatal(err)
		}
		read(t, a, bad, "theirs")
		if n := bad.n.Load(); n != 1 {
			t.Errorf("%d loads of what is fresh in the inner cache", n)
		}

		safe := must(NewObjects(ObjectsConfig{Far: inner(), Options: quiet}))
		if err := safe.Set(t.Context(), 1, page(1, "kept")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		other := must(NewObjects(ObjectsConfig{Far: inner(), Options: quiet}))
		read(t, other, bad, "kept")
	})
}

// TestStaleAllocations: serving a stale value while it is being reloaded allocates
// what serving a fresh one does.
func TestStaleAllocations(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	clock := &atomic.Int64{}
	c, err := NewOffload(OffloadConfig{Far: fakebackend.New("far"), Options: runtime.Options{Clock: ticks{clock}, Logger: quiet.Logger}})
	if err != nil {
		t.Fatal(err)
	}
	release := make(chan struct{})
	defer c.Close(t.Context())
	defer close(release)
	load := func(context.Context, int64) (Page, error) { <-release; return Page{}, nil }
	if err := c.Set(t.Context(), 1, page(1, "v")); err != nil {
		t.Fatal(err)
	}
	allocs := func() float64 {
		return testing.AllocsPerRun(1000, func() {
			if _, err := c.GetOrLoad(t.Context(), 1, load); err != nil {
				t.Fatal(err)
			}
		})
	}
	fresh := allocs()
	clock.Store(int64(15 * time.Minute))
	if stale := allocs(); stale > fresh {
		t.Errorf("%v allocations for a stale hit, %v for a fresh one", stale, fresh)
	}
}

// ticks is a clock that stands where it is set.
type ticks struct{ *atomic.Int64 }

func (t ticks) Now() time.Time { return time.Unix(0, t.Load()) }
