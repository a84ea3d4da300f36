package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/bench/hand"
	"github.com/cachegen/cachegen/bench/shop"
	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime/redistier"
)

// ttl is how long everything that is stored lives.
const ttl = 10 * time.Minute

// lab is what experiments share.
type lab struct {
	short bool
	ids   []int64 // a stream of keys, some of them hot
	redis func() *redistest.Server
	far   func() string // the address of the same server at a distance

	products func() []shop.Product // by their keys
	temp     func() string         // a directory for whatever is made, which is removed
	// generators is the directory of a module for generators, with those in bin.
	generators func() string

	ends []func() // what ends the stores that are open
}

// product returns the value under a key. What it refers to is shared, so that
// caches of objects hold a struct each and not all of it again.
func (l *lab) product(id int64) shop.Product { return l.products()[id] }

func newProducts() []shop.Product {
	products, buf := make([]shop.Product, keys), []byte(nil)
	for id := range products {
		v := shop.NewProduct(int64(id))
		buf = hand.AppendProduct(buf[:0], &v)
		check(hand.DecodeProduct(&products[id], buf)) // a few objects for each, not dozens to collect
	}
	return products
}

// once opens a store when it is first wanted, and leaves it open until the lab ends
// its stores, which then belong to nobody: what lives costs each collection of all
// that is measured later.
func once[V any](l *lab, open func() (from reader[V], end func())) func() reader[V] {
	return (&opened[V]{l: l, open: open}).get
}

// opened is a store that is open, or will be when it is wanted.
type opened[V any] struct {
	l    *lab
	open func() (from reader[V], end func())
	from reader[V]
	end  func()
}

func (o *opened[V]) get() reader[V] {
	if o.from == nil {
		o.from, o.end = o.open()
		o.l.ends = append(o.l.ends, o.close)
	}
	return o.from
}

func (o *opened[V]) close() {
	if o.from != nil {
		o.end()
		o.from, o.end = nil, nil
	}
}

// end ends the stores that are open, and forgets what they were filled with.
func (l *lab) end() {
	for _, end := range l.ends {
		end()
	}
	l.ends = nil
	l.products = sync.OnceValue(newProducts)
}

// keys is how many different keys the stream has; tests have fewer.
var keys = 100_000

// streamed is how long the stream is, a power of two: it is begun again at its end.
const streamed = 1 << 18

func newLab(short bool, h *host) *lab {
	l := &lab{
		short: short, ids: stream(keys), products: sync.OnceValue(newProducts),
		redis: sync.OnceValue(func() *redistest.Server { return redistest.Start(h) }),
		temp: sync.OnceValue(func() string {
			dir := must(os.MkdirTemp("", "bench"))
			h.Cleanup(func() { _ = os.RemoveAll(dir) })
			return dir
		}),
	}
	l.far = sync.OnceValue(func() string {
		p := redistest.NewProxy(h, l.redis().Addr())
		p.Delay(redistest.ToServer, distance)
		p.Delay(redistest.ToClient, distance)
		return p.Addr()
	})
	l.generators = sync.OnceValue(func() string { return newGeneratorModule(l.temp()) })
	return l
}

// The databases of those who empty theirs.
const (
	clientSideDB = 1
	deepDB       = 2
	blobDB       = 3
	tiersDB      = 100 // and those behind it
)

// least returns how much to do: the first if it has to be short.
func (l *lab) least(short, long int) int {
	if l.short {
		return short
	}
	return long
}

// stream returns a stream of n keys under Zipf's law, the hot ones among all others.
func stream(n int) []int64 {
	rng := rand.New(rand.NewPCG(1, 2))
	names := rng.Perm(n)
	zipf := rand.NewZipf(rng, 1.01, 1, uint64(n-1))
	ids := make([]int64, streamed)
	for i := range ids {
		ids[i] = int64(names[zipf.Uint64()])
	}
	return ids
}

// id returns the key of the ith access.
func (l *lab) id(i int) int64 { return l.ids[i&(streamed-1)] }

// dial returns a client as users of ours have it, over TCP, from far away, or over the socket.
func (l *lab) dial(network string, db int) *redis.Client {
	if network == "unix" {
		return must(redistier.Dial(fmt.Sprintf("unix://%s?db=%d", l.redis().Socket(), db)))
	}
	return must(redistier.Dial(fmt.Sprintf("redis://%s/%d", l.addr(network), db)))
}

// addr returns where the server is, near or far away.
func (l *lab) addr(network string) string {
	if network == "far" {
		return l.far()
	}
	return l.redis().Addr()
}

// redisVersion returns the version of the server.
func (l *lab) redisVersion() string {
	client := l.dial("tcp", 0)
	defer func() { check(client.Close()) }()
	for line := range strings.Lines(must(client.Info(ctx, "server").Result())) {
		if version, ok := strings.CutPrefix(line, "redis_version:"); ok {
			return strings.TrimSpace(version)
		}
	}
	return "of an unknown version"
}

// distance is how long bytes are on their way to a server that is far away, in one direction.
const distance = time.Millisecond

// host stands in for a test to what starts servers for tests.
type host struct {
	testing.TB
	cleanups []func()
}

func (h *host) Helper()           {}
func (h *host) Cleanup(fn func()) { h.cleanups = append(h.cleanups, fn) }
func (h *host) Fatal(args ...any) { fatal(fmt.Sprint(args...)) }
func (h *host) Fatalf(format string, args ...any) {
	fatal(fmt.Sprintf(format, args...))
}

// close ends what was started.
func (h *host) close() {
	for i := len(h.cleanups) - 1; i >= 0; i-- {
		h.cleanups[i]()
	}
	h.cleanups = nil
}

// found fails a benchmark of hits that has measured misses: one in a thousand may
// be what a lossy cache has lost.
func found(missed, n int) {
	if missed > n/1000 {
		fatal(fmt.Sprintf("%d of %d reads found nothing", missed, n))
	}
}

// must returns v: nothing that goes wrong here leaves figures worth having.
func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func fatal(text string) {
	fmt.Fprintln(os.Stderr, "bench:", text)
	panic(text)
}
