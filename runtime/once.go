package runtime

import (
	"hash/maphash"
	"math/bits"
)

// once finds out which keys are there again. A map would do, for twice the computing:
// it keeps the keys, has to be grown, and to be emptied one by one.
type once[K comparable] struct {
	seed   maphash.Seed
	places []uint32 // where each key is among those taken, and one more; 0: none
}

// each appends the keys to taken, each once.
func (o *once[K]) each(taken, keys []K) []K {
	if n := 1 << bits.Len(uint(2*len(keys))); n > len(o.places) {
		o.seed, o.places = maphash.MakeSeed(), make([]uint32, n)
	}
	clear(o.places) // first: comparing keys may have panicked in the middle of the last batch
	last := uint64(len(o.places) - 1)
next:
	for _, key := range keys {
		at := maphash.Comparable(o.seed, key) & last
		for ; o.places[at] != 0; at = (at + 1) & last {
			if taken[o.places[at]-1] == key {
				continue next
			}
		}
		taken = append(taken, key)
		o.places[at] = uint32(len(taken))
	}
	return taken
}
