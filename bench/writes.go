package main

import (
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/fastcache"
	"github.com/Yiling-J/theine-go"
	"github.com/coocood/freecache"
	rediscache "github.com/go-redis/cache/v9"
	"github.com/maypok86/otter/v2"
	"github.com/redis/go-redis/v9"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/bench/hand"
	"github.com/cachegen/cachegen/bench/measure"
	"github.com/cachegen/cachegen/bench/shop"
)

func writes(l *lab) experiment {
	e := experiment{
		title: "A write",
		text: `Each write replaces a value under a key of the stream, in memory and in Redis. go-redis SET is the bare command, with bytes that are there
already; the limits encode and send. Other caches of objects keep what they are given; ours make a deep copy, with share=readonly too, since who has written a value may go on to change it.

Each write of ours has its turn on the key, and moves the generation of the key, so that no slower load or refill can put back what was there before. In memory that is the
lock of a stripe, and its turn is over at once. In Redis it takes a round trip: of 64 goroutines, those that write different keys go together in few pipelines, and those that write the same key
go one after the other. So it depends on the keys: with all keys alike ours is as fast as AutoPipeline, and with the stream's hot keys no faster than plain go-redis.`,
	}
	memory := measure.Group{Name: "write/Product/memory", Base: "limit, bytes", Uncollected: true, Close: l.end}
	for _, s := range memorySinks() {
		memory.Cases = append(memory.Cases, puts(l, 1, s))
	}
	e.groups = append(e.groups, memory)
	alone := measure.Group{Name: "write/Product/tcp", Base: "go-redis SET", Turns: 36, Long: 2, Uncollected: true, Close: l.end}
	evenly := measure.Group{Name: fmt.Sprintf("write/Product/tcp %d", busy), Base: alone.Base, Turns: 3, Uncollected: true, Close: l.end}
	hot := measure.Group{Name: fmt.Sprintf("write/Product/tcp %d hot", busy), Base: alone.Base, Turns: 3, Uncollected: true, Close: l.end}
	for _, s := range redisSinks(l) {
		alone.Cases = append(alone.Cases, puts(l, 1, s))
		evenly.Cases = append(evenly.Cases, puts(l, busy, sink{s.name, func() (writer, func()) { return everywhere(s.open()) }}))
		hot.Cases = append(hot.Cases, puts(l, busy, s))
	}
	e.groups = append(e.groups, alone, evenly, hot)
	return e
}

// writer puts the value of a key into a store. The value is not the store's to keep.
type writer func(id int64, v *shop.Product) error

// sink is what can be written to.
type sink struct {
	name string
	open func() (put writer, end func())
}

// puts is a case of writes by so many goroutines, all of which must succeed.
func puts(l *lab, goroutines int, s sink) measure.Case {
	open := once(l, func() (reader[bool], func()) {
		put, end := s.open()
		products := l.products()
		return by[bool](func(id int64) (bool, bool) { return true, put(id, &products[id]) == nil }), end
	})
	if goroutines == 1 {
		return hits(l, s.name, open)
	}
	return together(l, goroutines, s.name, open)
}

// everywhere has a writer write all keys as often as each other.
func everywhere(put writer, end func()) (writer, func()) {
	var next atomic.Int64
	return func(_ int64, v *shop.Product) error { return put(next.Add(1), v) }, end
}

