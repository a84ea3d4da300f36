package ottertier

import (
	"hash/maphash"
	"math/bits"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/cachegen/cachegen/runtime"
)

// index is a shorter way to the entries that are asked for: a hit finds its entry here by two
// fetches from memory, where otter takes three and notes who was asked for. It only points out
// entries: whether one counts, it says itself. otter calls left before any look-up of its own can
// miss the entry or find the one that replaces it, so from then on nobody gets it here.
//
// otter has to be asked now and then, since it is what decides who stays. One hit in four is
// enough for it to decide as well as with all of them; while there is room for all, fewer will do.
type index[Q comparable, V any] struct {
	table   atomic.Pointer[table[Q, V]] // nil until somebody has asked for an entry that ends
	entries int                         // of otter, at most
	timed   atomic.Bool                 // some entries end; where none does, no hit needs the clock, nor this
	until   atomic.Int64                // tick until which otter is asked often

	_     [64]byte     // each write would take the line above from all hits
	saved atomic.Int64 // tick of the last entry
	_     [56]byte
}

// table has a place for each hash. Entries whose hashes come to the same place displace each other.
type table[Q comparable, V any] struct {
	shift  uint // of a hash, to have a place
	places []atomic.Pointer[entry[Q, V]]
}

const (
	frequent = 4  // one in so many hits asks otter while something had to go recently
	seldom   = 64 // and otherwise
	recently = time.Minute

	fewest = 64      // places
	most   = 1 << 18 // places: 2 MiB, which a processor's cache has room for
)

func newTable[Q comparable, V any](entries int) *table[Q, V] {
	n := 1 << bits.Len(uint(2*min(max(entries, fewest/2), most/2)-1))
	return &table[Q, V]{uint(bits.LeadingZeros64(uint64(n)) + 1), make([]atomic.Pointer[entry[Q, V]], n)}
}

// place returns which place a hash has.
func (t *table[Q, V]) place(hash uint64) int { return int(hash * multiplier >> (t.shift & 63)) }

// multiplier spreads numbers: it is Knuth's, of multiplicative hashing.
const multiplier = 0x9e3779b97f4a7c15

// oneIn draws one of n ticks, a power of two.
func oneIn(n, now int64) bool { return int64(uint64(now)*multiplier>>32)&(n-1) == 0 }

// find returns what is pointed out for a hash, or nil.
func (x *index[Q, V]) find(hash uint64) *entry[Q, V] {
	t := x.table.Load()
	if t == nil {
		return nil
	}
	return t.places[t.place(hash)].Load()
}

// asks reports whether a hit asks otter. The tick draws, since two hits then need not write to
// the same memory; where the clock stands still, all of them ask, or none.
func (x *index[Q, V]) asks(now int64) bool {
	if now < x.until.Load() {
		return oneIn(frequent, now)
	}
	return oneIn(seldom, now)
}

// put points an entry out that otter has, if it deserves the place.
func (x *index[Q, V]) put(hash uint64, e *entry[Q, V], now int64) {
	t := x.table.Load()
	if t == nil {
		x.table.CompareAndSwap(nil, newTable[Q, V](x.entries))
		t = x.table.Load()
	}
	place := t.place(hash)
	p := &t.places[place]
	old := p.Load()
	if old == e || old != nil && !oneIn(4, now) {
		return // who is asked for often comes again
	}
	e.place.CompareAndSwap(0, int32(place+1))
	p.Store(e)
	if !e.there() { // it left before it was pointed out, or saw to its place itself
		p.CompareAndSwap(e, nil)
	}
}

// saving is called before an entry is given to otter: who finds one that ends has to know that
// some do, and look at the clock. Of an absence, the slow path does that.
func (x *index[Q, V]) saving(e *entry[Q, V], now int64) {
	x.saved.Store(now)
	if e.fresh != runtime.Never && !e.absent && !x.timed.Load() {
		x.timed.Store(true)
	}
}

// left is called by otter before an entry leaves it, or is replaced. The entry's place keeps its
// memory no longer.
func (x *index[Q, V]) left(d otter.DeletionEvent[Q, *entry[Q, V]]) {
	if place := d.Value.place.Swap(gone); place > 0 {
		x.table.Load().places[place-1].CompareAndSwap(d.Value, nil)
	}
	if d.WasEvicted() {
		x.often()
	}
}

// often has otter asked often for a while. All hits read what it writes, so it does that now and
// then only.
func (x *index[Q, V]) often() {
	const enough = recently - recently/64
	if now := x.saved.Load(); x.until.Load() < now+int64(enough) {
		x.until.Store(now + int64(recently))
	}
}

var seed = maphash.MakeSeed()

// Hash returns a hash of a key that is not a number. A number is its own, as a uint64.
func Hash[Q comparable](key Q) uint64 { return maphash.Comparable(seed, key) }

// HashBytes returns a hash of a key's binary form.
func HashBytes(bin []byte) uint64 { return maphash.Bytes(seed, bin) }
