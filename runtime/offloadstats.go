package runtime

import (
	"maps"
	"slices"
	"strings"
)

// OffloadStats are the counters of an Offload since it was made.
type OffloadStats struct {
	Kinds []KindStats // in the order of their names
}

// KindStats are the counters of one kind of background work: "refill".
type KindStats struct {
	Kind         string
	Started      uint64 // tasks that began to run
	Done         uint64 // tasks that have ended, well or not
	Shed         uint64 // tasks that there was no room for, or that Close has not waited for
	Deduplicated uint64 // tasks not taken, since one for the same key was there
	Panicked     uint64 // tasks that have panicked, or left their goroutine
	TimedOut     uint64 // tasks that took longer than the options allow
	Running      uint64 // tasks that run now
	Queued       uint64 // tasks that wait now
}

// Stats returns the counters by kind of work.
func (o *Offload) Stats() OffloadStats {
	o.mu.Lock()
	defer o.mu.Unlock()
	if n := o.shed.Swap(0); n > 0 {
		o.of(kindReload).Shed += n
	}
	var s OffloadStats
	for _, k := range o.kinds {
		s.Kinds = append(s.Kinds, *k)
	}
	slices.SortFunc(s.Kinds, func(a, b KindStats) int { return strings.Compare(a.Kind, b.Kind) })
	return s
}

// Dropped returns how many tasks there was no room for, and how many Close has not
// waited for.
func (o *Offload) Dropped() (n uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for k := range maps.Values(o.kinds) {
		n += k.Shed
	}
	return n + o.shed.Load()
}

// of returns the counters of a kind. The lock must be held.
func (o *Offload) of(kind string) *KindStats {
	k := o.kinds[kind]
	if k == nil {
		k = &KindStats{Kind: kind}
		o.kinds[kind] = k
	}
	return k
}

// count changes the counters of a kind.
func (o *Offload) count(kind string, change func(*KindStats)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change(o.of(kind))
}

func (k *KindStats) start() {
	k.Started++
	k.Running++
}

func (k *KindStats) end() {
	k.Done++
	k.Running--
}
