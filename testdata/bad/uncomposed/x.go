// Package uncomposed has several tiers without a composition.
package uncomposed

//cachegen:cache key=ID
//cachegen:tier memory = fastcache(32MiB)
// want+1:17 `tiers memory and redis are not composed\n.*//cachegen:compose product = memory redis`
//cachegen:tier redis = redis
type Product struct {
	ID   int64
	Name string
}
