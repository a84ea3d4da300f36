package runtime

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// Spec is what generated code tells the core of a cache.
type Spec[K comparable, V any] struct {
	Name        string        // of the generated type
	Prefix      string        // of keys outside the process: "products:1f3a9c02:"
	Fingerprint uint64        // of the stored form, in every envelope
	TTL         time.Duration // 0: entries are never stale and never expire
	Stale       time.Duration // how long an entry lives on after TTL
	Jitter      float64       // share of TTL by which that differs, either way
	Absent      time.Duration // how long an absence is remembered; 0: not
	LoadTimeout time.Duration // of a load with the writing of its value
	Concurrency int           // loads of one key at once; 0: one
	Revalidate  bool          // a stale value is loaded before it is served
	Reload      bool          // a stale value is served, and loaded in the background
	Eager       float64       // share of its TTL after which a value is loaded in the background; 0: never
	FailSafe    time.Duration // how long past its end a value is served if loading fails
	Lease       time.Duration // how long one load is waited for in other processes; 0: not at all
	Plain       bool          // copying a value copies all of it

	MemoryPrefix string // how binary keys begin
	Far          uint64 // tiers of the second part of the composition, by index

	// BinaryKey appends the key as memory tiers know it, TextKey as the others
	// do, without the prefix. TextKey is nil if all tiers are in memory.
	BinaryKey func(dst []byte, key K) ([]byte, error)
	TextKey   func(dst []byte, key K) ([]byte, error)

	// Hit sets *v, which is zero, and counts a hit if the first tier has a live value: a
	// stale one too. It is nil if that tier is not one in memory that is asked first.
	Hit func(key K, v *V) bool

	Formats []Format[V] // that the tiers name by their index

	// Clone makes *v, a copy of a value, share nothing with it that could change,
	// for tiers that keep values as they are. It is nil where a copy shares
	// nothing anyway.
	Clone func(v *V) error

	// Read, Write and Remove are the composition, spelled out over the tiers.
	Read   func(op *Op[K, V])
	Write  func(op *Op[K, V], res []Result)
	Remove func(op *Op[K, V], res []Result)
}

// Core is the slow path of a generated cache and the state that its instances
// share among their goroutines.
type Core[K comparable, V any] struct {
	Time *Timebase   // of the instants of all entries
	Hot  HotCounters // hits that generated code found in the first tier

	spec     Spec[K, V]
	leaves   []Tier[K, V]
	memory   bool   // all tiers answer at once
	instant  uint64 // tiers that do, by index
	fence    *fence[V]
	counters counters
	logger   *slog.Logger
	warnings limiter       // of what is no tier's
	leases   *leases[K, V] // nil without lease=
	offload  *Offload
	own      bool // the offload is ours to close
	ops      sync.Pool
	tasks    tracker
	closed   atomic.Bool
	ctx      context.Context // ends when Close gives up waiting, or is done
	cancel   context.CancelFunc

	making     []*timing         // of values encoded or compressed, by format, at the first tier that has it
	fronts     []front           // by format
	direct     *RemoteLeaf[K, V] // the only tier, if it reads batches by their keys; else nil
	tracer     Tracer            // nil: nobody wants to see requests
	unregister func()
}

// NewCore returns the core of a cache over its tiers, given from left to right.
func NewCore[K comparable, V any](spec Spec[K, V], opts Options, t *Timebase, tiers ...Tier[K, V]) *Core[K, V] {
	c := &Core[K, V]{
		Time: t, spec: spec, leaves: tiers, memory: true, fence: newFence[V](),
		logger: opts.Logger, offload: opts.Offload,
	}
	if c.logger == nil {
		c.logger = slog.Default()
	}
	if c.own = c.offload == nil; c.own {
		c.offload = NewOffload(OffloadOptions{Logger: opts.Logger})
	}
	c.spec.Concurrency = max(spec.Concurrency, 1)
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.making = make([]*timing, len(spec.Formats))
	c.tracer, _ = opts.Metrics.(Tracer)
	if l, ok := tiers[0].(*RemoteLeaf[K, V]); ok && len(tiers) == 1 && l.keyed != nil {
		c.direct = l
	}
	c.fronts = c.newFronts()
	c.leases = newLeases(c)
	for _, l := range tiers {
		l.start(c)
		c.timeFormat(l.base())
		if l.instant() {
			c.instant |= 1 << l.base().Index
		} else {
			c.memory = false
		}
	}
	if len(c.making) > 0 && c.making[0] == nil { // only Backend encodes
		c.making[0] = &tiers[0].base().counters.times.encode
	}
	if opts.Metrics != nil {
		c.unregister = opts.Metrics.Register(spec.Name, c.Stats)
	}
	return c
}

