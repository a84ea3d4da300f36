// Package order has a tier in front of its cache.
package order

// want+1:1 `//cachegen:tier stands in front of the cache that it belongs to`
//cachegen:tier memory = fastcache(32MiB)
//cachegen:cache key=ID
type Product struct {
	ID   int64
	Name string
}
