package main

//go:generate go tool cachegen .

// Item is what is cached.
//
//cachegen:cache key=ID ttl=10m
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier redis = redis
//cachegen:compose items = memory redis refill=always
type Item struct {
	ID    int64
	Name  string
	Price float64
	Tags  []string
}
