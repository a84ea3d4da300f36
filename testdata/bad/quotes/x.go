// Package quotes has quotes in the wrong place.
package quotes

// want+1:35 `quotes go around the whole argument, not around the value of namespace`
//cachegen:cache key=ID namespace="my shop" "ttl=10m"
// want+1:43 `malformed quoted argument`
//cachegen:tier memory = fastcache(32MiB) "codec=binary
type Product struct {
	ID   int64
	Name string
}
