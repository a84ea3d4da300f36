package main

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/Yiling-J/theine-go"
	"github.com/allegro/bigcache/v3"
	"github.com/coocood/freecache"
	"github.com/dgraph-io/ristretto/v2"
	rediscache "github.com/go-redis/cache/v9"
	"github.com/redis/rueidis"
	"github.com/viccon/sturdyc"
	"github.com/vmihailenco/msgpack/v5"
)

// peerStores are the other libraries' caches in memory: of objects, then of bytes,
// then those that are the first of two tiers.
func peerStores[V any](l *lab, value func(id int64) V) []store[V] {
	return []store[V]{
		{"otter", func() (reader[V], func()) { return bare(value) }},
		{"ristretto", func() (reader[V], func()) {
			c := newRistretto[V]()
			all(value, func(id int64, v V) {
				for !c.SetWithTTL(id, &v, 1, ttl) {
					c.Wait()
				}
			})
			c.Wait()
			return by[V](func(id int64) (v V, ok bool) {
				p, ok := c.Get(id)
				if !ok {
					return v, false
				}
				return *p, true
			}), c.Close
		}},
		{"theine", func() (reader[V], func()) {
			c := must(theine.NewBuilder[int64, *V](int64(keys)).Build())
			all(value, func(id int64, v V) { c.SetWithTTL(id, &v, 1, ttl) })
			c.Wait()
			return by[V](func(id int64) (v V, ok bool) {
				p, ok := c.Get(id)
				if !ok {
					return v, false
				}
				return *p, true
			}), c.Close
		}},
		{"sturdyc", func() (reader[V], func()) {
			c := newSturdyc[V]()
			all(value, func(id int64, v V) { c.Set(strconv.FormatInt(id, 10), &v) })
			return by[V](func(id int64) (v V, ok bool) {
				p, ok := c.Get(strconv.FormatInt(id, 10))
				if !ok {
					return v, false
				}
				return *p, true
			}), func() {}
		}},
		{"bigcache + msgpack", func() (reader[V], func()) {
			c := newBigcache()
			all(value, func(id int64, v V) { check(c.Set(strconv.FormatInt(id, 10), must(msgpack.Marshal(&v)))) })
			return by[V](func(id int64) (v V, ok bool) {
				data, err := c.Get(strconv.FormatInt(id, 10))
				return v, err == nil && msgpack.Unmarshal(data, &v) == nil
			}), func() { check(c.Close()) }
		}},
		{"freecache + msgpack", func() (reader[V], func()) {
			c := freecache.NewCache(256 << 20)
			all(value, func(id int64, v V) {
				check(c.Set(strconv.AppendInt(nil, id, 10), must(msgpack.Marshal(&v)), int(ttl/time.Second)))
			})
			return by[V](func(id int64) (v V, ok bool) {
				data, err := c.Get(strconv.AppendInt(nil, id, 10))
				return v, err == nil && msgpack.Unmarshal(data, &v) == nil
			}), c.Clear
		}},
		{"go-redis/cache", func() (reader[V], func()) {
			c := newLocal()
			all(value, func(id int64, v V) {
				check(c.Set(&rediscache.Item{Key: strconv.FormatInt(id, 10), Value: &v, TTL: ttl}))
			})
			return by[V](func(id int64) (v V, ok bool) { return v, c.Get(ctx, strconv.FormatInt(id, 10), &v) == nil }), func() {}
		}},
		{"rueidis, client-side + JSON", func() (reader[V], func()) { return clientSide(l, value) }},
	}
}

func newRistretto[V any]() *ristretto.Cache[int64, *V] {
	return must(ristretto.NewCache(&ristretto.Config[int64, *V]{NumCounters: 10 * int64(keys), MaxCost: 2 * int64(keys), BufferItems: 64, IgnoreInternalCost: true}))
}

func newSturdyc[V any]() *sturdyc.Client[*V] {
	return sturdyc.New[*V](2*keys, 16, ttl, 10, sturdyc.WithNoContinuousEvictions()) // whose goroutine never ends
}

func newBigcache() *bigcache.BigCache {
	config := bigcache.DefaultConfig(ttl)
	config.CleanWindow, config.Verbose = 0, false
	return must(bigcache.New(ctx, config))
}

// newLocal is go-redis/cache without Redis.
func newLocal() *rediscache.Cache {
	return rediscache.New(&rediscache.Options{LocalCache: rediscache.NewTinyLFU(2*keys, ttl)})
}

// clientSide has rueidis keep what it has read from Redis until that says that it
// has changed.
func clientSide[V any](l *lab, value func(id int64) V) (reader[V], func()) {
	c := must(rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{l.redis().Addr()}, SelectDB: clientSideDB, CacheSizeEachConn: 1 << 30}))
	var sets rueidis.Commands
	key := func(id int64) string { return "clientside:" + strconv.FormatInt(id, 10) }
	flush := func() {
		for _, resp := range c.DoMulti(ctx, sets...) {
			check(resp.Error())
		}
		sets = sets[:0]
	}
	all(value, func(id int64, v V) {
		sets = append(sets, c.B().Set().Key(key(id)).Value(rueidis.BinaryString(must(json.Marshal(&v)))).Build())
		if len(sets) == 1000 {
			flush()
		}
	})
	flush()
	get := func(id int64) (v V, ok bool) {
		return v, c.DoCache(ctx, c.B().Get().Key(key(id)).Cache(), ttl).DecodeJSON(&v) == nil
	}
	for _, id := range l.ids[:streamed/4] { // from here on it is a hit mostly
		_ = c.DoCache(ctx, c.B().Get().Key(key(id)).Cache(), ttl)
	}
	return by[V](get), func() {
		check(c.Do(ctx, c.B().Flushdb().Build()).Error())
		c.Close()
	}
}
