// Package sorted has caches that store equal values in equal bytes, and copy each
// string.
package sorted

import (
	"net/netip"
	"time"
)

// Names that a key can have a type of.
type (
	Name  string
	Ratio float32
	Pair  [2]Name
)

// Place is a key of several fields.
type Place struct {
	X, Y  int16
	Open  bool
	Name  Name
	Since time.Time
	Near  Pair
	_     int
}

// Index has maps with keys of each kind.
//
//cachegen:cache key=ID strings=own maps=sorted
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier store = backend
//cachegen:compose indexes = memory store
//cachegen:cache name=AnyIndexCache key=ID
//cachegen:tier anymemory = fastcache(32MiB)
//cachegen:tier anystore = backend
//cachegen:compose any_indexes = anymemory anystore
type Index struct {
	ID      int64
	Title   string
	Names   []Name
	Texts   map[string]string
	ByName  map[Name][]string
	Flags   map[bool]int
	Ints    map[int]map[uint8]string
	Ratios  map[Ratio]int
	Complex map[complex128]int
	Times   map[time.Time]string
	Places  map[Place]*string
	Pairs   map[Pair]int
	Arrays  map[[3]bool]string
	Addrs   map[netip.Addr]int
	Anon    map[struct{ A, B int }]string
	Nothing map[struct{}]int
	Tree    map[string]Index
}

// Labels is stored in three formats.
//
//cachegen:cache key=ID maps=sorted
//cachegen:tier binary = backend
//cachegen:tier text = backend codec=json
//cachegen:tier packed = backend codec=msgpack
//cachegen:compose both = binary text
//cachegen:compose labels = both packed
type Labels struct {
	ID     int64
	Labels map[string]string
	Counts map[int]Count
	Deep   []map[string]map[string]int
}

// Count is a value in a map.
type Count struct {
	Zulu  int
	Alpha map[string]bool
}
