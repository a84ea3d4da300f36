package main

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"github.com/VictoriaMetrics/fastcache"
	"github.com/maypok86/otter/v2"

	"github.com/cachegen/cachegen/bench/hand"
	"github.com/cachegen/cachegen/bench/measure"
	"github.com/cachegen/cachegen/bench/shop"
)

func memory(l *lab) experiment {
	e := experiment{
		title: "A hit in memory",
		text: `All of 100,000 keys are there, and some are hot (Zipf, 1.01). Caches of bytes decode on each hit and cost the garbage collector
nothing; caches of objects hand out what they have, which whoever gets it must leave alone, or a deep copy. Every reader returns a
value, as our Get does, and copies it once: of a pointer that a cache returns the struct is copied, and a method that returns the struct is called itself. Our two kinds of memory tier are
"ours, bytes" (fastcache) and "ours, objects" (otter, which makes copies unless the annotation says share=readonly). No garbage is
collected while one of them runs, since the objects of all caches are there at once; what collecting costs comes further down.

Caches of objects win where a value is large, because they do not decode. A bare otter is their floor, one would think; it keeps no deadlines. Ours are exact, so the clock is read for each
hit, which takes 25 to 40 ns, and it has the processor wait for all that it has begun, where a bare otter can begin the next look-up. But most of our hits do not ask otter. They find the entry by
a table of their own, with its deadline and the value in one piece, which is on its way while the clock is read; otter learns of one in 64, since all keys have room here, and of one in four while something has to go ("Two tiers" has
such a cache). Before there was that table, with the same clock, a shared Small took 1.5 of a bare otter on Intel's processors (Xeon), a Product 1.4, and on AMD's (EPYC) 0.9 to 1.1 and 1.1 to 1.4. "otter, with deadlines" has one deadline in front of the value, as one writes that by hand.

By how much is for the processor to say, and for what it has at hand. On Intel's, where the clock takes 37 ns of the 130 to 200 that a bare otter takes, a shared Small took 1.08 and 1.09 of it in two runs, a Product 1.06 and 1.26, and a copied Small 1.08 and 1.26,
which is more than its bar. With two or three caches taking turns instead of fifteen, all of them took 0.97 to 1.04.

Of bytes, the time goes to fastcache itself, to decoding, and to the clock, of which only the monotonic one is read. A hit is counted in one of 64 lines, which each goroutine has for itself, mostly; with a line
taken at random, two goroutines on cores that are far from each other took 1.3 to 1.4 of the limit together. fastcache locks a part of itself and counts for each hit, and has two cores take these lines from each other. So short entries that are read most have a copy in
front of it, where a hit does not: two goroutines with this stream took 0.94 to 1.02 of the limit, and 1.07 to 1.11 without that, in runs on AMD's processor. It shows most where both ask for one key: a hit took 0.33 and 0.48 of the limit in two runs, and in fastcache alone two goroutines are no faster than one there. A Product is too long for it.
By how much two goroutines are faster than one is for the machine to say: on one whose cores are virtual, the limit of a Small was 1.0 to 2.1 times as fast, from run to run, as if its cores were two at times and two threads of one at others. Where it is 1.0, what lies in front gains nothing either. freecache, bigcache and
go-redis/cache spend their time on MessagePack by reflection, rueidis on JSON. Two libraries that belong here are missing because their modules
could not be had: eko/gocache and mgtv-tech/jetcache-go.`,
	}
	// Of a Product there is nothing in front, so one key for two tells nothing of it.
	product := inMemory(l, "memory/Product", productStores(l))
	e.groups = append(inMemory(l, "memory/Small", smallStores(l)), product[0], product[2])
	for _, value := range []struct {
		name  string
		bound float64
	}{{"Small", 1.15}, {"Product", 1.10}} {
		name := "memory/" + value.name + "/serial/"
		e.bars = append(e.bars,
			cost(value.name+" from bytes against the limit", name+"ours, bytes", name+"limit, bytes", value.bound),
			extra("… allocations more than the limit", name+"ours, bytes", name+"limit, bytes", measure.Allocs, 0),
			gain("… as fast as go-redis/cache, times", name+"ours, bytes", name+"go-redis/cache", 4),
			bar{"… two goroutines as fast as one, times", func(r measure.Results) (measure.Figure, bool) {
				f, ok := r.Ratio(name+"ours, bytes", "memory/"+value.name+"/parallel/ours, bytes", measure.Nanoseconds)
				return f, ok && clock != measure.CPU // which does not see that two are at work at once
			}, 1.6, false},
			cost(value.name+", the object itself, against a bare otter", name+"ours, objects, readonly", name+"otter", 1.30),
			cost("… against an otter with deadlines by hand", name+"ours, objects, readonly", name+"otter, with deadlines", 1.30),
			most("… allocations", name+"ours, objects, readonly", measure.Allocs, 0),
			cost(value.name+", a copy of the object, against one by hand", name+"ours, objects", name+"limit, objects", 1.10),
		)
	}
	return e
}

