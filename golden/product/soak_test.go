package product

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/VictoriaMetrics/fastcache"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/race"
	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
)

// setting returns the number in an environment variable, or what it is without.
func setting(t *testing.T, name string, otherwise int) int {
	t.Helper()
	s := os.Getenv(name)
	if s == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// TestSoak mixes all operations on 64 goroutines while Redis is killed and started
// again: nobody ever reads what fencing says he cannot. OPERATIONS and RESTARTS
// say how long.
func TestSoak(t *testing.T) {
	operations, restarts := 60_000, 2
	if race.Enabled || testing.Short() {
		operations = 20_000
	}
	operations, restarts = setting(t, "OPERATIONS", operations), setting(t, "RESTARTS", restarts)

	before := goleak.IgnoreCurrent()
	server := redistest.Start(t)
	// The client waits for what it has sent: a write that Redis applies after its
	// connection was given up is not covered by fencing.
	client := server.Client(func(o *redis.Options) {
		o.ReadTimeout, o.WriteTimeout, o.MaxRetries, o.ContextTimeoutEnabled = time.Minute, time.Minute, -1, false
	})
	memory := fastcache.New(32 << 20)
	defer memory.Reset()
	c, err := NewSmallCache(SmallCacheConfig{Memory: memory, Redis: client, Options: runtime.Options{Logger: slog.New(noPanics{slog.DiscardHandler, t})}})
	if err != nil {
		t.Fatal(err)
	}
	s := &soak{t: t, cache: c, memory: memory}
	for i := range s.keys {
		s.keys[i].ended = map[int64]int64{}
	}
	var users sync.WaitGroup
	defer users.Wait()
	defer s.over.Store(true)
	for g := range 64 {
		users.Go(func() {
			rng := rand.New(rand.NewPCG(1, uint64(g)))
			for !s.over.Load() {
				s.operate(rng)
				s.done.Add(1)
			}
		})
	}
	// run waits for n more operations, and then for something else.
	run := func(n int, what string, also func() bool) {
		end := s.done.Load() + int64(n)
		within(t, 20*time.Minute, what, func() bool { return t.Failed() || s.done.Load() >= end && also() })
	}
	hits := func() uint64 { return c.Stats().Tiers[1].Hits }
	each := operations / (restarts + 1)
	for range restarts {
		run(each*3/4, "operations", func() bool { return true })
		server.Kill()
		run(each/4, "operations without Redis", func() bool { return true })
		server.Restart()
		before := hits()
		run(0, "hits in the Redis that is back", func() bool { return hits() > before+10 })
	}
	run(each, "operations", func() bool { return true })
	s.over.Store(true)
	users.Wait()
	t.Logf("%d operations", s.done.Load())
	for _, tier := range c.Stats().Tiers {
		t.Logf("%+v", tier)
		if tier.Hits == 0 {
			t.Errorf("%s has never been hit", tier.Path)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := c.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
	if err := client.Close(); err != nil {
		t.Error(err)
	}
	server.Kill()
	// The client looks for Redis in the background, once in a second.
	within(t, 20*time.Second, "end of all goroutines", func() bool { return goleak.Find(before) == nil })
}

// soak is what all goroutines share.
type soak struct {
	t      *testing.T
	cache  *SmallCache
	memory *fastcache.Cache
	done   atomic.Int64 // operations
	over   atomic.Bool
	keys   [512]ledger
}

// operate does one operation, or two that belong together.
func (s *soak) operate(rng *rand.Rand) {
	ctx := context.Background()
	if rng.IntN(20) == 0 { // somebody without patience
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(rng.IntN(int(2*time.Millisecond))))
		defer cancel()
	}
	id := rng.Int64N(int64(len(s.keys)))
	var ids []int64
	for range 8 {
		ids = append(ids, rng.Int64N(int64(len(s.keys))))
	}
	switch n := rng.IntN(100); {
	case n < 40:
		s.get(ctx, id)
	case n < 50:
		s.getMany(ctx, ids)
	case n < 60:
		s.set(ctx, id)
	case n < 65:
		s.setMany(ctx, ids)
	case n < 75:
		s.remove(ctx, id)
	case n < 80:
		s.removeMany(ctx, ids)
	case n < 90:
		s.load(ctx, id)
	case n < 95:
		s.refill(ctx, id)
	default: // memory forgets, as it does when it is full
		for _, id := range ids {
			s.memory.Del(appendSmallCacheKey(nil, id))
		}
	}
}

func (s *soak) check(id int64, v Small, floor int64) {
	if err := s.keys[id].check(id, v, floor); err != nil {
		s.t.Error(err)
	}
}

func (s *soak) get(ctx context.Context, id int64) {
	floor := s.keys[id].look()
	if v, ok, _ := s.cache.Get(ctx, id); ok {
		s.check(id, v, floor)
	}
}

func (s *soak) getMany(ctx context.Context, ids []int64) {
	floors := map[int64]int64{}
	for _, id := range ids {
		floors[id] = s.keys[id].look()
	}
	found, _ := s.cache.GetMany(ctx, ids)
	for id, v := range found {
		s.check(id, v, floors[id])
	}
}

func (s *soak) set(ctx context.Context, id int64) {
	version := s.keys[id].version()
	s.keys[id].wrote(version, s.cache.Set(ctx, id, told(id, version, false)))
}

func (s *soak) setMany(ctx context.Context, ids []int64) {
	vs := map[int64]Small{}
	for _, id := range ids {
		vs[id] = told(id, s.keys[id].version(), false)
	}
	err := s.cache.SetMany(ctx, vs)
	for id, v := range vs {
		s.keys[id].wrote(int64(v.Score), err)
	}
}

func (s *soak) remove(ctx context.Context, id int64) {
	version := s.keys[id].version()
	_, err := s.cache.Delete(ctx, id)
	s.keys[id].wrote(version, err)
}

func (s *soak) removeMany(ctx context.Context, ids []int64) {
	versions := map[int64]int64{}
	for _, id := range ids {
		versions[id] = s.keys[id].version()
	}
	_, err := s.cache.DeleteMany(ctx, ids)
	for id, version := range versions {
		s.keys[id].wrote(version, err)
	}
}

func (s *soak) load(ctx context.Context, id int64) {
	floor := s.keys[id].look()
	v, err := s.cache.GetOrLoad(ctx, id, func(_ context.Context, id int64) (Small, error) {
		return told(id, s.keys[id].version(), true), nil
	})
	switch {
	case err == nil:
		s.check(id, v, floor)
	case ctx.Err() == nil:
		s.t.Errorf("GetOrLoad: %v", err)
	}
}

// refill looks up and stores, as Get does.
func (s *soak) refill(ctx context.Context, id int64) {
	floor := s.keys[id].look()
	e, err := s.cache.Lookup(ctx, id)
	if err != nil || !live(e) {
		return
	}
	s.check(id, e.Value, floor)
	if e.ReadMode == runtime.Refill {
		_ = s.cache.Store(ctx, id, e)
	}
}
