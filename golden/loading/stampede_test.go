package loading

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/VictoriaMetrics/fastcache"
	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/internal/race"
	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/redistier"
)

// TestStampede has ten thousand callers want one cold key while Redis is as it should
// be, slow, hung or down, and the first of them leave at once: there is one load.
func TestStampede(t *testing.T) {
	callers := 10_000
	if race.Enabled {
		callers = 1_000
	}
	server := redistest.Start(t)
	proxy := redistest.NewProxy(t, server.Addr())
	memory := fastcache.New(32 << 20)
	defer memory.Reset()
	client := redis.NewClient(&redis.Options{Addr: proxy.Addr(), MaxRetries: -1, ContextTimeoutEnabled: true})
	defer client.Close()
	for i, tt := range []struct {
		name    string
		set     func()
		recover func()
	}{
		{"well", func() {}, func() {}},
		{"slow", func() { proxy.Delay(redistest.ToServer, 50*time.Millisecond) }, func() { proxy.Delay(redistest.ToServer, 0) }},
		{"hung", server.Stop, server.Cont},
		{"down", proxy.Down, proxy.Up},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.set()
			defer tt.recover()
			c, err := NewSafe(SafeConfig{Memory: memory, Redis: client, Options: quiet})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close(t.Context())
			l := &loads{line: "v", took: 10 * time.Millisecond}
			var all sync.WaitGroup
			for n := range callers {
				all.Go(func() {
					ctx, cancel := context.WithCancel(t.Context())
					if n%10 == 0 {
						time.AfterFunc(time.Millisecond, cancel)
					}
					defer cancel()
					v, err := c.GetOrLoad(ctx, int64(i), l.load)
					if (err != nil || len(v.Lines) != 1 || v.Lines[0] != "v") && ctx.Err() == nil {
						t.Errorf("%v, %v", v, err)
					}
				})
			}
			all.Wait()
			if n := l.n.Load(); n != 1 {
				t.Errorf("%d loads", n)
			}
		})
	}
}

// TestProcesses has eight caches over one Redis want the same cold keys: each loads
// a key at most once.
func TestProcesses(t *testing.T) {
	const processes, keys = 8, 20
	var n [keys]atomic.Int64
	client, err := redistier.Dial(redistest.Shared(t).URL())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var all sync.WaitGroup
	for range processes {
		c, err := NewFifth(FifthConfig{Redis: client, Options: quiet})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(t.Context())
		for i := range 10 * keys {
			all.Go(func() {
				v, err := c.GetOrLoad(t.Context(), int64(i%keys), func(_ context.Context, id int64) (Page, error) {
					n[id].Add(1)
					time.Sleep(time.Millisecond)
					return page(id, "v"), nil
				})
				if err != nil || v.ID != int64(i%keys) {
					t.Errorf("%v, %v", v, err)
				}
			})
		}
	}
	all.Wait()
	for id := range n {
		if n := n[id].Load(); n < 1 || n > processes {
			t.Errorf("%d loads of key %d", n, id)
		}
	}
}

// TestZipf asks for keys as unevenly as people do, through memory that has room for
// a fifth of them: each is loaded once, whatever memory forgets.
func TestZipf(t *testing.T) {
	const keys = 5_000
	operations := 600
	if race.Enabled {
		operations = 100
	}
	client, err := redistier.Dial(redistest.Shared(t).URL())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	c, err := NewFifth(FifthConfig{Redis: client, Options: quiet})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	var distinct sync.Map
	var loads, extra atomic.Int64
	load := func(_ context.Context, id int64) (Page, error) {
		loads.Add(1)
		time.Sleep(time.Millisecond)
		return page(id, fmt.Sprint(id)), nil
	}
	many := func(ctx context.Context, ids []int64) (map[int64]Page, error) {
		found := map[int64]Page{}
		extra.Add(int64(len(ids)))
		for _, id := range ids {
			found[id] = page(id, fmt.Sprint(id))
		}
		time.Sleep(time.Millisecond)
		return found, nil
	}
	var all sync.WaitGroup
	for g := range 64 {
		all.Go(func() {
			zipf := rand.NewZipf(rand.New(rand.NewPCG(1, uint64(g))), 1.01, 1, keys-1)
			for n := range operations {
				id := int64(zipf.Uint64())
				distinct.Store(id, true)
				if n%10 > 0 {
					if v, err := c.GetOrLoad(t.Context(), id, load); err != nil || v.Lines[0] != fmt.Sprint(id) {
						t.Errorf("%v, %v", v, err)
					}
					continue
				}
				other := int64(zipf.Uint64())
				distinct.Store(other, true)
				found, err := c.GetOrLoadMany(t.Context(), []int64{id, other}, many)
				if err != nil || found[id].ID != id || found[other].ID != other {
					t.Errorf("%v, %v", found, err)
				}
			}
		})
	}
	all.Wait()
	n := 0
	distinct.Range(func(any, any) bool { n++; return true })
	if got := loads.Load() + extra.Load(); got != int64(n) {
		t.Errorf("%d keys were loaded, of %d that were asked for", got, n)
	}
	if s := c.Stats(); s.Tiers[1].Hits == 0 {
		t.Errorf("memory has forgotten nothing: %+v", s)
	}
}

// TestKept has Redis keep what fail-safe= is to serve, and no longer.
func TestKept(t *testing.T) {
	db := redistest.Shared(t)
	client := db.Client()
	defer client.Close()
	clock := &atomic.Int64{}
	clock.Store(time.Now().UnixNano())
	memory := fastcache.New(32 << 20)
	defer memory.Reset()
	c, err := NewSafe(SafeConfig{Memory: memory, Redis: client, Options: runtime.Options{Clock: ticks{clock}, Logger: quiet.Logger}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	key := func() string {
		keys := client.Keys(t.Context(), "safe:*").Val()
		if len(keys) != 1 {
			t.Fatalf("keys %q", keys)
		}
		return keys[0]
	}
	if err := c.Set(t.Context(), 1, page(1, "old")); err != nil {
		t.Fatal(err)
	}
	if ttl := client.TTL(t.Context(), key()).Val(); ttl < 69*time.Minute || ttl > 70*time.Minute {
		t.Errorf("Redis keeps it for %v", ttl)
	}
	memory.Reset()
	clock.Add(int64(time.Hour))
	if v, ok, err := c.Get(t.Context(), 1); ok || err != nil {
		t.Errorf("Get of what is over: %v, %v", v, err)
	}
	down := errors.New("down")
	if v, err := c.GetOrLoad(t.Context(), 1, (&loads{err: down}).load); err != nil || v.Lines[0] != "old" {
		t.Errorf("%v, %v", v, err)
	}
	gone := &loads{err: runtime.ErrNotFound}
	for range 2 {
		if v, err := c.GetOrLoad(t.Context(), 1, gone.load); !errors.Is(err, runtime.ErrNotFound) {
			t.Errorf("%v, %v", v, err)
		}
	}
	if n := gone.n.Load(); n != 1 {
		t.Errorf("%d loads of what is not there", n)
	}
	if ttl := client.TTL(t.Context(), key()).Val(); ttl > time.Minute {
		t.Errorf("Redis keeps an absence for %v", ttl)
	}
}
