// Package atruntime composes caches at run time, and holds them to the same
// composition in an annotation.
package atruntime

// Doc is in all caches.
//
//cachegen:cache name=Annotated key=ID ttl=1h stale=10m
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier near = backend
//cachegen:tier disk = backend
//cachegen:compose inner = memory near refill=always
//cachegen:compose outer = inner disk refill=always
//cachegen:cache name=Inner key=ID ttl=1h stale=10m
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier near = backend
//cachegen:compose docs = memory near refill=always
//cachegen:cache name=Outer key=ID ttl=1h stale=10m
//cachegen:tier inner = backend
//cachegen:tier disk = backend
//cachegen:compose outer = inner disk refill=always
type Doc struct {
	ID   string
	Tags []string
}
