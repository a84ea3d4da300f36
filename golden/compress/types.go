// Package compress compresses what it stores, in every way and in every kind of
// tier.
package compress

// Page is larger than what is stored of it.
//
//cachegen:cache name=GzipCache key=ID ttl=1h
//cachegen:tier gmemory = fastcache(32MiB) compress=gzip max-value=64KiB
//cachegen:tier gredis = redis compress=gzip max-value=64KiB
//cachegen:compose gzip = gmemory gredis refill=always
//cachegen:cache name=ZstdCache key=ID ttl=1h
//cachegen:tier zmemory = fastcache(32MiB)
//cachegen:tier zredis = redis compress=zstd max-value=64KiB ttl=1m
//cachegen:compose zstd = zmemory zredis refill=always
//cachegen:cache name=S2Cache key=ID ttl=1h
//cachegen:tier smemory = fastcache(32MiB) compress=s2
//cachegen:tier sredis = redis codec=json compress=s2 max-value=64KiB
//cachegen:compose s2 = smemory sredis refill=always
//cachegen:cache name=MixedCache key=ID
//cachegen:tier plain = fastcache(32MiB) codec=json
//cachegen:tier fast = backend codec=json compress=s2
//cachegen:tier small = backend codec=json compress=zstd
//cachegen:compose near = plain fast refill=always
//cachegen:compose mixed = near small refill=always
type Page struct {
	ID    int64
	Title Text
	Lines []string
}
