// Package object has tiers of otter, which keep values as they are: with a copy
// for each caller or one value for all, alone and in front of others.
package object

import "time"

// Small is copied whole by an assignment.
//
//cachegen:cache key=ID ttl=1m
//cachegen:tier smalls = otter(100000)
//cachegen:cache name=SharedSmallCache key=ID ttl=1m
//cachegen:tier smalls = otter(100000) share=readonly
type Small struct {
	ID    int64
	Name  string
	Score float64
	Live  bool
	At    time.Time
}

// Product has everything that a copy has to care for.
//
//cachegen:cache key=ID ttl=10m stale=1m
//cachegen:tier products = otter(1000)
//cachegen:cache name=SharedProductCache key=ID ttl=10m stale=1m
//cachegen:tier shared = otter(1000) share=readonly
//cachegen:cache name=FrontedProductCache key=ID ttl=10m stale=1m
//cachegen:tier near = otter(1000) ttl=1m
//cachegen:tier store = backend
//cachegen:compose fronted = near store refill=always
//cachegen:cache name=DeepProductCache key=ID
//cachegen:tier bytes = fastcache(32MiB)
//cachegen:tier objects = otter(1000)
//cachegen:tier more = otter(1000) share=readonly
//cachegen:tier store = backend
//cachegen:compose both = bytes objects refill=always
//cachegen:compose three = both more refill=always
//cachegen:compose deep = three store refill=always
type Product struct {
	ID       int64
	Name     string
	Tags     []string
	Lists    [][]int
	Attrs    map[string]string
	Groups   map[string][]Variant
	ByRef    map[*int]string
	Maker    Maker
	Variants []Variant
	Pair     [2]Variant
	Nothing  [0][]int
	Parent   *int64
	Chain    **Maker
	First    *Variant
	Created  time.Time
	Updated  *time.Time
	Anon     struct{ Notes []string }
	Blob     []byte
	private  []int
	Call     func() int `cache:"-"`
	Scratch  []int      `cache:"-"`
}

// Maker makes products.
type Maker struct {
	Name  string
	Sites []string
}

// Variant is one way in which a product is sold.
type Variant struct {
	SKU    string
	Sizes  []int
	Draft  bool `cache:"-"`
	Weight float64
}

// Offer is raced for and asked for in parallel.
//
//cachegen:cache name=RacedOfferCache key=ID ttl=10m
//cachegen:tier near = otter(1000)
//cachegen:tier store = backend
//cachegen:compose raced = near store read=race write=race refill=always
//cachegen:cache name=ParallelOfferCache key=ID ttl=10m
//cachegen:tier near = otter(1000)
//cachegen:tier store = backend
//cachegen:compose parallel = near store read=parallel write=sequential refill=always
//cachegen:cache name=NestedOfferCache key=ID ttl=10m
//cachegen:tier a = otter(1000)
//cachegen:tier b = backend
//cachegen:tier c = backend
//cachegen:compose inner = a b write=sequential refill=always
//cachegen:compose outer = inner c write=race refill=always
type Offer struct {
	ID   int64
	Tags []string
}

// Tree contains itself.
//
//cachegen:cache key=Name ttl=1h eager=80%
//cachegen:tier trees = otter(100)
type Tree struct {
	Name     string
	Left     *Tree
	Children []Tree
	ByName   map[string]*Tree
	List     *List
}

// List and Item contain each other.
type List struct {
	Value int
	Items []Item
}

// Item is one of a List.
type Item struct{ Next *List }

// Forest is no struct, and contains itself.
//
//cachegen:cache key=id:int64
//cachegen:tier forests = otter(100)
type Forest []Forest

// Names is no struct.
//
//cachegen:cache key=list:string
//cachegen:tier names = otter(100)
type Names []string

// Visit is cached by instants: two times that are one instant are one key.
//
//cachegen:cache key=At
//cachegen:tier visits = otter(100)
//cachegen:cache name=PlaceVisitCache key=Place,At
//cachegen:tier visits = otter(100)
//cachegen:cache name=CodeVisitCache key=Code
//cachegen:tier visits = otter(100) share=readonly
type Visit struct {
	Place string
	At    time.Time
	Code  Code
	Seen  []string
}

// Code is a key that spells itself: case means nothing to it.
type Code struct{ Text string }
