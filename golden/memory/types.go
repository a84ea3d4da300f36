// Package memory has caches of one tier: they link no Redis client.
package memory

// Point has no pointers: a hit allocates nothing.
//
//cachegen:cache key=ID ttl=1m
//cachegen:tier points = fastcache(32MiB)
type Point struct {
	ID   uint32
	X, Y float64
	Live bool
	Tag  [8]byte
}

// Note has strings: a hit makes one, and cuts the others from it.
//
//cachegen:cache key=ID
//cachegen:tier notes = fastcache(32MiB)
type Note struct {
	ID, Title, Body string
	Labels          []string
}

// Count is no struct.
//
//cachegen:cache key=name:string
//cachegen:tier counts = fastcache(32MiB)
type Count int64

// Names is no struct either.
//
//cachegen:cache key=list:string
//cachegen:tier names = fastcache(32MiB)
//cachegen:cache name=Twice key=list:string
//cachegen:tier near = fastcache(32MiB) ttl=1s
//cachegen:tier far = fastcache(64MiB)
//cachegen:compose twice = near far refill=always
type Names []string
