// Package custom stores values as codecs of the user's encode them.
package custom

// Doc is stored as its text, whatever the codecs make of it.
//
//cachegen:cache key=ID ttl=1h
//cachegen:tier memory = fastcache(32MiB) codec=custom
//cachegen:tier redis = redis codec=custom
//cachegen:compose docs = memory redis refill=always
//cachegen:cache name=ZipCache key=ID
//cachegen:tier only = redis codec=custom compress=gzip
type Doc struct {
	ID   string
	Text []byte
}
