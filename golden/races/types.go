// Package races has the caches that explorers of schedules run: their tests prove
// that what the runtime does against races is needed, and enough.
package races

// Item is one version of what a key stands for.
//
//cachegen:cache name=Pair key=Key ttl=10s stale=10s
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier far = backend
//cachegen:compose pair = memory far refill=always
//cachegen:cache name=Line key=Key ttl=10s stale=10s
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier far = backend timeout=120ms
//cachegen:compose line = memory far write=sequential refill=always
//cachegen:cache name=Nest key=Key ttl=10s stale=10s
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier near = backend timeout=120ms
//cachegen:tier far = backend
//cachegen:compose inner = memory near refill=always
//cachegen:compose nest = inner far refill=always
//cachegen:cache name=Deep key=Key ttl=10s stale=10s
//cachegen:tier near = backend
//cachegen:tier far = backend
//cachegen:compose deep = near far refill=always
//cachegen:cache name=Rush key=Key ttl=10s stale=10s
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier near = backend
//cachegen:tier far = backend
//cachegen:compose inner = memory near read=race write=race refill=always
//cachegen:compose rush = inner far read=race write=race refill=always
//cachegen:cache name=Fresh key=Key ttl=10s stale=10s on-stale=offload absent=20s
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier far = backend
//cachegen:compose fresh = memory far refill=always
type Item struct {
	Key     int64
	Version int64
}
