// Package duplicateoption has an option given twice.
package duplicateoption

// want+1:32 `option ttl is given twice, first with "1m"`
//cachegen:cache key=ID ttl=1m ttl=2m
// want+1:56 `option codec is given twice`
//cachegen:tier memory = fastcache(32MiB) codec=binary codec=binary
type Product struct {
	ID   int64
	Name string
}
