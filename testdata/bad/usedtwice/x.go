// Package usedtwice has a tier in two compositions.
package usedtwice

//cachegen:cache key=ID
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier redis = redis
//cachegen:compose inner = memory redis
// want+1:37 `memory is used twice`
//cachegen:compose products = inner memory
type Product struct {
	ID   int64
	Name string
}
