// Package unusedtier has a tier that no composition uses.
package unusedtier

//cachegen:cache key=ID
//cachegen:tier memory = fastcache(32MiB)
// want+1:17 `tier disk is not used`
//cachegen:tier disk = backend
//cachegen:tier redis = redis
//cachegen:compose products = memory redis
type Product struct {
	ID   int64
	Name string
}
