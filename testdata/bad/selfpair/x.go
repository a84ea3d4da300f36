// Package selfpair has a tier composed with itself.
package selfpair

//cachegen:cache key=ID
//cachegen:tier memory = fastcache(32MiB)
// want+1:38 `memory is used twice`
//cachegen:compose products = memory memory
type Product struct {
	ID   int64
	Name string
}
