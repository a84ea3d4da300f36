package atruntime

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var quiet = runtime.Options{Logger: slog.New(slog.DiscardHandler)}

// cache is what both compositions have in common.
type cache interface {
	Get(ctx context.Context, key string) (Doc, bool, error)
	GetMany(ctx context.Context, keys []string) (map[string]Doc, error)
	GetOrLoad(ctx context.Context, key string, load func(context.Context, string) (Doc, error)) (Doc, error)
	Lookup(ctx context.Context, key string) (runtime.Entry[Doc], error)
	Store(ctx context.Context, key string, e runtime.Entry[Doc]) error
	Set(ctx context.Context, key string, v Doc) error
	Delete(ctx context.Context, key string) (int, error)
}

// composition is one of the two, with its backends.
type composition struct {
	cache
	near, disk *fakebackend.Backend
}

func closing(t *testing.T, c interface{ Close(context.Context) error }) {
	t.Helper()
	t.Cleanup(func() {
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func annotated(t *testing.T) composition {
	c := composition{near: fakebackend.New("n"), disk: fakebackend.New("d")}
	x, err := NewAnnotated(AnnotatedConfig{Near: c.near, Disk: c.disk, Options: quiet})
	if err != nil {
		t.Fatal(err)
	}
	closing(t, x)
	c.cache = x
	return c
}

func composed(t *testing.T) composition {
	c := composition{near: fakebackend.New("n"), disk: fakebackend.New("d")}
	inner, err := NewInner(InnerConfig{Near: c.near, Options: quiet})
	if err != nil {
		t.Fatal(err)
	}
	closing(t, inner)
	x, err := NewOuter(OuterConfig{Inner: inner.Backend(), Disk: c.disk, Options: quiet})
	if err != nil {
		t.Fatal(err)
	}
	closing(t, x)
	c.cache = x
	return c
}

// step does one thing to a composition and says in words what came of it.
func (c composition) step(ctx context.Context, rng *rand.Rand, n int) string {
	key := fmt.Sprint("k", rng.IntN(3))
	look := func() (runtime.Entry[Doc], string) {
		e, err := c.Lookup(ctx, key)
		return e, fmt.Sprint("lookup ", e.Value, e.Status, e.Source, e.ReadMode, e.StaleAt.Unix(), e.ExpireAt.Unix(), err)
	}
	switch rng.IntN(9) {
	case 0, 1:
		return fmt.Sprint("set ", c.Set(ctx, key, Doc{key, []string{fmt.Sprint(n)}}))
	case 2:
		removed, err := c.Delete(ctx, key)
		return fmt.Sprint("delete ", removed, err)
	case 3:
		v, ok, err := c.Get(ctx, key)
		return fmt.Sprint("get ", v, ok, err)
	case 4:
		vs, err := c.GetMany(ctx, []string{"k0", "k1", "k2"})
		return fmt.Sprint("get many ", vs, err)
	case 5:
		v, err := c.GetOrLoad(ctx, key, func(context.Context, string) (Doc, error) { return Doc{key, []string{"loaded"}}, nil })
		return fmt.Sprint("get or load ", v, err)
	case 6:
		e, text := look()
		if e.Status == runtime.Miss {
			return text
		}
		return fmt.Sprint(text, " store ", c.Store(ctx, key, e))
	case 7:
		c.near.Clear()
		return "near forgets"
	}
	_, text := look()
	return text
}

// TestSameAnswers takes both compositions through the same steps: each has the
// same result, and the backends have the same number of entries in the end.
func TestSameAnswers(t *testing.T) {
	for seed := range uint64(100) {
		synctest.Test(t, func(t *testing.T) {
			a, b := annotated(t), composed(t)
			first, second := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, 1))
			for n := range 40 {
				x := a.step(t.Context(), first, n)
				y := b.step(t.Context(), second, n)
				synctest.Wait() // refills have ended
				if x != y {
					t.Fatalf("seed %d, step %d:\nannotated: %s\nat run time: %s", seed, n, x, y)
				}
				if len(a.near.Entries()) != len(b.near.Entries()) || len(a.disk.Entries()) != len(b.disk.Entries()) {
					t.Fatalf("seed %d, step %d, %s: the backends have %d and %d entries, and %d and %d", seed, n, x,
						len(a.near.Entries()), len(a.disk.Entries()), len(b.near.Entries()), len(b.disk.Entries()))
				}
				time.Sleep(time.Second)
			}
		})
	}
}

// TestRawTier uses a cache as the tier of something that knows nothing of it.
func TestRawTier(t *testing.T) {
	ctx := t.Context()
	near := fakebackend.New("n")
	open := func() *Inner {
		c, err := NewInner(InnerConfig{Near: near, Options: quiet})
		if err != nil {
			t.Fatal(err)
		}
		closing(t, c)
		return c
	}
	a := open().Backend()
	if _, ok, err := a.Read(ctx, []byte("key")); ok || err != nil {
		t.Fatal(ok, err)
	}
	// What one returns, another takes: of one layer, a refill of that layer.
	typed := a.(runtime.Composed[Doc])
	want := Doc{"key", []string{"x"}}
	expire := time.Now().Add(time.Hour)
	if err := typed.StoreRaw(ctx, []byte("key"), runtime.Entry[Doc]{Value: want, Status: runtime.Hit, ExpireAt: expire}); err != nil {
		t.Fatal(err)
	}
	raw, ok, err := open().Backend().Read(ctx, []byte("key"))
	if !ok || err != nil || !raw.ExpireAt.Equal(expire) {
		t.Fatal(raw, ok, err)
	}
	if entries := near.Entries(); len(entries) != 1 || entries["key"].Data == nil {
		t.Errorf("the key was changed on its way: %v", entries)
	}
	near.Clear()
	other := open().Backend().(runtime.Composed[Doc])
	if err := other.Write(ctx, []byte("key"), raw); err != nil {
		t.Fatal(err)
	}
	if e, err := other.LookupRaw(ctx, []byte("key")); err != nil || !cmp.Equal(e.Value, want) || e.Source != "docs.near" {
		t.Errorf("%v from %q, %v", e.Value, e.Source, err)
	}
	for n := range raw.Data {
		if err := other.Write(ctx, []byte("key"), runtime.Raw{Data: raw.Data[:n]}); err == nil {
			t.Errorf("the first %d bytes of an envelope are taken for one", n)
		}
	}
	if n, err := other.Remove(ctx, []byte("key")); n != 1 || err != nil {
		t.Errorf("Remove: %d, %v", n, err)
	}
	if other.Label() != "docs" || !strings.HasPrefix(fmt.Sprint(open()), "docs(") {
		t.Errorf("label %q", other.Label())
	}
}