// store is a cache in memory that has every key once it is open.
type store[V any] struct {
	name string
	open func() (from reader[V], end func())
}

// inMemory has stores asked by one goroutine, by two for one key, and by two. What is compared most closely is opened anew for each round,
// so that stores change places: one may be in memory that takes twice as long to read as another's.
func inMemory[V any](l *lab, name string, stores []store[V]) []measure.Group {
	serial := measure.Group{Name: name + "/serial", Base: "limit, bytes", Uncollected: true}
	single := measure.Group{Name: name + "/parallel, one key", Base: "limit, bytes", Uncollected: true}
	parallel := measure.Group{Name: name + "/parallel", Base: "limit, bytes", Uncollected: true, Close: l.end}
	one := *l
	one.ids = make([]int64, streamed)
	var bytes, objects []*opened[V]
	for _, s := range stores {
		o := &opened[V]{l: l, open: s.open}
		switch s.name {
		case "limit, bytes", "ours, bytes":
			bytes = append(bytes, o)
		case "limit, objects", "ours, objects", "ours, objects, readonly", "otter, with deadlines", "otter":
			objects = append(objects, o)
		}
		serial.Cases = append(serial.Cases, hits(l, s.name, o.get))
		parallel.Cases = append(parallel.Cases, together(l, 2, s.name, o.get))
		single.Cases = append(single.Cases, together(&one, 2, s.name, o.get))
	}
	order := rand.New(rand.NewPCG(5, 6))
	serial.Anew = func() {
		reopen(bytes) // fastcache hands out first what it got back last: two of them change places
		order.Shuffle(len(objects), func(i, k int) { objects[i], objects[k] = objects[k], objects[i] })
		reopen(objects)
	}
	parallel.Anew = serial.Anew
	return []measure.Group{serial, single, parallel}
}

// reopen closes the stores that are asked, and opens them one after the other.
func reopen[V any](stores []*opened[V]) {
	stores = slices.DeleteFunc(slices.Clone(stores), func(o *opened[V]) bool { return o.from == nil })
	for _, o := range stores {
		o.close()
	}
	runtime.GC() // of objects
	for _, o := range stores {
		o.get()
	}
}

var ctx = context.Background()

// all calls put with the value of every key.
func all[V any](value func(id int64) V, put func(id int64, v V)) {
	for id := range int64(keys) {
		put(id, value(id))
	}
}

// ours returns a reader of a cache of ours, and what closes it.
func ours[V any](c cache[V]) (reader[V], func()) {
	return cached[V]{c}, func() { check(c.Close(ctx)) }
}

// keep puts all keys into a cache of ours and returns what closes it.
func keep[V any](c cache[V], value func(id int64) V) (end func()) {
	all(value, func(id int64, v V) { check(c.Set(ctx, id, v)) })
	return func() { check(c.Close(ctx)) }
}

