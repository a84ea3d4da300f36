package ottertier

import (
	"sync/atomic"
	"unsafe"

	"github.com/cachegen/cachegen/runtime"
)

// entry is what otter keeps under a key. Nothing of it changes but its place. What a hit looks
// at stands in front of the value, so that both come in one fetch from memory.
type entry[Q comparable, V any] struct {
	fresh  int64 // tick from which on there is more to say than the value: see later
	key    Q
	place  atomic.Int32 // in the index, counted from 1; 0: it was never there; or gone
	absent bool
	value  V
	later  *later // nil: it is over then
}

// gone is the place of an entry that has left otter, or is about to.
const gone = -1

// later is how an entry ages that is not over as soon as it is no longer fresh: it is due to be
// reloaded from fresh on, stale from stale on, and over from expire on.
type later struct{ stale, expire int64 }

// newEntry returns an entry with a copy of the struct that o's value is.
func newEntry[Q comparable, V any](key Q, o runtime.Object[V]) *entry[Q, V] {
	e := &entry[Q, V]{fresh: o.Stale, key: key, absent: o.Value == nil}
	if !e.absent {
		e.value = *o.Value
	}
	if o.Eager != 0 && o.Eager < o.Stale {
		e.fresh = o.Eager
	}
	if e.fresh != o.Expire {
		e.later = &later{o.Stale, o.Expire}
	}
	return e
}

// object returns what was saved, but for the place of the value.
func (e *entry[Q, V]) object() runtime.Object[V] {
	o := runtime.Object[V]{}
	if o.Stale, o.Expire = e.ends(); o.Stale != e.fresh {
		o.Eager = e.fresh
	}
	if !e.absent {
		o.Value = &e.value
	}
	return o
}

// ends returns the ticks from which on the entry is stale, and over.
func (e *entry[Q, V]) ends() (stale, expire int64) {
	if e.later == nil {
		return e.fresh, e.fresh
	}
	return e.later.stale, e.later.expire
}

// aged returns the value of an entry that is no longer fresh, if it is not over.
func (e *entry[Q, V]) aged(now int64) (*V, runtime.Status) {
	switch stale, expire := e.ends(); {
	case now < stale:
		return &e.value, runtime.Hit
	case now < expire:
		return &e.value, runtime.Stale
	}
	return nil, runtime.Miss
}

// alive reports whether the entry is not over.
func (e *entry[Q, V]) alive(now int64) bool {
	_, expire := e.ends()
	return now < expire
}

// there reports whether otter has not let go of the entry.
func (e *entry[Q, V]) there() bool { return e.place.Load() != gone }

// prefetch has the processor fetch what stands in front of the value, and all of a small one. The
// rest of a large one follows as it is copied.
func (e *entry[Q, V]) prefetch() { prefetch(unsafe.Pointer(e)) }
