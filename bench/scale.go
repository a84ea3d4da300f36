package main

import (
	"fmt"
	"sync"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/bench/measure"
	"github.com/cachegen/cachegen/bench/shop"
)

// curve is a plot: a line for each case, a point for each group.
type curve struct {
	title, x string
	y        string // the axis
	unit     string // empty: time
	groups   map[float64]string
	cases    []string
}

func entries(l *lab) experiment {
	e := experiment{
		title: "Scale: entries",
		text: `How much a cache of Small takes, and how much the collector computes for it, as there are more and more entries; each point is a process
of its own. What lies where the collector does not look grows in memory and costs the collector next to nothing. A hit becomes slower as the processor's
caches have less of what is asked for, the same for all; keys are asked for evenly here.`,
	}
	groups, cases := map[float64]string{}, []string{"limit, bytes", "ours, bytes", "map", "otter"}
	for _, n := range []int{10_000, 100_000, 1_000_000, 10_000_000} {
		if l.short && n > 1_000_000 {
			break
		}
		g := measure.Group{Name: fmt.Sprintf("entries/%d", n), Base: "limit, bytes", Rounds: 1}
		for _, kind := range cases {
			g.Cases = append(g.Cases, residentCase(kind, n, 1<<20))
		}
		e.groups, groups[float64(n)] = append(e.groups, g), g.Name
	}
	e.curves = []curve{
		{"Computing for a collection", "entries", "ms", perCollected, groups, cases},
		{"Heap", "entries", "MiB", heapMiB, groups, cases},
		{"A hit", "entries", "ns", perHit, groups, cases},
	}
	return e
}

func goroutines(l *lab) experiment {
	e := experiment{
		title: "Scale: goroutines",
		text: `Hits of Small by 1 to 1,024 goroutines; what is given is the time that passes for each hit. In Redis, up to twelve callers of ours go each for himself, as single commands do. More are gathered,
and a pipeline has as many as came while others were under way, so its line goes on falling where that of single commands is flat.

Far away is the same server behind a relay that holds back all bytes for a millisecond in each direction, and somewhat longer, since it sleeps. There a reply is on its way most of the time, and a caller who waits for that of another one loses
time. So a crowd of ours has as many pipelines under way as the distance asks for, up to three quarters of the pool, where near by it has two: sixteen callers take as long as each by himself, and many are not held up by the size of the pool, of 20 connections here.`,
	}
	inMemory, inRedis, far := map[float64]string{}, map[float64]string{}, map[float64]string{}
	memory := pick(smallStores(l), "limit, bytes", "ours, bytes", "otter", "ours, objects, readonly")
	clients := []string{"go-redis GET", "limit, AutoPipeline", "limit, rueidis", "ours"}
	counts := []int{1, 4, 16, 64, 256, 1024}
	groups := func(where, base string, stores []store[shop.Small], named map[float64]string) {
		opens := make([]func() reader[shop.Small], len(stores))
		for i, s := range stores {
			opens[i] = once(l, s.open)
		}
		for _, n := range counts {
			g := measure.Group{Name: fmt.Sprintf("goroutines/%s/%d", where, n), Base: base, Turns: 1, Rounds: 3}
			for i, s := range stores {
				g.Cases = append(g.Cases, together(l, n, s.name, opens[i]))
			}
			e.groups, named[float64(n)] = append(e.groups, g), g.Name
		}
	}
	groups("memory", "limit, bytes", memory, inMemory)
	groups("redis", "go-redis GET", pick(smallServers(l, "tcp"), clients...), inRedis)
	groups("far", "go-redis GET", pick(smallServers(l, "far"), clients...), far)
	e.curves = []curve{
		{"Hits in memory", "goroutines", "ns", "", inMemory, []string{"limit, bytes", "ours, bytes", "otter", "ours, objects, readonly"}},
		{"Hits in Redis", "goroutines", "ns", "", inRedis, clients},
		{"Hits in Redis, far away", "goroutines", "ns", "", far, clients},
	}
	return e
}

// pick returns the stores of these names.
func pick[V any](stores []store[V], names ...string) (picked []store[V]) {
	for _, name := range names {
		for _, s := range stores {
			if s.name == name {
				picked = append(picked, s)
			}
		}
	}
	return picked
}

func depths(l *lab) experiment {
	e := experiment{
		title: "Scale: tiers",
		text: `A hit in the last of one to four tiers, none of which is refilled: Redis alone, fastcache in front of it, otter in front of both, another fastcache
between them. What a tier in front adds is one look-up in memory; no composition object is asked, since there is none.`,
	}
	groups := map[float64]string{}
	for i, s := range deeps(l) {
		open := once(l, s.open)
		g := measure.Group{Name: fmt.Sprintf("depth/%d", i+1), Rounds: 4, Cases: []measure.Case{hits(l, "ours", open)}}
		e.groups, groups[float64(i+1)] = append(e.groups, g), g.Name
	}
	e.curves = []curve{{"A hit in the last tier", "tiers", "ns", "", groups, []string{"ours"}}}
	return e
}

func deeps(l *lab) []store[shop.Deep] {
	client := sync.OnceValue(func() *redis.Client { return l.dial("tcp", deepDB) })
	end := sync.OnceFunc(func() { check(client().Close()) })
	return []store[shop.Deep]{
		{"1", func() (reader[shop.Deep], func()) {
			return last(func() *shop.DeepOne { return must(shop.NewDeepOne(shop.DeepOneConfig{Redis: client()})) }, end)
		}},
		{"2", func() (reader[shop.Deep], func()) {
			return last(func() *shop.DeepTwo { return must(shop.NewDeepTwo(shop.DeepTwoConfig{Redis: client()})) }, end)
		}},
		{"3", func() (reader[shop.Deep], func()) {
			return last(func() *shop.DeepThree { return must(shop.NewDeepThree(shop.DeepThreeConfig{Redis: client()})) }, end)
		}},
		{"4", func() (reader[shop.Deep], func()) {
			return last(func() *shop.DeepFour { return must(shop.NewDeepFour(shop.DeepFourConfig{Redis: client()})) }, end)
		}},
	}
}

// last has one cache fill all tiers and another one read the last: memory is not
// theirs together.
func last[C cache[shop.Deep]](open func() C, end func()) (reader[shop.Deep], func()) {
	writer, c := open(), open()
	few(shop.NewDeep, func(id int64, v shop.Deep) error { return writer.Set(ctx, id, v) })
	check(writer.Close(ctx))
	return asked(c.Get), func() { check(c.Close(ctx)); end() }
}
