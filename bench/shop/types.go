// Package shop has the values that are measured, and our caches of them.
package shop

import "time"

//go:generate go tool cachegen .
//go:generate go tool msgp -file=types.go -o=types_msgp.go -tests=false -io=false

// Small has no pointers but for one string.
//
//cachegen:cache name=SmallMemory key=ID ttl=10m
//cachegen:tier memory = fastcache(256MiB)
//cachegen:cache name=SmallObject key=ID ttl=10m
//cachegen:tier objects = otter(100000)
//cachegen:cache name=SmallShared key=ID ttl=10m
//cachegen:tier objects = otter(100000) share=readonly
//cachegen:cache name=SmallMillion key=ID ttl=10m
//cachegen:tier objects = otter(1000000) share=readonly
//cachegen:cache name=SmallRedis key=ID ttl=10m
//cachegen:tier redis = redis
type Small struct {
	ID    int64
	Name  string
	Score float64
	Live  bool
	At    time.Time
}

// Product has fields of many kinds and takes about 900 bytes encoded.
//
//cachegen:cache name=ProductMemory key=ID ttl=10m
//cachegen:tier memory = fastcache(256MiB)
//cachegen:cache name=ProductObject key=ID ttl=10m
//cachegen:tier objects = otter(100000)
//cachegen:cache name=ProductShared key=ID ttl=10m
//cachegen:tier objects = otter(100000) share=readonly
//cachegen:cache name=ProductRedis key=ID ttl=10m
//cachegen:tier redis = redis
//cachegen:cache name=ProductTiers key=ID ttl=10m
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier redis = redis
//cachegen:compose products = memory redis refill=always
//cachegen:cache name=ProductHot key=ID ttl=10m
//cachegen:tier objects = otter(32000) share=readonly
//cachegen:tier redis = redis
//cachegen:compose products = objects redis refill=always
type Product struct {
	ID          int64
	SKU         string
	Name        string
	Description string
	Price       float64
	Stock       int64
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
	City    string
}

// Variant is one way in which a product is sold.
type Variant struct {
	SKU   string
	Color string
	Size  string
	Price float64
}

// Blob is a name and bytes of any number.
//
//cachegen:cache name=BlobMemory key=ID:int64 ttl=10m
//cachegen:tier memory = fastcache(256MiB)
//cachegen:cache name=BlobRedis key=ID:int64 ttl=10m
//cachegen:tier redis = redis max-value=4MiB
type Blob struct {
	Name string
	Data []byte
}

// Deep is Small once more, in more and more tiers, the last of which has it.
//
//cachegen:cache name=DeepOne key=ID ttl=10m
//cachegen:tier redis = redis
//cachegen:cache name=DeepTwo key=ID ttl=10m
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier redis = redis
//cachegen:compose two = memory redis refill=never
//cachegen:cache name=DeepThree key=ID ttl=10m
//cachegen:tier objects = otter(1000)
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier redis = redis
//cachegen:compose three = objects inner refill=never
//cachegen:compose inner = memory redis refill=never
//cachegen:cache name=DeepFour key=ID ttl=10m
//cachegen:tier objects = otter(1000)
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier more = fastcache(32MiB)
//cachegen:tier redis = redis
//cachegen:compose four = objects inner refill=never
//cachegen:compose inner = memory innermost refill=never
//cachegen:compose innermost = more redis refill=never
type Deep struct {
	ID    int64
	Name  string
	Score float64
	Live  bool
	At    time.Time
}