func smallStores(l *lab) []store[shop.Small] {
	type get = reader[shop.Small]
	byHand := func() *hand.Memory {
		m := &hand.Memory{Cache: fastcache.New(256 << 20), TTL: ttl}
		all(shop.NewSmall, func(id int64, v shop.Small) { m.SetSmall(id, &v) })
		return m
	}
	return append([]store[shop.Small]{
		{"fastcache, undecoded", func() (get, func()) {
			m := byHand()
			return by[shop.Small](func(id int64) (v shop.Small, ok bool) { return v, m.Has(id) }), m.Cache.Reset
		}},
		{"limit, bytes", func() (get, func()) {
			m := byHand()
			return calling[*hand.Memory, shop.Small]{m, (*hand.Memory).GetSmall}, m.Cache.Reset
		}},
		{"ours, bytes", func() (get, func()) {
			c := must(shop.NewSmallMemory(shop.SmallMemoryConfig{}))
			return cached[shop.Small]{c}, keep(c, shop.NewSmall)
		}},
		{"limit, objects", func() (get, func()) { return bare(shop.NewSmall) }},
		{"ours, objects", func() (get, func()) {
			c := must(shop.NewSmallObject(shop.SmallObjectConfig{}))
			return cached[shop.Small]{c}, keep(c, shop.NewSmall)
		}},
		{"ours, objects, readonly", func() (get, func()) {
			c := must(shop.NewSmallShared(shop.SmallSharedConfig{}))
			return cached[shop.Small]{c}, keep(c, shop.NewSmall)
		}},
		{"otter, with deadlines", func() (get, func()) {
			return dated(shop.NewSmall)
		}},
	}, peerStores(l, shop.NewSmall)...)
}

func productStores(l *lab) []store[shop.Product] {
	type get = reader[shop.Product]
	byHand := func() *hand.Memory {
		m := &hand.Memory{Cache: fastcache.New(256 << 20), TTL: ttl}
		all(l.product, func(id int64, v shop.Product) { m.SetProduct(id, &v) })
		return m
	}
	return append([]store[shop.Product]{
		{"fastcache, undecoded", func() (get, func()) {
			m := byHand()
			return by[shop.Product](func(id int64) (v shop.Product, ok bool) { return v, m.Has(id) }), m.Cache.Reset
		}},
		{"limit, bytes", func() (get, func()) {
			m := byHand()
			return calling[*hand.Memory, shop.Product]{m, (*hand.Memory).GetProduct}, m.Cache.Reset
		}},
		{"ours, bytes", func() (get, func()) {
			c := must(shop.NewProductMemory(shop.ProductMemoryConfig{}))
			return cached[shop.Product]{c}, keep(c, l.product)
		}},
		{"limit, objects", func() (get, func()) { return cloned(l.product) }},
		{"ours, objects", func() (get, func()) {
			c := must(shop.NewProductObject(shop.ProductObjectConfig{}))
			return cached[shop.Product]{c}, keep(c, l.product)
		}},
		{"ours, objects, readonly", func() (get, func()) {
			c := must(shop.NewProductShared(shop.ProductSharedConfig{}))
			return cached[shop.Product]{c}, keep(c, l.product)
		}},
		{"otter, with deadlines", func() (get, func()) {
			return dated(l.product)
		}},
	}, peerStores(l, l.product)...)
}

// bare is otter itself, of whose values the struct is copied: once, which takes a function that
// returns what the pointer refers to by itself.
func bare[V any](value func(id int64) V) (reader[V], func()) {
	c := otter.Must(&otter.Options[int64, *V]{MaximumSize: keys})
	all(value, func(id int64, v V) { c.Set(id, &v) })
	return by[V](func(id int64) (v V, ok bool) {
		p, ok := c.GetIfPresent(id)
		if !ok {
			return v, false
		}
		return *p, true
	}), c.InvalidateAll
}

// dated is otter with a deadline in front of each value.
func dated[V any](value func(id int64) V) (reader[V], func()) {
	type entry struct {
		deadline int64
		value    V
	}
	base, c := time.Now(), otter.Must(&otter.Options[int64, *entry]{MaximumSize: keys})
	all(value, func(id int64, v V) { c.Set(id, &entry{int64(time.Since(base) + ttl), v}) })
	return by[V](func(id int64) (v V, ok bool) {
		e, ok := c.GetIfPresent(id)
		if !ok || int64(time.Since(base)) >= e.deadline {
			return v, false
		}
		return e.value, true
	}), c.InvalidateAll
}

// cloned is otter with a deep copy by hand.
func cloned(value func(id int64) shop.Product) (reader[shop.Product], func()) {
	c := otter.Must(&otter.Options[int64, *shop.Product]{MaximumSize: keys})
	all(value, func(id int64, v shop.Product) { c.Set(id, &v) })
	return by[shop.Product](func(id int64) (v shop.Product, ok bool) {
		p, ok := c.GetIfPresent(id)
		if !ok {
			return v, false
		}
		v = *p
		hand.CloneProduct(&v)
		return v, true
	}), c.InvalidateAll
}
