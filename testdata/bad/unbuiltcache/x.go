// Package unbuiltcache has options of a cache that are not built.
package unbuiltcache

// want+6:57 `on-stale=revalidate is not supported yet`
// want+5:75 `jitter=10% is not supported yet`
// want+4:86 `absent=1m is not supported yet`
// want+3:99 `fail-safe=1h is not supported yet`
// want+2:108 `eager=80% is not supported yet`
// want+1:118 `lease=5s is not supported yet`
//cachegen:cache name=A key=ID ttl=1h stale=1m on-stale=revalidate jitter=10% absent=1m fail-safe=1h eager=80% lease=5s
// want+2:48 `on-stale=offload is not supported yet`
// want+1:68 `concurrency=2 is not supported yet`
//cachegen:cache name=B key=ID ttl=1h on-stale=offload concurrency=2
type Product struct {
	ID   int64
	Name string
}
