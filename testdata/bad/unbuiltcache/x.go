// Package unbuiltcache has options of a cache that are not built.
package unbuiltcache

// want+1:45 `lease=5s is not supported yet`
//cachegen:cache name=A key=ID ttl=1h lease=5s
type Product struct {
	ID   int64
	Name string
}