func memorySinks() []sink {
	key := func(id int64) string { return strconv.FormatInt(id, 10) }
	return []sink{
		{"limit, bytes", func() (writer, func()) {
			m := &hand.Memory{Cache: fastcache.New(256 << 20), TTL: ttl}
			return func(id int64, v *shop.Product) error { m.SetProduct(id, v); return nil }, m.Cache.Reset
		}},
		{"ours, bytes", func() (writer, func()) { return kept(must(shop.NewProductMemory(shop.ProductMemoryConfig{}))) }},
		{"limit, objects", func() (writer, func()) {
			c := otter.Must(&otter.Options[int64, *shop.Product]{MaximumSize: keys})
			return func(id int64, v *shop.Product) error {
				p := *v
				hand.CloneProduct(&p)
				c.Set(id, &p)
				return nil
			}, c.InvalidateAll
		}},
		{"ours, objects", func() (writer, func()) { return kept(must(shop.NewProductObject(shop.ProductObjectConfig{}))) }},
		{"otter", func() (writer, func()) {
			c := otter.Must(&otter.Options[int64, *shop.Product]{MaximumSize: keys})
			return func(id int64, v *shop.Product) error { p := *v; c.Set(id, &p); return nil }, c.InvalidateAll
		}},
		{"ours, objects, readonly", func() (writer, func()) { return kept(must(shop.NewProductShared(shop.ProductSharedConfig{}))) }},
		{"ristretto", func() (writer, func()) {
			c := newRistretto[shop.Product]()
			return func(id int64, v *shop.Product) error { p := *v; c.SetWithTTL(id, &p, 1, ttl); return nil }, c.Close
		}},
		{"theine", func() (writer, func()) {
			c := must(theine.NewBuilder[int64, *shop.Product](int64(keys)).Build())
			return func(id int64, v *shop.Product) error { p := *v; c.SetWithTTL(id, &p, 1, ttl); return nil }, c.Close
		}},
		{"sturdyc", func() (writer, func()) {
			c := newSturdyc[shop.Product]()
			return func(id int64, v *shop.Product) error { p := *v; c.Set(key(id), &p); return nil }, func() {}
		}},
		{"bigcache + msgpack", func() (writer, func()) {
			c := newBigcache()
			return func(id int64, v *shop.Product) error { return c.Set(key(id), must(msgpack.Marshal(v))) }, closing(c.Close)
		}},
		{"freecache + msgpack", func() (writer, func()) {
			c := freecache.NewCache(256 << 20)
			return func(id int64, v *shop.Product) error {
				return c.Set(strconv.AppendInt(nil, id, 10), must(msgpack.Marshal(v)), int(ttl/time.Second))
			}, c.Clear
		}},
		{"go-redis/cache", func() (writer, func()) {
			c := newLocal()
			return func(id int64, v *shop.Product) error {
				return c.Set(&rediscache.Item{Key: key(id), Value: v, TTL: ttl})
			}, func() {}
		}},
	}
}

// kept is a cache of ours to write to.
func kept(c cache[shop.Product]) (writer, func()) {
	return func(id int64, v *shop.Product) error { return c.Set(ctx, id, *v) }, closing(func() error { return c.Close(ctx) })
}

func redisSinks(l *lab) []sink {
	byHand := func(c redis.Cmdable) writer {
		h := &hand.Redis{Client: c, TTL: ttl}
		return func(id int64, v *shop.Product) error { return h.SetProduct(ctx, id%stored, v) }
	}
	return []sink{
		{"go-redis SET", func() (writer, func()) {
			c, names := l.dial("tcp", 0), names(hand.ProductKey)
			v := shop.NewProduct(1)
			entry := (&hand.Redis{TTL: ttl}).SealProduct(&v)
			return func(id int64, _ *shop.Product) error { return c.Set(ctx, names[id%stored], entry, ttl).Err() }, closing(c.Close)
		}},
		{"limit, go-redis", func() (writer, func()) { c := l.dial("tcp", 0); return byHand(c), closing(c.Close) }},
		{"limit, AutoPipeline", func() (writer, func()) {
			c := l.dial("tcp", 0)
			return byHand(must(c.AutoPipeline())), closing(c.Close)
		}},
		{"limit, rueidis", func() (writer, func()) {
			h, end := byRueidis(l, "tcp")
			return func(id int64, v *shop.Product) error { return h.SetProduct(ctx, id%stored, v, ttl) }, end
		}},
		{"ours", func() (writer, func()) {
			client := l.dial("tcp", 0)
			c := must(shop.NewProductRedis(shop.ProductRedisConfig{Redis: client}))
			return func(id int64, v *shop.Product) error { return c.Set(ctx, id%stored, *v) },
				closing(func() error { return errors.Join(c.Close(ctx), client.Close()) })
		}},
		{"go-redis/cache", func() (writer, func()) {
			client, names := l.dial("tcp", 0), names(hand.ProductKey)
			c := rediscache.New(&rediscache.Options{Redis: client})
			return func(id int64, v *shop.Product) error {
				return c.Set(&rediscache.Item{Key: "cache:" + names[id%stored], Value: v, TTL: ttl})
			}, closing(client.Close)
		}},
	}
}
