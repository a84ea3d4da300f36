package main

import (
	"context"
	"errors"
	"strconv"

	"github.com/VictoriaMetrics/fastcache"
	rediscache "github.com/go-redis/cache/v9"
	"github.com/maypok86/otter/v2"
	"github.com/redis/go-redis/v9"
	"github.com/viccon/sturdyc"

	"github.com/cachegen/cachegen/bench/hand"
	"github.com/cachegen/cachegen/bench/shop"
)

var tiereds = []tiered{
	{"limit, bytes", func(l *lab, db int, load loader) (reader[shop.Product], func()) {
		client := l.dial("tcp", db)
		t := &hand.Tiers{Memory: &hand.Memory{Cache: fastcache.New(32 << 20), TTL: ttl}, Redis: &hand.Redis{Client: client, TTL: ttl}}
		return loading(t.GetOrLoad, load), func() { t.Memory.Cache.Reset(); check(client.Close()) }
	}},
	{"limit, bytes, AutoPipeline", func(l *lab, db int, load loader) (reader[shop.Product], func()) {
		client := l.dial("tcp", db)
		far := &hand.Redis{Client: must(client.AutoPipeline()), TTL: ttl}
		t := &hand.Tiers{Memory: &hand.Memory{Cache: fastcache.New(32 << 20), TTL: ttl}, Redis: far}
		return loading(t.GetOrLoad, load), func() { t.Memory.Cache.Reset(); check(client.Close()) }
	}},
	{"limit, objects", func(l *lab, db int, load loader) (reader[shop.Product], func()) {
		client := l.dial("tcp", db)
		t := &hand.Tiers{
			Objects: otter.Must(&otter.Options[int64, *shop.Product]{MaximumSize: held}),
			Redis:   &hand.Redis{Client: client, TTL: ttl},
		}
		return loading(t.GetOrLoad, load), closing(client.Close)
	}},
	{"ours, bytes", func(l *lab, db int, load loader) (reader[shop.Product], func()) {
		client := l.dial("tcp", db)
		c := must(shop.NewProductTiers(shop.ProductTiersConfig{Redis: client}))
		return loading(c.GetOrLoad, load), closing(func() error { return errors.Join(c.Close(ctx), client.Close()) })
	}},
	{"ours, objects", func(l *lab, db int, load loader) (reader[shop.Product], func()) {
		client := l.dial("tcp", db)
		c := must(shop.NewProductHot(shop.ProductHotConfig{Redis: client}))
		return loading(c.GetOrLoad, load), closing(func() error { return errors.Join(c.Close(ctx), client.Close()) })
	}},
	{"sturdyc", func(l *lab, db int, load loader) (reader[shop.Product], func()) {
		client := l.dial("tcp", db)
		c := sturdyc.New[shop.Product](held, 16, ttl, 10, sturdyc.WithNoContinuousEvictions(), sturdyc.WithDistributedStorage(distributed{client}))
		return by[shop.Product](func(id int64) (shop.Product, bool) {
			v, err := c.GetOrFetch(ctx, strconv.FormatInt(id, 10), func(ctx context.Context) (shop.Product, error) { return load(ctx, id) })
			return v, err == nil
		}), closing(client.Close)
	}},
	{"go-redis/cache", func(l *lab, db int, load loader) (reader[shop.Product], func()) {
		client := l.dial("tcp", db)
		c := rediscache.New(&rediscache.Options{Redis: client, LocalCache: rediscache.NewTinyLFU(held, ttl)})
		return by[shop.Product](func(id int64) (v shop.Product, ok bool) {
			err := c.Once(&rediscache.Item{Key: strconv.FormatInt(id, 10), Value: &v, TTL: ttl, Do: func(item *rediscache.Item) (any, error) {
				v, err := load(item.Context(), id)
				return &v, err
			}})
			return v, err == nil
		}), closing(client.Close)
	}},
}

// loading is a reader of a cache that loads what it does not have.
func loading(get func(ctx context.Context, id int64, load func(context.Context, int64) (shop.Product, error)) (shop.Product, error), load loader) reader[shop.Product] {
	return by[shop.Product](func(id int64) (shop.Product, bool) {
		v, err := get(ctx, id, load)
		return v, err == nil
	})
}

// distributed is Redis behind sturdyc.
type distributed struct{ client *redis.Client }

func (d distributed) Get(ctx context.Context, key string) ([]byte, bool) {
	data, err := d.client.Get(ctx, key).Bytes()
	return data, err == nil
}

func (d distributed) Set(ctx context.Context, key string, value []byte) {
	_ = d.client.Set(ctx, key, value, ttl).Err()
}

func (d distributed) GetBatch(context.Context, []string) map[string][]byte { return nil }
func (d distributed) SetBatch(context.Context, map[string][]byte)          {}
