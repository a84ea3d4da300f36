// Package nested has compositions of compositions, over backends that a test can
// make fail.
package nested

// Doc is read through three tiers; every level refills.
//
//cachegen:cache key=ID ttl=1h stale=10m
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier near = backend timeout=1s
//cachegen:tier disk = backend timeout=1s
//cachegen:compose inner = memory near refill=always
//cachegen:compose outer = inner disk refill=always
//cachegen:cache name=DocNever key=ID ttl=1h
//cachegen:tier l1 = backend
//cachegen:tier l2 = backend
//cachegen:compose docs = l1 l2 write=sequential
//cachegen:cache name=DocMixed key=ID ttl=1h
//cachegen:tier memory = fastcache(32MiB) ttl=1m
//cachegen:tier near = backend
//cachegen:tier disk = backend ttl=30m
//cachegen:compose inner = memory near refill=never write=sequential
//cachegen:compose outer = inner disk refill=always write=sequential
//cachegen:cache name=DocFour key=ID ttl=1h
//cachegen:tier a = backend
//cachegen:tier b = backend
//cachegen:tier c = backend
//cachegen:tier d = backend
//cachegen:compose left = a b refill=always
//cachegen:compose right = c d refill=always
//cachegen:compose four = left right refill=always
type Doc struct {
	ID   string
	Text string
}
