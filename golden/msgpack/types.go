// Package msgpack stores values as MessagePack, obeying its tags.
package msgpack

import "time"

// Order is read by programs in other languages.
//
//cachegen:cache key=ID ttl=1h
//cachegen:tier memory = fastcache(32MiB) codec=msgpack compress=s2
//cachegen:tier redis = redis codec=msgpack
//cachegen:compose orders = memory redis refill=always
type Order struct {
	ID    int64             `msgpack:"id"`
	Lines []Line            `msgpack:"lines,omitempty"`
	Meta  map[string]string `msgpack:"meta"`
	At    time.Time         `msgpack:"at"`
	Next  *Order            `msgpack:"next"`
	Note  string            `msgpack:"-" cache:"-"`
}

// Line is stored as an array, which _msgpack tells package msgpack.
type Line struct {
	_msgpack struct{} `msgpack:",as_array" cache:"-"`

	SKU   string
	Count int
}
