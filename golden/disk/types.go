// Package disk has tiers of badger, which outlive the process.
package disk

import "time"

// Page is kept in memory and on the disk.
//
//cachegen:cache key=URL ttl=1h stale=1m
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier disk = badger max-value=256KiB
//cachegen:compose pages = memory disk refill=always
//cachegen:cache name=StoredPageCache key=URL
//cachegen:tier disk = badger
//cachegen:cache name=NearPageCache key=URL ttl=1h
//cachegen:tier objects = otter(100)
//cachegen:tier disk = badger codec=json compress=s2
//cachegen:compose near = objects disk refill=always
//cachegen:cache name=FarPageCache key=URL ttl=1h
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier redis = redis
//cachegen:tier disk = badger
//cachegen:compose inner = memory redis refill=always
//cachegen:compose outer = inner disk refill=always
type Page struct {
	URL     string
	Title   string
	Body    []byte
	Links   []string
	Fetched time.Time
}
