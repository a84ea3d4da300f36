package loading

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/VictoriaMetrics/fastcache"
	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/redistier"
)

// aside is what an expert writes by hand: the same tiers, and one load per key.
type aside struct {
	memory *fastcache.Cache
	redis  redis.UniversalClient
	mu     sync.Mutex
	calls  map[int64]*call
}

type call struct {
	done chan struct{}
	data []byte
	err  error
}

func (a *aside) get(ctx context.Context, id int64, load func(context.Context, int64) (Page, error)) (p Page, err error) {
	key := strconv.AppendInt(nil, id, 10)
	var buf [16 << 10]byte
	if b, ok := a.memory.HasGet(buf[:0], key); ok {
		return p, decodePage(&p, b, "")
	}
	a.mu.Lock()
	if c := a.calls[id]; c != nil {
		a.mu.Unlock()
		<-c.done
		if c.err != nil {
			return p, c.err
		}
		return p, decodePage(&p, c.data, "")
	}
	c := &call{done: make(chan struct{})}
	a.calls[id] = c
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		delete(a.calls, id)
		a.mu.Unlock()
		close(c.done)
	}()
	text := "aside:" + string(key)
	if c.data, err = a.redis.Get(ctx, text).Bytes(); err != nil {
		if p, err = load(ctx, id); err != nil {
			c.err = err
			return p, err
		}
		c.data, _ = appendPage(nil, &p)
		a.redis.Set(ctx, text, c.data, 20*time.Minute)
	} else if err = decodePage(&p, c.data, ""); err != nil {
		return p, err
	}
	a.memory.Set(key, c.data)
	return p, nil
}

// BenchmarkZipf asks for pages of 8 KiB through memory for a fifth of them, and
// through Redis, which is empty at first, from 64 goroutines.
func BenchmarkZipf(b *testing.B) {
	const keys, room = 20_000, 32 << 20
	db := redistest.Shared(b)
	text := strings.Repeat("x", 8<<10)
	load := func(_ context.Context, id int64) (Page, error) {
		time.Sleep(time.Millisecond)
		return page(id, text), nil
	}
	run := func(b *testing.B, get func(id int64) (Page, error)) {
		b.SetParallelism(32)
		var seed atomic.Uint64
		b.RunParallel(func(pb *testing.PB) {
			zipf := rand.NewZipf(rand.New(rand.NewPCG(2, seed.Add(1))), 1.01, 1, keys-1)
			for pb.Next() {
				id := int64(zipf.Uint64())
				if p, err := get(id); err != nil || p.ID != id {
					b.Fatal(p.ID, err)
				}
			}
		})
	}
	b.Run("generated", func(b *testing.B) {
		client, err := redistier.Dial(db.URL())
		if err != nil {
			b.Fatal(err)
		}
		defer client.Close()
		client.FlushDB(b.Context())
		memory := fastcache.New(room)
		defer memory.Reset()
		c, err := NewSafe(SafeConfig{Memory: memory, Redis: client, Options: quiet})
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close(b.Context())
		b.ResetTimer()
		run(b, func(id int64) (Page, error) { return c.GetOrLoad(b.Context(), id, load) })
	})
	b.Run("by hand", func(b *testing.B) {
		client := db.Client()
		defer client.Close()
		client.FlushDB(b.Context())
		a := &aside{memory: fastcache.New(room), redis: client, calls: map[int64]*call{}}
		defer a.memory.Reset()
		b.ResetTimer()
		run(b, func(id int64) (Page, error) { return a.get(b.Context(), id, load) })
	})
}

// BenchmarkStale has 64 goroutines find values in memory that are fresh, or that are stale
// again as soon as they have been reloaded, and says how long one in a hundred takes.
func BenchmarkStale(b *testing.B) {
	const keys, goroutines = 10_000, 64
	for name, ttl := range map[string]time.Duration{"fresh": time.Hour, "stale": 0} {
		b.Run(name, func(b *testing.B) {
			memory := fastcache.New(32 << 20)
			defer memory.Reset()
			c, err := NewOffload(OffloadConfig{Memory: memory, Far: fakebackend.New("far"), Options: quiet})
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close(b.Context())
			var takes time.Duration
			load := func(ctx context.Context, id int64) (Page, error) {
				runtime.SetLifetime(ctx, ttl, time.Hour)
				time.Sleep(takes)
				return page(id, "a line"), nil
			}
			for id := range int64(keys) {
				_, _ = c.GetOrLoad(b.Context(), id, load)
			}
			takes = time.Millisecond
			each := b.N/goroutines + 1
			took := make([]time.Duration, each*goroutines)
			var wg sync.WaitGroup
			b.ResetTimer()
			for g := range goroutines {
				wg.Go(func() {
					zipf := rand.NewZipf(rand.New(rand.NewPCG(2, uint64(g))), 1.01, 1, keys-1)
					for i := range each {
						id := int64(zipf.Uint64())
						began := time.Now()
						_, _ = c.GetOrLoad(b.Context(), id, load)
						took[g*each+i] = time.Since(began)
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100]), "p99-ns")
			b.ReportMetric(float64(took[len(took)/2]), "p50-ns")
		})
	}
}
