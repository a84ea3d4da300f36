// Package clash declares the names that generated code would like to have.
package clash

import "time"

var (
	redis     = 1
	binary    = 2
	cachert   = 3
	fastcache = "x"
	fasttier  = "y"
	context   = 4
	strconv   = 5
	math      = 6
)

func sizeItem() int                  { return redis + binary + cachert + context + strconv + math }
func appendItemCacheKey() string     { return fastcache + fasttier }
func itemCachePrefix() (int, string) { return sizeItem(), appendItemCacheKey() }

var _ = itemCachePrefix

// Item has a field of a package whose name is taken.
//
//cachegen:cache key=ID ttl=1m
type Item struct {
	ID    string
	Score float64
	Count int
	At    time.Time
}

// The names of these types are those of variables of generated functions.
type (
	left map[string]head
	head struct {
		Text  text
		Stale stale
		Now   map[now]text
	}
	text  string
	stale []byte
	now   int
)

// due is annotated, and its name is one of them too.
//
//cachegen:cache name=DueCache key=ID:string ttl=10m eager=50%
//cachegen:tier memory = fastcache(32MiB)
type due struct {
	Left  left
	Other left
}
