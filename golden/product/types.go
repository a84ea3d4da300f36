// Package product is the main case: a struct of everyday fields, in memory and in
// Redis.
package product

import "time"

// Product is one line of the catalogue.
//
//cachegen:cache key=ID ttl=10m stale=1m
//cachegen:tier memory = fastcache(64MiB)
//cachegen:tier redis = redis
//cachegen:compose products = memory redis read=sequential write=optimistic refill=always
type Product struct {
	ID          int64
	SKU         string
	Name        string
	Description string
	Price       float64
	Stock       int
	Active      bool
	Tags        []string
	Attributes  map[string]string
	Maker       Maker
	Variants    []Variant
	Parent      *int64
	Created     time.Time
	Updated     time.Time
	Warranty    time.Duration
}

// Maker makes products.
type Maker struct {
	Name    string
	Country string
}

// Variant is one way in which a product is sold.
type Variant struct {
	SKU   string
	Color string
	Size  string
	Price float64
}

// Small has no pointers but for one string.
//
//cachegen:cache key=ID ttl=1m
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier redis = redis
//cachegen:compose smalls = memory redis refill=always
type Small struct {
	ID    int64
	Name  string
	Score float64
	Live  bool
	At    time.Time
}
