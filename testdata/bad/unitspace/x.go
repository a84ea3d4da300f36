// Package unitspace has a space in front of a unit.
package unitspace

// want+1:32 `space before the unit "m"\n.*write ttl=10m`
//cachegen:cache key=ID ttl=10 m
// want+1:39 `fastcache: space before the unit "MiB"\n.*write 64MiB`
//cachegen:tier memory = fastcache(64 MiB)
type Product struct {
	ID   int64
	Name string
}
