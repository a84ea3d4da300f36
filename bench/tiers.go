package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cachegen/cachegen/bench/measure"
	"github.com/cachegen/cachegen/bench/shop"
)

// The stream of this experiment has more keys than the others', so that 32 MiB, less
// than which a fastcache does not have, are memory for a fifth of them.
const (
	wide = 160_000
	held = wide / 5
)

func tiers(l *lab) experiment {
	e := experiment{
		title: "Two tiers and a loader",
		text: `64 goroutines follow a stream under Zipf's law over 160,000 keys; the value is Product. Memory has room for a fifth of them, Redis
for all, and the loader waits for a millisecond, as for the reply of a database. Cold means that Redis is empty too; warm, that it has what the stream asks for, as
after a restart. Loads per key are what the loader was called for each different key of the stream: one is what must be.

The limits are what one writes by hand: fastcache or otter in front, plain go-redis or its AutoPipeline behind, and singleflight around both. They do not fence
anything: a write may be lost to a slower load. Warm, ours is ahead of the plain ones all the same, because reads that miss memory together go
to Redis in one pipeline. Cold, so do writes of loads that end together; that has to pay for a load in a goroutine of its own under a deadline, so that callers can
leave and panics reach nobody, and for its value's turn on the key. With a loader that calls time.Sleep instead, which this run did not measure, ours with objects was
0.79, 0.83 and 0.94 times as fast as the limit, and with bytes 1.02, 0.92 and 1.03 times: loads then took 1.5 ms with ours and 1.3 with the limit, since Go's poller waits for timers in whole
milliseconds if nothing else wakes it, and with fewer round trips less does. Callers share otter's objects and must not change them.`,
	}
	stream := sync.OnceValue(func() []int64 { return stream(wide)[:l.least(1<<15, 1<<17)] })
	for _, warm := range []bool{false, true} {
		g := measure.Group{Name: "tiers/" + temperature(warm), Base: "limit, bytes", Rounds: 4}
		for i, s := range tiereds {
			db := tiersDB + i
			c := measure.Case{Name: s.name, Bench: func(b *testing.B) { l.follow(b, s, db, stream(), warm) }}
			if warm {
				c.Open = func() { l.warm(s, db, stream()) }
			}
			g.Cases = append(g.Cases, c)
		}
		e.groups = append(e.groups, g)
	}
	const cold, warm = "tiers/cold/", "tiers/warm/"
	e.bars = []bar{
		gain("Cold: bytes as fast as the limit, times", cold+"ours, bytes", cold+"limit, bytes", 1),
		most("… loads of each key", cold+"ours, bytes", loadsPerKey, 1),
		gain("… objects as fast as the limit", cold+"ours, objects", cold+"limit, objects", 1),
		most("… loads of each key", cold+"ours, objects", loadsPerKey, 1),
		gain("Warm: bytes as fast as the limit, times", warm+"ours, bytes", warm+"limit, bytes", 1.2),
		gain("… objects as fast as the limit", warm+"ours, objects", warm+"limit, objects", 1),
		gain("… bytes as fast as go-redis/cache", warm+"ours, bytes", warm+"go-redis/cache", 2),
		gain("… bytes as fast as sturdyc", warm+"ours, bytes", warm+"sturdyc", 2),
	}
	return e
}

func temperature(warm bool) string {
	if warm {
		return "warm"
	}
	return "cold"
}

// The units of this experiment's own.
const (
	loadsPerKey = "loads/key"
	halfWait    = "p50-µs"
	fewWait     = "p99-ms"
)

// loader is the source of truth.
type loader func(ctx context.Context, id int64) (shop.Product, error)

// tiered is two tiers and a loader. It is opened with nothing in memory, over a
// database that may be full.
type tiered struct {
	name string
	open func(l *lab, db int, load loader) (from reader[shop.Product], end func())
}

// warm fills the database that tiers share with those of other rounds, unless it is.
func (l *lab) warm(s tiered, db int, ids []int64) {
	client := l.dial("tcp", db)
	defer func() { check(client.Close()) }()
	if must(client.DBSize(ctx).Result()) > 0 {
		return
	}
	from, end := s.open(l, db, l.source(new(atomic.Int64)))
	defer end()
	each(ids, func(_ int, id int64) { from.get(id) })
}

// source is a loader that counts.
func (l *lab) source(loads *atomic.Int64) loader {
	l.products() // not in the time of the first one who loads
	return func(_ context.Context, id int64) (shop.Product, error) {
		loads.Add(1)
		rest(time.Millisecond)
		p := l.product(id % int64(keys))
		p.ID = id
		return p, nil
	}
}

// follow measures one run along the stream.
func (l *lab) follow(b *testing.B, s tiered, db int, ids []int64, warm bool) {
	if !warm {
		client := l.dial("tcp", db)
		check(client.FlushDB(ctx).Err())
		check(client.Close())
	}
	var loads, missed atomic.Int64
	from, end := s.open(l, db, l.source(&loads))
	defer end()
	waits := make([]time.Duration, len(ids)/8)
	measure.Measure(b, len(ids), func() {
		each(ids, func(i int, id int64) {
			began := time.Now()
			if v, ok := from.get(id); !ok || v.ID != id {
				missed.Add(1)
			}
			if i%8 == 0 {
				waits[i/8] = time.Since(began)
			}
		})
	})
	if n := missed.Load(); n > 0 {
		fatal(fmt.Sprintf("%s: %d of %d answers are wrong", s.name, n, len(ids)))
	}
	slices.Sort(waits)
	b.ReportMetric(float64(loads.Load())/float64(different(ids)), loadsPerKey)
	b.ReportMetric(float64(waits[len(waits)/2].Nanoseconds())/1e3, halfWait)
	b.ReportMetric(float64(waits[len(waits)*99/100].Nanoseconds())/1e6, fewWait)
}

// each has 64 goroutines do something for each key, every one for its share.
func each(ids []int64, do func(i int, id int64)) {
	var wg sync.WaitGroup
	for g := range busy {
		wg.Go(func() {
			for i := g; i < len(ids); i += busy {
				do(i, ids[i])
			}
		})
	}
	wg.Wait()
}

func different(ids []int64) int {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return len(slices.Compact(ids))
}
