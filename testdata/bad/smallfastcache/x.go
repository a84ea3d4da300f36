// Package smallfastcache has a fastcache that is too small.
package smallfastcache

//cachegen:cache key=ID
// want+1:36 `fastcache: 1MiB is below 32MiB`
//cachegen:tier memory = fastcache(1MiB)
type Product struct {
	ID   int64
	Name string
}
