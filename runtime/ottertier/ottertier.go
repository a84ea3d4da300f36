package ottertier

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/maypok86/otter/v2"

	"github.com/cachegen/cachegen/runtime"
)

// Tier stores the values of one cache. K is the key of the cache and Q what otter
// is asked by: K, if that is what == compares, or else what the binary key says.
type Tier[K, Q comparable, V any] struct {
	cache *otter.Cache[Q, runtime.Object[V]]
	time  *runtime.Timebase
	ident func(key K, bin []byte) Q

	// moving is held while an entry is out, to be put in again: whoever has to know
	// that there is none looks again when it is free.
	moving sync.RWMutex

	// What lies under raw keys, which a cache uses that has this one as a tier. It
	// comes with the first of them.
	raw     atomic.Pointer[otter.Cache[string, runtime.Object[V]]]
	entries int
}

// New returns a tier of so many entries. Ident makes of a key and its binary form
// what otter is asked by; it must not keep bin.
func New[K, Q comparable, V any](entries int, t *runtime.Timebase, ident func(key K, bin []byte) Q) *Tier[K, Q, V] {
	return &Tier[K, Q, V]{
		cache: otter.Must(&otter.Options[Q, runtime.Object[V]]{MaximumSize: entries}),
		time:  t,
		ident: ident,

		entries: entries,
	}
}

// Get returns the value under key, if there is a live one; its status is then
// runtime.Hit or runtime.Stale. All else is a runtime.Miss, an absence too: the
// slow path tells them apart. Nobody may change what v points to. Now is the tick
// that the entry was compared with, or 0 if it never ends.
//
// The clock comes behind the look-up. Reading it has the processor wait for all that it has
// begun, and until here that includes what the caller does with the value of the hit before:
// in front of the look-up it would wait for that with nothing else to do. What is merely
// prefetched it does not wait for, so that the value is on its way in the meantime.
func (t *Tier[K, Q, V]) Get(key Q) (v *V, status runtime.Status, now int64) {
	o, ok := t.cache.GetIfPresent(key)
	switch {
	case !ok || o.Value == nil:
		return nil, runtime.Miss, 0
	case o.Stale == runtime.Never:
		return o.Value, runtime.Hit, 0
	}
	prefetch(unsafe.Pointer(o.Value))
	now = t.time.Now()
	switch {
	case now < o.Stale:
		return o.Value, runtime.Hit, now
	case now < o.Expire:
		return o.Value, runtime.Stale, now
	}
	return nil, runtime.Miss, now
}

// GetEager is Get for a cache that reloads values eagerly. It says whether that is
// due.
func (t *Tier[K, Q, V]) GetEager(key Q) (v *V, status runtime.Status, now int64, due bool) {
	o, ok := t.cache.GetIfPresent(key)
	if !ok || o.Value == nil {
		return nil, runtime.Miss, 0, false
	}
	prefetch(unsafe.Pointer(o.Value))
	now = t.time.Now()
	switch {
	case now < o.Stale:
		return o.Value, runtime.Hit, now, o.Eager != 0 && now >= o.Eager
	case now < o.Expire:
		return o.Value, runtime.Stale, now, false
	}
	return nil, runtime.Miss, now, false
}

// Load implements runtime.ObjectEngine.
func (t *Tier[K, Q, V]) Load(key K, bin []byte) (o runtime.Object[V], ok bool) {
	if !runtime.RawKey(bin) {
		return load(&t.moving, t.cache, t.ident(key, bin))
	}
	if raw := t.raw.Load(); raw != nil {
		return load(&t.moving, raw, string(bin))
	}
	return o, false
}

func load[Q comparable, V any](moving *sync.RWMutex, c *otter.Cache[Q, runtime.Object[V]], key Q) (o runtime.Object[V], ok bool) {
	if o, ok = c.GetIfPresent(key); ok {
		return o, ok
	}
	moving.RLock()
	defer moving.RUnlock()
	return c.GetIfPresent(key)
}

// Save implements runtime.ObjectEngine.
func (t *Tier[K, Q, V]) Save(key K, bin []byte, o runtime.Object[V], gone int64) {
	if !runtime.RawKey(bin) {
		save(&t.moving, t.cache, t.ident(key, bin), o, gone)
		return
	}
	if t.raw.Load() == nil {
		t.raw.CompareAndSwap(nil, otter.Must(&otter.Options[string, runtime.Object[V]]{MaximumSize: t.entries}))
	}
	save(&t.moving, t.raw.Load(), string(bin), o, gone)
}

// save sets an entry. otter keeps what it is given first beside the key, and what
// replaces that a fetch from memory away, which makes hits slower for as long as the
// entry is there: so what is there is taken out first.
func save[Q comparable, V any](moving *sync.RWMutex, c *otter.Cache[Q, runtime.Object[V]], key Q, o runtime.Object[V], gone int64) {
	if old, ok := c.GetEntryQuietly(key); ok {
		if gone < old.Value.Expire { // somebody can want it
			moving.Lock()
			defer moving.Unlock()
		}
		c.Invalidate(key)
	}
	c.Set(key, o)
}

// Drop implements runtime.ObjectEngine.
func (t *Tier[K, Q, V]) Drop(key K, bin []byte, now int64) bool {
	var o runtime.Object[V]
	var ok bool
	if !runtime.RawKey(bin) {
		o, ok = t.cache.Invalidate(t.ident(key, bin))
	} else if raw := t.raw.Load(); raw != nil {
		o, ok = raw.Invalidate(string(bin))
	}
	return ok && now < o.Expire
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
