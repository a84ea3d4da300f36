package main

//go:generate go tool cachegen

// Product is one line of the catalogue.
//
//cachegen:cache key=ID ttl=10m stale=1m
//cachegen:tier memory = fastcache(64MiB)
//cachegen:tier redis = redis
//cachegen:compose products = memory redis refill=always
type Product struct {
	ID    int64
	Name  string
	Price float64
	Tags  []string
}
