package ottertier

import (
	"sync/atomic"

	"github.com/maypok86/otter/v2"

	"github.com/cachegen/cachegen/runtime"
)

// Tier stores the values of one cache. K is the key of the cache and Q what otter
// is asked by: K, if that is what == compares, or else what the binary key says.
type Tier[K, Q comparable, V any] struct {
	cache *otter.Cache[Q, *entry[Q, V]]
	index index[Q, V]
	time  *runtime.Timebase
	ident func(key K, bin []byte) Q

	// What lies under raw keys, which a cache uses that has this one as a tier. It
	// comes with the first of them.
	raw atomic.Pointer[otter.Cache[string, *entry[string, V]]]
}

// New returns a tier of so many entries. Ident makes of a key and its binary form
// what otter is asked by; it must not keep bin.
func New[K, Q comparable, V any](entries int, t *runtime.Timebase, ident func(key K, bin []byte) Q) *Tier[K, Q, V] {
	tier := &Tier[K, Q, V]{time: t, ident: ident}
	tier.index.entries = entries
	tier.cache = otter.Must(&otter.Options[Q, *entry[Q, V]]{MaximumSize: entries, OnAtomicDeletion: tier.index.left})
	return tier
}

// Get returns the value under key, if there is a live one; its status is then
// runtime.Hit or runtime.Stale. All else is a runtime.Miss, an absence too: the
// slow path tells them apart. Nobody may change what v points to. Now is the tick
// that the entry was compared with, or 0 if the clock was not read, as where
// nothing ends. Equal keys have equal hashes: see Hash.
func (t *Tier[K, Q, V]) Get(key Q, hash uint64) (v *V, status runtime.Status, now int64) {
	e, now := t.find(key, hash)
	switch {
	case e == nil:
		return nil, runtime.Miss, 0
	case now < e.fresh:
		return &e.value, runtime.Hit, now
	}
	v, status = e.aged(now)
	return v, status, now
}

// GetEager is Get for a cache that reloads values eagerly. It says whether that is
// due.
func (t *Tier[K, Q, V]) GetEager(key Q, hash uint64) (v *V, status runtime.Status, now int64, due bool) {
	e, now := t.find(key, hash)
	switch {
	case e == nil:
		return nil, runtime.Miss, 0, false
	case now < e.fresh:
		return &e.value, runtime.Hit, now, false
	}
	v, status = e.aged(now)
	return v, status, now, status == runtime.Hit
}

// find returns the entry under key, which may be over at now, or nil. An absence is none.
//
// Reading the clock has the processor wait for all loads that it has begun, but not for what is
// merely prefetched: so the entry is on its way meanwhile.
func (t *Tier[K, Q, V]) find(key Q, hash uint64) (e *entry[Q, V], now int64) {
	if e = t.index.find(hash); e != nil {
		e.prefetch()
		now = t.time.Now()
		if e.key == key && e.there() && !t.index.asks(now) {
			return e, now
		}
	}
	return t.ask(key, hash, now)
}

// ask is find by way of otter, which learns from it what is asked for. Now is 0 if the clock
// has not been read.
func (t *Tier[K, Q, V]) ask(key Q, hash uint64, now int64) (*entry[Q, V], int64) {
	e, ok := t.cache.GetIfPresent(key)
	if !ok {
		return nil, 0
	}
	if now == 0 && t.index.timed.Load() {
		e.prefetch()
		now = t.time.Now()
	}
	if e.absent {
		return nil, 0
	}
	if now != 0 {
		t.index.put(hash, e, now)
	}
	return e, now
}

// Load implements runtime.ObjectEngine.
func (t *Tier[K, Q, V]) Load(key K, bin []byte) (o runtime.Object[V], ok bool) {
	if !runtime.RawKey(bin) {
		return load(t.cache, t.ident(key, bin))
	}
	if raw := t.raw.Load(); raw != nil {
		return load(raw, string(bin))
	}
	return o, false
}

func load[Q comparable, V any](c *otter.Cache[Q, *entry[Q, V]], key Q) (o runtime.Object[V], ok bool) {
	e, ok := c.GetIfPresent(key)
	if !ok {
		return o, false
	}
	return e.object(), true
}

// Save implements runtime.ObjectEngine.
func (t *Tier[K, Q, V]) Save(key K, bin []byte, o runtime.Object[V], now int64) {
	if !runtime.RawKey(bin) {
		q := t.ident(key, bin)
		e := newEntry(q, o)
		t.index.saving(e, now) // before anybody can find it
		t.cache.Set(q, e)
		return
	}
	if t.raw.Load() == nil {
		t.raw.CompareAndSwap(nil, otter.Must(&otter.Options[string, *entry[string, V]]{MaximumSize: t.index.entries}))
	}
	q := string(bin)
	t.raw.Load().Set(q, newEntry(q, o))
}

// Drop implements runtime.ObjectEngine.
func (t *Tier[K, Q, V]) Drop(key K, bin []byte, now int64) bool {
	if !runtime.RawKey(bin) {
		e, ok := t.cache.Invalidate(t.ident(key, bin))
		return ok && e.alive(now)
	}
	if raw := t.raw.Load(); raw != nil {
		e, ok := raw.Invalidate(string(bin))
		return ok && e.alive(now)
	}
	return false
}

// Close implements runtime.ObjectEngine.
func (t *Tier[K, Q, V]) Close() {
	t.cache.InvalidateAll()
	t.cache.StopAllGoroutines()
	if raw := t.raw.Load(); raw != nil {
		raw.InvalidateAll()
		raw.StopAllGoroutines()
	}
}
