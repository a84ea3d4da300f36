package main

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cachegen/cachegen/bench/shop"
	"github.com/cachegen/cachegen/internal/redistest"
)

// asking is the key that is asked for.
const asking = 7

// undecoded are those that hand out no value.
var undecoded = map[string]bool{"fastcache, undecoded": true, "go-redis GET": true, "go-redis MGET": true}

// TestStores holds limits, ours and peers to returning the value.
func TestStores(t *testing.T) {
	keys = stored // of a whole run it takes long to fill all
	l := newLab(true, &host{})
	server := redistest.Start(t)
	l.redis = func() *redistest.Server { return server }
	t.Run("memory/Small", func(t *testing.T) { answers(t, smallStores(l), shop.NewSmall(asking)) })
	t.Run("memory/Product", func(t *testing.T) { answers(t, productStores(l), shop.NewProduct(asking)) })
	t.Run("redis/Small", func(t *testing.T) { answers(t, smallServers(l, "tcp"), shop.NewSmall(asking)) })
	t.Run("redis/Product", func(t *testing.T) { answers(t, productServers(l, "unix"), shop.NewProduct(asking)) })
	many := map[int64]shop.Small{}
	for _, id := range batch(asking) {
		many[id] = shop.NewSmall(id)
	}
	t.Run("batch", func(t *testing.T) { answers(t, batchers(l), many) })
	for i, s := range tiereds {
		t.Run("tiers/"+s.name, func(t *testing.T) {
			loads := 0
			load := func(_ context.Context, id int64) (shop.Product, error) { loads++; return shop.NewProduct(id), nil }
			for range 2 { // the second time, memory has nothing, and Redis what was loaded
				from, end := s.open(l, tiersDB+i, load)
				answer(t, from, shop.NewProduct(asking))
				answer(t, from, shop.NewProduct(asking))
				arrived(t, l, tiersDB+i)
				end()
			}
			if loads != 1 {
				t.Errorf("%d loads", loads)
			}
		})
	}
}

// arrived waits until a database has the value: some write to Redis behind the caller.
func arrived(t *testing.T, l *lab, db int) {
	t.Helper()
	client := l.dial("tcp", db)
	defer client.Close()
	for began := time.Now(); must(client.DBSize(ctx).Result()) == 0; {
		if time.Since(began) > 10*time.Second {
			t.Fatal("nothing was written to Redis")
		}
	}
}

func answers[V any](t *testing.T, stores []store[V], want V) {
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			from, end := s.open()
			defer end()
			if undecoded[s.name] {
				var nothing V
				answer(t, from, nothing)
				return
			}
			answer(t, from, want)
		})
	}
}

func answer[V any](t *testing.T, from reader[V], want V) {
	t.Helper()
	got, ok := from.get(asking)
	if !ok {
		t.Fatal("nothing is found")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
