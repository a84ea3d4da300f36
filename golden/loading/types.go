// Package loading has a cache for each way in which a value can be loaded: its tests
// are about when that happens, and what the callers get.
package loading

// Page is a value with memory that callers could share by mistake.
//
//cachegen:cache name=Return key=ID ttl=10m stale=10m concurrency=3
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier far = backend
//cachegen:compose return = memory far refill=always
//cachegen:cache name=Revalidate key=ID ttl=10m stale=10m on-stale=revalidate
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier far = backend
//cachegen:compose revalidate = memory far refill=always
//cachegen:cache name=Offload key=ID ttl=10m stale=10m on-stale=offload absent=1m
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier far = backend
//cachegen:compose offload = memory far refill=always
//cachegen:cache name=Eager key=ID ttl=10m eager=80% jitter=10%
//cachegen:tier memory = fastcache(32MiB) ttl=5m
//cachegen:tier far = backend
//cachegen:compose eager = memory far refill=always
//cachegen:cache name=Safe key=ID ttl=10m fail-safe=1h absent=1m
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier redis = redis
//cachegen:compose safe = memory redis refill=always
//cachegen:cache name=Objects key=ID ttl=10m stale=10m on-stale=offload eager=50% fail-safe=1h
//cachegen:tier memory = otter(1000)
//cachegen:tier far = backend
//cachegen:compose objects = memory far refill=always
//cachegen:cache name=Fifth key=ID ttl=1h
//cachegen:tier memory = otter(1000)
//cachegen:tier redis = redis timeout=5s
//cachegen:compose fifth = memory redis refill=always
//cachegen:cache name=Strict key=ID,Lang ttl=10m stale=10m on-stale=revalidate eager=50%
//cachegen:tier memory = otter(1000) share=readonly
type Page struct {
	ID    int64
	Lang  string
	Lines []string
}
