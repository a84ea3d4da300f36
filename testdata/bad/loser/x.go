// Package loser has a race against memory that drops the loser.
package loser

//cachegen:cache key=ID
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier redis = redis
// want+1:61 `write=race loser=drop: memory is memory and would always cancel the other part`
//cachegen:compose products = memory redis write=race loser=drop
type Product struct {
	ID   int64
	Name string
}
