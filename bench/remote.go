package main

import (
	"context"
	"errors"
	"fmt"

	rediscache "github.com/go-redis/cache/v9"
	"github.com/redis/go-redis/v9"
	"github.com/redis/rueidis"

	"github.com/cachegen/cachegen/bench/hand"
	"github.com/cachegen/cachegen/bench/measure"
	"github.com/cachegen/cachegen/bench/shop"
)

// stored is how many keys there are in Redis: asking is what takes time there, and
// not which key it is.
const stored = 1000

// busy is how many goroutines ask Redis at once.
const busy = 64

func remote(l *lab) experiment {
	e := experiment{
		title: "A hit in Redis",
		text: `One server on this machine, over TCP and over its socket; it takes part of the same cores. One goroutine asks at a time, or 64 do.
go-redis GET is the bare command, whose reply nobody looks at. The limits add a checksum, deadlines and decoding. AutoPipeline is
go-redis' own way of putting commands of several goroutines into one pipeline; rueidis always does that. Ours does it when there
are many. "For a request" is under a context that can be cancelled: plain go-redis does not look at that while it waits, and ours returns.

By itself a hit is a round trip, and what a library does beside it can hardly be seen. Who is alone goes past the line in which reads are gathered, and, while one read follows the other,
past go-redis too: its pool lends him a connection, on which he reads by himself. That pays for deadlines, checksum and decoding. rueidis has a protocol of its own all the time, and allocates as little. Of 64 goroutines, whoever sends a command for each read pays system calls and
wake-ups for each; who gathers them pays for each pipeline, and ours writes and reads that itself, too. AutoPipeline gathers in a goroutine that is there for it, which is why it allocates more and is slower for a caller who is alone.`,
	}
	for _, network := range []string{"tcp", "unix"} {
		e.groups = append(e.groups, overNetwork(l, "redis/Small/"+network, smallServers(l, network))...)
	}
	for _, network := range []string{"tcp", "unix"} {
		e.groups = append(e.groups, overNetwork(l, "redis/Product/"+network, productServers(l, network))...)
	}
	own := map[string]float64{"Small": 0, "Product": 5} // allocations of the value itself
	for _, value := range []string{"Small", "Product"} {
		one, many := "redis/"+value+"/tcp/", fmt.Sprintf("redis/%s/tcp %d/", value, busy)
		e.bars = append(e.bars,
			cost(value+" from Redis against a bare GET", one+"ours", one+"go-redis GET", 1.05),
			extra("… allocations more than it, besides the value's own", one+"ours", one+"go-redis GET", measure.Allocs, 4+own[value]),
			cost(value+" from Redis, 64 goroutines, against bare GETs", many+"ours", many+"go-redis GET", 0.50),
			cost("… against rueidis", many+"ours", many+"limit, rueidis", 1),
		)
	}
	return e
}

// overNetwork asks servers by one goroutine and by many.
func overNetwork[V any](l *lab, name string, stores []store[V]) []measure.Group {
	one, many := measure.Group{Name: name, Base: "go-redis GET", Turns: 12, Long: 3}, measure.Group{Name: fmt.Sprintf("%s %d", name, busy), Base: "go-redis GET", Turns: 3, Close: l.end}
	for _, s := range stores {
		open := once(l, s.open)
		one.Cases = append(one.Cases, hits(l, s.name, open))
		many.Cases = append(many.Cases, together(l, busy, s.name, open))
	}
	return []measure.Group{one, many}
}

// few calls put with the value of every key that is stored in Redis.
func few[V any](value func(id int64) V, put func(id int64, v V) error) {
	for id := range int64(stored) {
		check(put(id, value(id)))
	}
}

// names are the keys in Redis: of a bare command, spelling its key is no part.
func names(key func(id int64) string) (all [stored]string) {
	for id := range all {
		all[id] = key(int64(id))
	}
	return all
}

// asked is a reader of the keys that there are in Redis.
func asked[V any](get func(ctx context.Context, id int64) (V, bool, error)) reader[V] {
	return askedUnder(ctx, get)
}

// askedUnder is asked, under a context.
func askedUnder[V any](ctx context.Context, get func(ctx context.Context, id int64) (V, bool, error)) reader[V] {
	return by[V](func(id int64) (V, bool) {
		v, ok, err := get(ctx, id%stored)
		return v, ok && err == nil
	})
}

