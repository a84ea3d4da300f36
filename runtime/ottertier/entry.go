package ottertier

import (
	"sync/atomic"
	"unsafe"

	"github.com/cachegen/cachegen/runtime"
)

// entry is what otter keeps under a key. Nothing of it changes but its place. What a hit looks
// at stands in front of the value, so that both come in one fetch from memory.
type entry[Q comparable, V any] struct {
	stale  int64 // a tick
	key    Q
	place  atomic.Int32 // in the index, counted from 1; 0: it was never there; or gone
	absent bool
	value  V
	later  *later // nil: it expires when it is stale, and is not reloaded before
}

// gone is the place of an entry that has left otter, or is about to.
const gone = -1

// later is what most entries need not keep.
type later struct{ expire, eager int64 }

// newEntry returns an entry with a copy of the struct that o's value is.
func newEntry[Q comparable, V any](key Q, o runtime.Object[V]) *entry[Q, V] {
	e := &entry[Q, V]{stale: o.Stale, key: key, absent: o.Value == nil}
	if !e.absent {
		e.value = *o.Value
	}
	if o.Expire != o.Stale || o.Eager != 0 {
		e.later = &later{o.Expire, o.Eager}
	}
	return e
}

// object returns what was saved, but for the place of the value.
func (e *entry[Q, V]) object() runtime.Object[V] {
	o := runtime.Object[V]{Stale: e.stale, Expire: e.expire()}
	if e.later != nil {
		o.Eager = e.later.eager
	}
	if !e.absent {
		o.Value = &e.value
	}
	return o
}

// expire returns the tick from which on the entry is over.
func (e *entry[Q, V]) expire() int64 {
	if e.later == nil {
		return e.stale
	}
	return e.later.expire
}

// due reports whether the value is to be reloaded by now.
func (e *entry[Q, V]) due(now int64) bool {
	return e.later != nil && e.later.eager != 0 && now >= e.later.eager
}

// there reports whether the entry is what otter has under its key.
func (e *entry[Q, V]) there() bool { return e.place.Load() != gone }

// prefetch has the processor fetch what stands in front of the value, and all of a small one. The
// rest of a large one follows as it is copied.
func (e *entry[Q, V]) prefetch() { prefetch(unsafe.Pointer(e)) }
