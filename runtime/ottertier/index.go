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
	places []atomic.Pointer[entry[Q, V]] // entries whose hashes come to the same place displace each other
	shift  uint                          // of a hash, to have a place
	timed  atomic.Bool                   // some entries end; where none does, no hit needs the clock, nor this
	until  atomic.Int64                  // tick until which otter is asked often

	_     [64]byte     // each write would take the line above from all hits
	saved atomic.Int64 // tick of the last entry
	_     [56]byte
}

const (
	often    = 4  // one in so many hits asks otter while something had to go recently
	seldom   = 64 // and otherwise
	recently = time.Minute

	fewest = 64      // places
	most   = 1 << 18 // places: 2 MiB, which a processor's cache has room for
)

func (x *index[Q, V]) init(entries int) {
	n := 1 << bits.Len(uint(2*min(max(entries, fewest/2), most/2)-1))
	x.places, x.shift = make([]atomic.Pointer[entry[Q, V]], n), uint(bits.LeadingZeros64(uint64(n))+1)
}

// place returns which place a hash has.
func (x *index[Q, V]) place(hash uint64) int { return int(hash * multiplier >> (x.shift & 63)) }

// multiplier spreads numbers: it is Knuth's, of multiplicative hashing.
const multiplier = 0x9e3779b97f4a7c15

// oneIn draws one of n ticks, a power of two.
func oneIn(n, now int64) bool { return int64(uint64(now)*multiplier>>32)&(n-1) == 0 }

// asks reports whether a hit asks otter.
func (x *index[Q, V]) asks(now int64) bool {
	if now < x.until.Load() {
		return oneIn(often, now)
	}
	return oneIn(seldom, now)
}

// put points an entry out that otter has, if it deserves the place.
func (x *index[Q, V]) put(place int, e *entry[Q, V], now int64) {
	p := &x.places[place]
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

// saving is called before an entry is given to otter.
func (x *index[Q, V]) saving(stale, now int64) {
	x.saved.Store(now)
	if stale != runtime.Never && !x.timed.Load() {
		x.timed.Store(true)
	}
}

// left is called by otter before an entry leaves it, or is replaced. The entry's place keeps its
// memory no longer.
func (x *index[Q, V]) left(d otter.DeletionEvent[Q, *entry[Q, V]]) {
	if place := d.Value.place.Swap(gone); place > 0 {
		x.places[place-1].CompareAndSwap(d.Value, nil)
	}
	if d.WasEvicted() {
		x.until.Store(x.saved.Load() + int64(recently))
	}
}

var seed = maphash.MakeSeed()

// Hash returns a hash of a key that is not a number. A number is its own, as a uint64.
func Hash[Q comparable](key Q) uint64 { return maphash.Comparable(seed, key) }

// HashBytes returns a hash of a key's binary form.
func HashBytes(bin []byte) uint64 { return maphash.Bytes(seed, bin) }
