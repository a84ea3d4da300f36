package runtime

import (
	"context"
	"time"
)

// Status says what a lookup found.
type Status uint8

const (
	// Miss: no tier has a live entry.
	Miss Status = iota
	// Hit: an entry that is fresh.
	Hit
	// Stale: an entry past its stale instant and before its expiry.
	Stale
	// Absent: it is known that there is no value under the key.
	Absent
)

// String returns the name of the status in lower case.
func (s Status) String() string {
	return [...]string{"miss", "hit", "stale", "absent"}[s&3]
}

// ReadMode says what a lookup asks its caller to do next.
type ReadMode uint8

const (
	// Direct: there is nothing to do.
	Direct ReadMode = iota
	// Refill: the entry came from behind a part that wants a copy. Give it to
	// Store, which writes the tiers in front of its source.
	Refill
)

// String returns the name of the mode in lower case.
func (m ReadMode) String() string {
	return [...]string{"direct", "refill"}[m&1]
}

// Entry is what Lookup returns and Store takes: a value with where it came
// from and how long it lives.
type Entry[V any] struct {
	Value    V         // zero unless Status is Hit or Stale
	Status   Status    // Miss: there is no entry, and the other fields are zero
	Source   string    // path of the tier that answered: "products.redis"; "upstream" when loaded; "" on a miss
	ReadMode ReadMode  // Refill: Store writes the tiers in front of Source
	StaleAt  time.Time // Stale from then on; zero: never
	ExpireAt time.Time // a Miss from then on; zero, or beyond the year 2262: never

	gen    uint64                                          // generation of the key's stripe at the lookup; 0: not looked up
	writ   *writ                                           // what tiers may be written by, if it was looked up
	refill uint64                                          // tiers to write the entry into, if it was looked up
	below  func(ctx context.Context, v V, wait bool) error // refills inside of an inner cache
	grace  time.Duration                                   // how long past ExpireAt an outer cache wants it kept
}

// Raw is what a Backend stores under a key.
type Raw struct {
	Data     []byte    // in the form of the cache that wrote it
	StaleAt  time.Time // zero: never
	ExpireAt time.Time // zero: never
}

// Backend is a tier of the user's own. Its methods may be called from many
// goroutines at once. Read must not change what it has returned, and Write may
// use key and raw.Data only until it returns.
type Backend interface {
	// Label names the backend in logs; the label of the annotation counts in
	// source paths.
	Label() string
	// Read returns what is stored under key. A key that is not there is
	// ok == false without an error.
	Read(ctx context.Context, key []byte) (raw Raw, ok bool, err error)
	// Write stores raw under key and replaces what was there. An entry may be
	// dropped from raw.ExpireAt on.
	Write(ctx context.Context, key []byte, raw Raw) error
	// Remove deletes key and returns how many copies it removed.
	Remove(ctx context.Context, key []byte) (removed int, err error)
}

// Codec turns values into bytes and back for a tier with codec=custom.
type Codec[V any] interface {
	// Append appends the encoding of *v to dst.
	Append(dst []byte, v *V) ([]byte, error)
	// Decode sets *v from src, which holds exactly one encoding. It must not
	// keep src.
	Decode(src []byte, v *V) error
}
