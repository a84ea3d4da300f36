package runtime

import "time"

// Leaf says what generated code knows of one tier.
type Leaf struct {
	Index    int           // left to right
	Path     string        // from the root: "products.redis"
	Engine   string        // as annotated
	Format   int           // index of its format in the Spec
	TTL      time.Duration // cap of the tier; 0: none
	Timeout  time.Duration // 0: none
	MaxValue int64         // in bytes; 0: any
	Refill   uint64        // tiers that a hit here is written into, by index
}

// tierBase is what all leaves have.
type tierBase struct {
	Leaf
	counters tierCounters
	warnings limiter
}

// Tier is one leaf of a composition.
type Tier[K comparable, V any] interface {
	Part[K, V]
	base() *tierBase
	start(c *Core[K, V])
	stop()
}

func (l *tierBase) base() *tierBase { return l }

// alive counts an entry that was found, and that may be of use after its life.
func (l *tierBase) alive(live bool) {
	if live {
		l.counters.hits.Add(1)
	} else {
		l.counters.misses.Add(1)
	}
}

// cap applies the tier's ttl= to the instants of an entry.
func (l *Leaf) cap(now, stale, expire int64) (int64, int64) {
	if l.TTL > 0 {
		limit := after(now, l.TTL)
		stale, expire = min(stale, limit), min(expire, limit)
	}
	return stale, expire
}

// selected reports whether the operation writes this tier.
func (l *Leaf) selected(mask uint64) bool { return mask>>l.Index&1 == 1 }
