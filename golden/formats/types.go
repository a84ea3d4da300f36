// Package formats stores one type in two formats.
package formats

import "time"

// Event is binary in memory and JSON in Redis, where others read it.
//
//cachegen:cache key=ID ttl=5m namespace=events-v1
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier redis = redis codec=json timeout=150ms max-value=64KiB ttl=2m
//cachegen:compose events = memory redis refill=always
//cachegen:cache name=EventJSON key=ID ttl=5m
//cachegen:tier jmemory = fastcache(32MiB) codec=json
//cachegen:tier jredis = redis codec=json
//cachegen:compose jevents = jmemory jredis refill=always
type Event struct {
	ID   string            `json:"id"`
	Kind string            `json:"kind,omitempty"`
	Data map[string]string `json:"data"`
	At   time.Time         `json:"at"`
	Note string            `json:"-" cache:"-"`
}