// Required returns an error for a part of a config that must be given.
func Required(cache, field string) error {
	return fmt.Errorf("cachegen: %s: Config.%s is nil and must be given", cache, field)
}

// Shared returns an error for two tiers of a config that were given one store.
func Shared(cache, a, b string) error {
	return fmt.Errorf("cachegen: %sConfig.%s and .%s are one store: the tiers of a cache need one each", cache, a, b)
}

// Closed reports whether Close was called.
func (c *Core[K, V]) Closed() bool { return c.closed.Load() }

// Stats returns the counters of the cache and of each tier.
func (c *Core[K, V]) Stats() Stats {
	n := &c.counters
	s := Stats{
		Hits: n.hits.Load(), Stale: n.stale.Load(), Misses: n.misses.Load(), Absent: n.absent.Load(),
		Loads: n.loads.Load(), LoadErrors: n.loadErrors.Load(), Joined: n.joined.Load(), Extra: n.extra.Load(), LoadTime: n.loadTime.stats(),
		Tiers: make([]TierStats, len(c.leaves)),
	}
	for i, l := range c.leaves {
		b := l.base()
		s.Tiers[i] = b.counters.stats(b.Path, b.Engine)
	}
	hits, stale, bytes := c.Hot.sum()
	s.Hits += hits
	s.Stale += stale
	s.Tiers[0].Reads += hits + stale
	s.Tiers[0].Hits += hits + stale
	s.Tiers[0].BytesOut += bytes
	s.Tiers[0].Times.Read.Add(c.Hot.times.stats())
	if c.leases != nil {
		s.Leases = c.leases.stats()
	}
	if c.own {
		s.Offload = c.offload.Stats()
	}
	return s
}

// Close ends the use of the cache: what is called afterwards returns ErrClosed.
// It waits for the cache's background work. When ctx ends first, it cancels
// what is left and returns the context's error. A second Close returns nil.
func (c *Core[K, V]) Close(ctx context.Context) error {
	if c.closed.Swap(true) {
		return nil
	}
	err := c.tasks.close(ctx, c.cancel)
	if c.own {
		// All tasks in it were ours and have ended, or have been cancelled.
		done, cancel := context.WithCancel(context.Background())
		if err != nil {
			cancel()
		}
		_ = c.offload.Close(done)
		cancel()
	}
	if c.unregister != nil {
		c.unregister()
	}
	for _, l := range c.leaves {
		l.stop()
	}
	return err
}

// unix returns the current instant in nanoseconds of Unix time.
func (c *Core[K, V]) unix() int64 { return c.Time.unix(c.Time.Now()) }

// lifetime returns the instants of an entry that is stored now.
func (c *Core[K, V]) lifetime(now int64) (stale, expire int64) {
	if c.spec.TTL == 0 {
		return Never, Never
	}
	ttl := c.spec.TTL
	if c.spec.Jitter > 0 {
		ttl += time.Duration((2*rand.Float64() - 1) * c.spec.Jitter * float64(ttl))
	}
	stale = after(now, ttl)
	return stale, after(stale, c.spec.Stale)
}

// gone returns the tick before which an entry has ended that is not kept any more.
func (c *Core[K, V]) gone(now int64) int64 { return subClamp(now, int64(c.spec.FailSafe)) }

// longest returns how long an entry can live by the annotation.
func (c *Core[K, V]) longest() int64 {
	if c.spec.TTL == 0 {
		return Never
	}
	ttl := c.spec.TTL + time.Duration(c.spec.Jitter*float64(c.spec.TTL))
	return int64(ttl + c.spec.Stale)
}

// sleep waits for d and reports false if the cache is closed before.
func (c *Core[K, V]) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-c.tasks.closing():
		return false
	}
}