func smallServers(l *lab, network string) []store[shop.Small] {
	type get = reader[shop.Small]
	fill := func(c redis.Cmdable) *hand.Redis {
		h := &hand.Redis{Client: c, TTL: ttl}
		few(shop.NewSmall, func(id int64, v shop.Small) error { return h.SetSmall(ctx, id, &v) })
		return h
	}
	cached := func(asking context.Context) (get, func()) {
		client := l.dial(network, 0)
		c := must(shop.NewSmallRedis(shop.SmallRedisConfig{Redis: client}))
		few(shop.NewSmall, func(id int64, v shop.Small) error { return c.Set(ctx, id, v) })
		return askedUnder(asking, c.Get), closing(func() error { return errors.Join(c.Close(ctx), client.Close()) })
	}
	stores := []store[shop.Small]{
		{"go-redis GET", func() (get, func()) {
			c := l.dial(network, 0)
			fill(c)
			names := names(hand.SmallKey)
			return by[shop.Small](func(id int64) (v shop.Small, ok bool) {
				s, err := c.Get(ctx, names[id%stored]).Result()
				return v, err == nil && s != ""
			}), closing(c.Close)
		}},
		{"limit, go-redis", func() (get, func()) {
			c := l.dial(network, 0)
			return asked(fill(c).GetSmall), closing(c.Close)
		}},
		{"limit, AutoPipeline", func() (get, func()) {
			c := l.dial(network, 0)
			fill(c)
			return asked((&hand.Redis{Client: must(c.AutoPipeline()), TTL: ttl}).GetSmall), closing(c.Close)
		}},
		{"limit, rueidis", func() (get, func()) {
			h, end := byRueidis(l, network)
			fill(l.dial(network, 0))
			return asked(h.GetSmall), end
		}},
		{"ours", func() (get, func()) { return cached(ctx) }},
		{"ours, for a request", func() (get, func()) {
			request, cancel := context.WithCancel(ctx)
			get, end := cached(request)
			return get, func() { cancel(); end() }
		}},
	}
	return append(stores, goRedisCache(l, network, shop.NewSmall))
}

func productServers(l *lab, network string) []store[shop.Product] {
	type get = reader[shop.Product]
	fill := func(c redis.Cmdable) *hand.Redis {
		h := &hand.Redis{Client: c, TTL: ttl}
		few(shop.NewProduct, func(id int64, v shop.Product) error { return h.SetProduct(ctx, id, &v) })
		return h
	}
	cached := func(asking context.Context) (get, func()) {
		client := l.dial(network, 0)
		c := must(shop.NewProductRedis(shop.ProductRedisConfig{Redis: client}))
		few(shop.NewProduct, func(id int64, v shop.Product) error { return c.Set(ctx, id, v) })
		return askedUnder(asking, c.Get), closing(func() error { return errors.Join(c.Close(ctx), client.Close()) })
	}
	stores := []store[shop.Product]{
		{"go-redis GET", func() (get, func()) {
			c := l.dial(network, 0)
			fill(c)
			names := names(hand.ProductKey)
			return by[shop.Product](func(id int64) (v shop.Product, ok bool) {
				s, err := c.Get(ctx, names[id%stored]).Result()
				return v, err == nil && s != ""
			}), closing(c.Close)
		}},
		{"limit, go-redis", func() (get, func()) {
			c := l.dial(network, 0)
			return asked(fill(c).GetProduct), closing(c.Close)
		}},
		{"limit, AutoPipeline", func() (get, func()) {
			c := l.dial(network, 0)
			fill(c)
			return asked((&hand.Redis{Client: must(c.AutoPipeline()), TTL: ttl}).GetProduct), closing(c.Close)
		}},
		{"limit, rueidis", func() (get, func()) {
			h, end := byRueidis(l, network)
			fill(l.dial(network, 0))
			return asked(h.GetProduct), end
		}},
		{"ours", func() (get, func()) { return cached(ctx) }},
		{"ours, for a request", func() (get, func()) {
			request, cancel := context.WithCancel(ctx)
			get, end := cached(request)
			return get, func() { cancel(); end() }
		}},
	}
	return append(stores, goRedisCache(l, network, shop.NewProduct))
}

// goRedisCache is go-redis/cache without its tier in memory.
func goRedisCache[V any](l *lab, network string, value func(id int64) V) store[V] {
	return store[V]{"go-redis/cache", func() (reader[V], func()) {
		client := l.dial(network, 0)
		c := rediscache.New(&rediscache.Options{Redis: client})
		key := func(id int64) string { var v V; return fmt.Sprintf("cache:%T:%d", v, id) }
		names := names(key)
		few(value, func(id int64, v V) error {
			return c.Set(&rediscache.Item{Key: names[id], Value: &v, TTL: ttl})
		})
		return asked(func(ctx context.Context, id int64) (v V, ok bool, err error) {
			err = c.Get(ctx, names[id], &v)
			return v, err == nil, err
		}), closing(client.Close)
	}}
}

// byRueidis reads what hand.Redis has written.
func byRueidis(l *lab, network string) (*hand.Rueidis, func()) {
	o := rueidis.ClientOption{InitAddress: []string{l.addr(network)}, DisableCache: true}
	if network == "unix" {
		o = must(rueidis.ParseURL("unix://" + l.redis().Socket()))
		o.DisableCache = true
	}
	c := must(rueidis.NewClient(o))
	return &hand.Rueidis{Client: c}, c.Close
}

func closing(end func() error) func() { return func() { check(end()) } }
