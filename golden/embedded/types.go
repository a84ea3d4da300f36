// Package embedded has structs in structs.
package embedded

import "time"

// Base is embedded as a value.
type Base struct {
	ID      int64
	Created time.Time
}

// Owner is embedded by pointer.
type Owner struct {
	Name  string
	Email string
}

type hidden struct {
	Secret string
	level  int
}

// Flags is no struct.
type Flags map[string]bool

// Label is embedded under another name than its type's.
type Label = tag

type tag struct{ Text string }

// File embeds types of every sort.
//
//cachegen:cache key=Path ttl=1m
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier store = backend
//cachegen:compose files = memory store refill=always
type File struct {
	Base
	*Owner
	hidden
	Flags
	Label
	Path string
	Size int64
}
