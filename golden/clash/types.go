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
