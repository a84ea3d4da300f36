// Package racenested has races inside of races, and with memory.
package racenested

// Doc is read through three tiers.
//
//cachegen:cache name=DeepRace key=ID ttl=1h stale=1h
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier near = backend
//cachegen:tier disk = backend
//cachegen:compose inner = memory near read=race write=race refill=always
//cachegen:compose outer = inner disk read=race write=race refill=always
//cachegen:cache name=DeepParallel key=ID ttl=1h stale=1h
//cachegen:tier memory = fastcache(32MiB) ttl=10m
//cachegen:tier near = backend
//cachegen:tier disk = backend
//cachegen:compose inner = near disk read=parallel write=sequential refill=always
//cachegen:compose outer = memory inner read=parallel write=race refill=always
//cachegen:cache name=Remote key=ID ttl=1h
//cachegen:tier a = backend
//cachegen:tier b = backend
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier d = backend
//cachegen:compose left = a b read=race write=race loser=drop
//cachegen:compose right = memory d read=sequential write=sequential refill=always
//cachegen:compose root = left right read=race write=race refill=always
type Doc struct {
	ID   string
	Text string
}
