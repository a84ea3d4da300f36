// Package leaseless has lease= without a tier for it.
package leaseless

// want+1:38 `lease= needs a redis tier: processes agree there on who loads a key`
//cachegen:cache key=ID ttl=1m lease=5s
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier disk = badger
//cachegen:compose pages = memory disk
type Page struct {
	ID   int64
	Text string
}

// Note has one without any tier that is shared.
//
// want+1:31 `lease= needs a redis tier`
//cachegen:cache key=ID lease=5s
//cachegen:tier only = otter(100)
type Note struct {
	ID int64
}
