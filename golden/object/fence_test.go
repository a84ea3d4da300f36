package object

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/runtime"
)

// slow is a backend whose next read waits before it hands out what it has read.
type slow struct {
	*fakebackend.Backend
	mu            sync.Mutex
	read, release chan struct{}
}

func (s *slow) hold() (read, release chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read, s.release = make(chan struct{}), make(chan struct{})
	return s.read, s.release
}

func (s *slow) Read(ctx context.Context, key []byte) (runtime.Raw, bool, error) {
	raw, ok, err := s.Backend.Read(ctx, key)
	s.mu.Lock()
	read, release := s.read, s.release
	s.read, s.release = nil, nil
	s.mu.Unlock()
	if read != nil {
		close(read)
		<-release
	}
	return raw, ok, err
}

// TestReplaced: while a value is replaced again and again, there is always one, and
// never an older one than before.
func TestReplaced(t *testing.T) {
	c := open(t, SharedSmallCacheConfig{}, NewSharedSmallCache)
	set := func(n int64) {
		if err := c.Set(context.Background(), 1, Small{ID: n}); err != nil {
			t.Error(err)
		}
	}
	set(0)
	const last = 3000
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range int64(last) {
			set(n + 1)
		}
	}()
	for seen := int64(0); seen < last; {
		v, err := c.GetOrLoad(t.Context(), 1, func(context.Context, int64) (Small, error) { return Small{}, runtime.ErrNotFound })
		if err != nil || v.ID < seen {
			t.Errorf("%d after %d: %v", v.ID, seen, err)
			break
		}
		seen = v.ID
	}
	<-done
}

// TestOvertakenRefill: what a read brings back from before a Set or a Delete is
// not put into the near tier.
func TestOvertakenRefill(t *testing.T) {
	for _, write := range []struct {
		name string
		do   func(*FrontedProductCache) error
		want string // name of the product afterwards
	}{
		{"Set", func(c *FrontedProductCache) error { return c.Set(context.Background(), 7, Product{Name: "new"}) }, "new"},
		{"Delete", func(c *FrontedProductCache) error { _, err := c.Delete(context.Background(), 7); return err }, ""},
	} {
		t.Run(write.name, func(t *testing.T) {
			ctx := t.Context()
			store := &slow{Backend: fakebackend.New("store")}
			before := open(t, FrontedProductCacheConfig{Store: store}, NewFrontedProductCache)
			if err := before.Set(ctx, 7, Product{Name: "old"}); err != nil {
				t.Fatal(err)
			}
			c := open(t, FrontedProductCacheConfig{Store: store}, NewFrontedProductCache)
			read, release := store.hold()
			got := make(chan Product)
			go func() {
				v, _, err := c.Get(context.Background(), 7)
				if err != nil {
					t.Error(err)
				}
				got <- v
			}()
			<-read
			if err := write.do(c); err != nil {
				t.Fatal(err)
			}
			close(release)
			if v := <-got; v.Name != "old" {
				t.Errorf("the read that began before has %q", v.Name)
			}
			v, ok, err := c.Get(ctx, 7)
			if v.Name != write.want || ok != (write.want != "") || err != nil {
				t.Errorf("%q, %v, %v after %s", v.Name, ok, err, write.name)
			}
		})
	}
}

// TestOvertakenStore: an entry from before a Set is not stored by hand either.
func TestOvertakenStore(t *testing.T) {
	ctx := t.Context()
	store := fakebackend.New("store")
	before := open(t, FrontedProductCacheConfig{Store: store}, NewFrontedProductCache)
	if err := before.Set(ctx, 7, Product{Name: "old"}); err != nil {
		t.Fatal(err)
	}
	c := open(t, FrontedProductCacheConfig{Store: store}, NewFrontedProductCache)
	e, err := c.Lookup(ctx, 7)
	if err != nil || e.ReadMode != runtime.Refill {
		t.Fatal(e.ReadMode, err)
	}
	if err := c.Set(ctx, 7, Product{Name: "new"}); err != nil {
		t.Fatal(err)
	}
	if err := c.Store(ctx, 7, e); err != nil {
		t.Fatal(err)
	}
	if v, _, _ := c.Get(ctx, 7); v.Name != "new" {
		t.Errorf("%q was stored over what is new", v.Name)
	}
}

// TestManyAtOnce: each goroutine reads what it wrote last, whole, while the others
// read it too and spoil what they get.
func TestManyAtOnce(t *testing.T) {
	store := fakebackend.New("store")
	fronted := open(t, FrontedProductCacheConfig{Store: store}, NewFrontedProductCache)
	alone := open(t, ProductCacheConfig{}, NewProductCache)
	type cache interface {
		Get(context.Context, int64) (Product, bool, error)
		Set(context.Context, int64, Product) error
		Delete(context.Context, int64) (int, error)
	}
	for name, c := range map[string]cache{"alone": alone, "fronted": fronted} {
		t.Run(name, func(t *testing.T) {
			const workers = 16
			var wg sync.WaitGroup
			for me := range int64(workers) {
				wg.Go(func() { work(t, c.Get, c.Set, c.Delete, me, workers) })
			}
			wg.Wait()
		})
	}
}

func work(t *testing.T, get func(context.Context, int64) (Product, bool, error), set func(context.Context, int64, Product) error,
	remove func(context.Context, int64) (int, error), me, workers int64,
) {
	ctx := context.Background()
	last := ""
	for i := range 300 {
		key := rand.Int64N(workers)
		if i%3 == 0 {
			key = me
		}
		v, ok, err := get(ctx, key)
		if err != nil {
			t.Error(err)
			return
		}
		if ok && (v.Tags[0] != v.Name || v.First.SKU != v.Name || v.Attrs["name"] != v.Name) {
			t.Errorf("torn: %+v", v)
		}
		if key == me && (ok != (last != "") || v.Name != last) {
			t.Errorf("%q, %v: it was %q", v.Name, ok, last)
		}
		if ok {
			v.Tags[0], v.First.SKU, v.Attrs["name"] = "spoilt", "spoilt", "spoilt"
		}
		switch i % 7 {
		case 0, 3:
			last = fmt.Sprint(me, " ", i)
			v := Product{Name: last, Tags: []string{last}, First: &Variant{SKU: last}, Attrs: map[string]string{"name": last}}
			err = set(ctx, me, v)
			v.Tags[0], v.First.SKU, v.Attrs["name"] = "spoilt", "spoilt", "spoilt"
		case 5:
			last = ""
			_, err = remove(ctx, me)
		}
		if err != nil {
			t.Error(err)
			return
		}
	}
}
