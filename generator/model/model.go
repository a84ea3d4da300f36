package model

import (
	"time"

	"github.com/cachegen/cachegen/policy"
)

// Package is one Go package with annotated types.
type Package struct {
	Name  string
	Path  string
	Files []*File // in the order of their names

	// Scope holds the package-level identifiers that hand-written files
	// declare; generated names and import aliases keep clear of them.
	Scope map[string]bool
}

// File is one source file with directives, and so one generated file.
type File struct {
	Source     string // absolute path of the source file
	Output     string // absolute path of the generated file
	Constraint string // expression of the //go:build line, or ""
	Caches     []*Cache
}

// Cache is one //cachegen:cache block.
type Cache struct {
	Name string // ProductCache
	Type *Type  // the annotated type, always named
	Key  Key

	Namespace   string // namespace= as given, or ""
	TTL         time.Duration
	Stale       time.Duration
	OnStale     policy.OnStale
	Concurrency int
	LoadTimeout time.Duration
	Jitter      float64 // share of the ttl, 0 to 1
	Absent      time.Duration
	FailSafe    time.Duration
	Eager       float64 // share of the ttl, 0 to 1; 0 is off
	Lease       time.Duration
	Slot        string // key field kept together in a Redis Cluster, or ""
	OwnStrings  bool   // strings=own
	SortedMaps  bool   // maps=sorted

	Tiers []*Tier // the leaves of Root, left to right
	Root  *Node
}

// LeaseTier returns the tier in which processes agree on who loads a key, or nil
// without lease=: of several the last one, which more processes share than the others.
func (c *Cache) LeaseTier() *Tier {
	if c.Lease == 0 {
		return nil
	}
	for i := len(c.Tiers) - 1; i >= 0; i-- {
		if c.Tiers[i].Engine == Redis {
			return c.Tiers[i]
		}
	}
	return nil
}

// Prefix is the first part of the keys that the cache uses outside the process.
func (c *Cache) Prefix() string {
	if c.Namespace != "" {
		return c.Namespace
	}
	return c.Root.Label
}

// Key is what a cache is asked by.
type Key struct {
	Parts  []KeyPart
	Fields bool // the parts are fields of the value, not parameters
}

// Struct reports whether the key is a generated struct: it has several parts.
func (k Key) Struct() bool { return len(k.Parts) > 1 }

// Text returns the parts in the order in which the text of a key has them: the one
// that chooses the slot in a Redis Cluster is first, so that it is never cut.
func (k Key) Text(slot string) []KeyPart {
	var first, rest []KeyPart
	for _, p := range k.Parts {
		if p.Path == slot {
			first = append(first, p)
		} else {
			rest = append(rest, p)
		}
	}
	return append(first, rest...)
}

// KeyPart is one field or parameter of a key.
type KeyPart struct {
	Name string // as exported in the key struct: Tenant
	Path string // as annotated: Tenant, or tenant
	Type *Type
}

// Engine names what stores the bytes of a tier.
type Engine string

// The engines that an annotation can name.
const (
	Fastcache Engine = "fastcache"
	Otter     Engine = "otter"
	Redis     Engine = "redis"
	Badger    Engine = "badger"
	Backend   Engine = "backend"
)

// Memory reports whether the engine lives in the process and answers at once.
func (e Engine) Memory() bool { return e == Fastcache || e == Otter }

// Tier is one leaf.
type Tier struct {
	Label    string // as annotated: my_tier
	Field    string // of the config: MyTier
	Path     string // from the root: outer.inner.my_tier
	Engine   Engine
	Size     int64  // bytes of fastcache(size), entries of otter(entries)
	Codec    string // binary, json, msgpack, custom
	Compress string // none, gzip, zstd, s2
	TTL      time.Duration
	Timeout  time.Duration
	MaxValue int64  // bytes; 0 is unlimited
	Share    string // clone or readonly, of otter
}

// Compressed reports whether the tier compresses what it stores.
func (t *Tier) Compressed() bool { return t.Compress != "" && t.Compress != "none" }

// Inflated is how many bytes a value may have before a tier compresses it, as
// package runtime has it.
func (t *Tier) Inflated() int64 {
	if t.MaxValue > 0 {
		return t.MaxValue
	}
	return 64 << 20
}

// Node is a tier or a composition of two nodes.
type Node struct {
	Label  string
	Tier   int // index into Cache.Tiers, or -1 for a composition
	L1, L2 *Node
	Read   policy.Read
	Write  policy.Write
	Refill policy.Refill
	Loser  policy.Loser
}

// Leaf reports whether the node is a tier.
func (n *Node) Leaf() bool { return n.Tier >= 0 }

// Leaves returns the indexes of the tiers below the node, left to right.
func (n *Node) Leaves() []int {
	if n.Leaf() {
		return []int{n.Tier}
	}
	return append(n.L1.Leaves(), n.L2.Leaves()...)
}
