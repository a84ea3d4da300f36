package main

import (
	"errors"
	"fmt"

	"github.com/VictoriaMetrics/fastcache"

	"github.com/cachegen/cachegen/bench/hand"
	"github.com/cachegen/cachegen/bench/measure"
	"github.com/cachegen/cachegen/bench/shop"
)

func valueSizes(l *lab) experiment {
	e := experiment{
		title: "Scale: the size of a value",
		text: `A name and bytes of 64 B to 1 MiB, of which the reader gets a copy of his own. The limit hands out the very bytes that
came out of the cache, ours those that it has decoded from them, which is one copy more, and no more memory: an entry with no room on the stack lies in a buffer that the next one takes
over, when it is read and when it is written. From 64 KiB on fastcache does not take an entry in one piece: ours
stores a marker and the payload in pieces, so a hit is two look-ups, and the limit, which knows what it has stored, asks for the pieces at once. In Redis each entry has a checksum to be looked at, which a bare GET has not, and its bytes
are copied from the reply, whose string is not to change. What a short value's write takes more is its turn on the key and the operation that keeps it, some 110 to 140 ns.`,
	}
	inMemory, written, inRedis := map[float64]string{}, map[float64]string{}, map[float64]string{}
	bytes := []int{64, 1 << 10, 16 << 10, 128 << 10, 1 << 20}
	for _, n := range bytes {
		g := measure.Group{Name: fmt.Sprintf("value/memory/%d", n), Base: "limit, bytes", Rounds: 3, Close: l.end, Cases: blobCases(l, blobsInMemory(n))}
		e.groups, inMemory[float64(n)] = append(e.groups, g), g.Name
	}
	for _, n := range bytes {
		g := measure.Group{Name: fmt.Sprintf("value/written/%d", n), Base: "limit, bytes", Rounds: 3, Close: l.end, Cases: blobCases(l, blobsWritten(n))}
		e.groups, written[float64(n)] = append(e.groups, g), g.Name
	}
	for _, n := range bytes {
		g := measure.Group{Name: fmt.Sprintf("value/redis/%d", n), Base: "go-redis GET", Rounds: 3, Close: l.end, Cases: blobCases(l, blobsInRedis(l, n))}
		e.groups, inRedis[float64(n)] = append(e.groups, g), g.Name
	}
	e.curves = []curve{
		{"A hit in memory", "bytes of the value", "ns", "", inMemory, []string{"limit, bytes", "ours, bytes"}},
		{"A write in memory", "bytes of the value", "ns", "", written, []string{"limit, bytes", "ours, bytes"}},
		{"A hit in Redis", "bytes of the value", "ns", "", inRedis, []string{"go-redis GET", "ours"}},
	}
	return e
}

// blobs is how many values there are.
const blobs = 16

func blobCases(l *lab, stores []store[shop.Blob]) (cases []measure.Case) {
	for _, s := range stores {
		open := once(l, s.open)
		cases = append(cases, hits(l, s.name, func() reader[shop.Blob] {
			all := open()
			return by[shop.Blob](func(id int64) (shop.Blob, bool) { return all.get(id % blobs) })
		}))
	}
	return cases
}

func blobsInMemory(size int) []store[shop.Blob] {
	v := shop.NewBlob(size)
	return []store[shop.Blob]{
		{"limit, bytes", func() (reader[shop.Blob], func()) {
			m := &hand.Memory{Cache: fastcache.New(512 << 20), TTL: ttl, Large: size >= 64<<10}
			for id := range int64(blobs) {
				m.SetBlob(id, &v)
			}
			return by[shop.Blob](m.GetBlob), m.Cache.Reset
		}},
		{"ours, bytes", func() (reader[shop.Blob], func()) {
			c := must(shop.NewBlobMemory(shop.BlobMemoryConfig{Memory: fastcache.New(512 << 20)}))
			for id := range int64(blobs) {
				check(c.Set(ctx, id, v))
			}
			return ours[shop.Blob](c)
		}},
	}
}

func blobsWritten(size int) []store[shop.Blob] {
	v := shop.NewBlob(size)
	return []store[shop.Blob]{
		{"limit, bytes", func() (reader[shop.Blob], func()) {
			m := &hand.Memory{Cache: fastcache.New(512 << 20), TTL: ttl, Large: size >= 64<<10}
			return by[shop.Blob](func(id int64) (shop.Blob, bool) { m.SetBlob(id, &v); return v, true }), m.Cache.Reset
		}},
		{"ours, bytes", func() (reader[shop.Blob], func()) {
			c := must(shop.NewBlobMemory(shop.BlobMemoryConfig{Memory: fastcache.New(512 << 20)}))
			return by[shop.Blob](func(id int64) (shop.Blob, bool) { return v, c.Set(ctx, id, v) == nil }), closing(func() error { return c.Close(ctx) })
		}},
	}
}

func blobsInRedis(l *lab, size int) []store[shop.Blob] {
	v := shop.NewBlob(size)
	return []store[shop.Blob]{
		{"go-redis GET", func() (reader[shop.Blob], func()) {
			client, name := l.dial("tcp", blobDB), fmt.Sprint("bare:", size)
			check(client.Set(ctx, name, v.Data, ttl).Err())
			return by[shop.Blob](func(int64) (shop.Blob, bool) {
				s, err := client.Get(ctx, name).Result()
				return shop.Blob{}, err == nil && len(s) == size
			}), closing(client.Close)
		}},
		{"ours", func() (reader[shop.Blob], func()) {
			client := l.dial("tcp", blobDB)
			c := must(shop.NewBlobRedis(shop.BlobRedisConfig{Redis: client}))
			first := blobs * int64(size) // the caches of all sizes share a database
			for id := range int64(blobs) {
				check(c.Set(ctx, first+id, v))
			}
			get := func(id int64) (shop.Blob, bool) {
				v, ok, err := c.Get(ctx, first+id)
				return v, ok && err == nil && len(v.Data) == size
			}
			return by[shop.Blob](get), closing(func() error { return errors.Join(c.Close(ctx), client.Close()) })
		}},
	}
}
