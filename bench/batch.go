package main

import (
	"context"
	"errors"
	"strconv"

	"github.com/VictoriaMetrics/fastcache"
	rediscache "github.com/go-redis/cache/v9"
	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/bench/hand"
	"github.com/cachegen/cachegen/bench/measure"
	"github.com/cachegen/cachegen/bench/shop"
)

// batchSize is how many keys are asked for at once.
const batchSize = 100

func batches(l *lab) experiment {
	one, many := measure.Group{Name: "batch/one", Base: "limit, MGET", Turns: 36, Long: 2}, measure.Group{Name: "batch/" + strconv.Itoa(busy), Base: "limit, MGET", Turns: 9, Long: 3}
	for _, s := range batchers(l) {
		open := once(l, s.open)
		one.Cases = append(one.Cases, hits(l, s.name, open))
		many.Cases = append(many.Cases, together(l, busy, s.name, open))
	}
	inMemory := measure.Group{Name: "batch/memory", Base: "limit, one by one", Turns: 36}
	for _, s := range memoryBatchers() {
		inMemory.Cases = append(inMemory.Cases, hits(l, s.name, once(l, s.open)))
	}
	return experiment{
		title: "A batch",
		text: `A hundred values of Small in one call, from Redis by one goroutine and by 64, and from memory. go-redis/cache has no batches, and asks a hundred times. The client's own MGET boxes each string
that it returns; ours, and the second limit, ask it for strings.

Beside decoding, ours tells keys that are there twice, checks the whole envelope, looks at marks, and counts. It has that back in the round trip: on a connection that the pool of the client
lends for it, MGET is written and its reply read without an object for each key, and replies lie in one buffer, which is used again, until values have been decoded from them. More than eight batches at a time go together,
as single reads do, in few round trips of as many as are there, so that neither side asks the system for each; the code by hand makes 64 of them. All that although the limit's entries are 65 bytes and ours 113, with
the key, the fingerprint and three instants in them. What is kept while a batch is under way is the keys, and no more, and
the map that is returned is made when the reply is there. Counters that all share hear of a batch once. Keys are told apart by a table of their hashes, in half the time of a map.

In memory a batch of ours is as many hits, found as those of single keys are; the tiers behind are asked for the others. The limit fills a map with hits, one by one.`,
		groups: []measure.Group{one, many, inMemory},
		bars: []bar{
			cost("GetMany of 100 against MGET and decoding", "batch/one/ours", "batch/one/limit, MGET", 1.10),
			cost("… by 64 goroutines", "batch/"+strconv.Itoa(busy)+"/ours", "batch/"+strconv.Itoa(busy)+"/limit, MGET", 1.10),
		},
	}
}

// memoryBatchers have all values in memory.
func memoryBatchers() []store[map[int64]shop.Small] {
	type values = map[int64]shop.Small
	return []store[values]{
		{"limit, one by one", func() (reader[values], func()) {
			m := &hand.Memory{Cache: fastcache.New(256 << 20), TTL: ttl}
			few(shop.NewSmall, func(id int64, v shop.Small) error { m.SetSmall(id, &v); return nil })
			return by[values](func(id int64) (values, bool) {
				vs := make(values, batchSize)
				for _, id := range batch(id) {
					if v, ok := m.GetSmall(id); ok {
						vs[id] = v
					}
				}
				return vs, len(vs) == batchSize
			}), m.Cache.Reset
		}},
		{"ours", func() (reader[values], func()) {
			c := must(shop.NewSmallMemory(shop.SmallMemoryConfig{}))
			few(shop.NewSmall, func(id int64, v shop.Small) error { return c.Set(ctx, id, v) })
			return by[values](func(id int64) (values, bool) {
				vs, err := c.GetMany(ctx, batch(id))
				return vs, err == nil && len(vs) == batchSize
			}), closing(func() error { return c.Close(ctx) })
		}},
	}
}

// batch are the keys from one on.
func batch(id int64) []int64 {
	ids := make([]int64, batchSize)
	for i := range ids {
		ids[i] = (id + int64(i)) % stored
	}
	return ids
}

func batchers(l *lab) []store[map[int64]shop.Small] {
	type values = map[int64]shop.Small
	type get = reader[values]
	fill := func(c redis.Cmdable) *hand.Redis {
		h := &hand.Redis{Client: c, TTL: ttl}
		few(shop.NewSmall, func(id int64, v shop.Small) error { return h.SetSmall(ctx, id, &v) })
		return h
	}
	asked := func(get func(ctx context.Context, ids []int64) (values, error)) get {
		return by[values](func(id int64) (values, bool) {
			vs, err := get(ctx, batch(id))
			return vs, err == nil && len(vs) == batchSize
		})
	}
	return []store[values]{
		{"go-redis MGET", func() (get, func()) {
			c := l.dial("tcp", 0)
			fill(c)
			names := names(hand.SmallKey)
			return by[values](func(id int64) (values, bool) {
				keys := make([]string, batchSize)
				for i := range keys {
					keys[i] = names[(id+int64(i))%stored]
				}
				replies, err := c.MGet(ctx, keys...).Result()
				return nil, err == nil && len(replies) == batchSize
			}), closing(c.Close)
		}},
		{"limit, MGET", func() (get, func()) {
			c := l.dial("tcp", 0)
			return asked(fill(c).GetSmalls), closing(c.Close)
		}},
		{"limit, MGET of strings", func() (get, func()) {
			c := l.dial("tcp", 0)
			return asked(fill(c).GetSmallsByText), closing(c.Close)
		}},
		{"ours", func() (get, func()) {
			client := l.dial("tcp", 0)
			c := must(shop.NewSmallRedis(shop.SmallRedisConfig{Redis: client}))
			few(shop.NewSmall, func(id int64, v shop.Small) error { return c.Set(ctx, id, v) })
			return asked(c.GetMany), closing(func() error { return errors.Join(c.Close(ctx), client.Close()) })
		}},
		{"go-redis/cache", func() (get, func()) {
			client := l.dial("tcp", 0)
			c := rediscache.New(&rediscache.Options{Redis: client})
			few(shop.NewSmall, func(id int64, v shop.Small) error {
				return c.Set(&rediscache.Item{Key: "batch:" + strconv.FormatInt(id, 10), Value: &v, TTL: ttl})
			})
			return asked(func(ctx context.Context, ids []int64) (values, error) {
				vs := make(values, len(ids))
				for _, id := range ids {
					var v shop.Small
					if err := c.Get(ctx, "batch:"+strconv.FormatInt(id, 10), &v); err != nil {
						return nil, err
					}
					vs[id] = v
				}
				return vs, nil
			}), closing(client.Close)
		}},
	}
}
