// Package lease has caches whose processes agree on who loads a key, and one whose
// processes do not, for comparison.
package lease

// Page is loaded by one process at a time.
//
//cachegen:cache key=ID ttl=10m stale=10m lease=5s absent=1m
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier redis = redis timeout=1s
//cachegen:compose pages = memory redis refill=always
type Page struct {
	ID   int64
	Text string
}

// Loose is a Page that is loaded by every process.
//
//cachegen:cache key=ID ttl=10m
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier redis = redis timeout=1s
//cachegen:compose looses = memory redis refill=always
type Loose struct {
	ID   int64
	Text string
}

// Line has no memory in front of Redis, and keys that share a slot. Its values are
// loaded again in the background.
//
//cachegen:cache key=Tenant,ID ttl=1m stale=10m on-stale=offload lease=1s slot=Tenant
//cachegen:tier redis = redis timeout=1s
type Line struct {
	Tenant string
	ID     int
	Text   string
}

// Archive has Redis in front of a slower store, and behind another Redis.
//
//cachegen:cache key=ID ttl=10m lease=5s
//cachegen:tier near = redis timeout=1s
//cachegen:tier far = redis timeout=1s
//cachegen:tier store = backend
//cachegen:compose redises = near far refill=always
//cachegen:compose archives = redises store refill=always write=race
type Archive struct {
	ID   int64
	Text string
}
