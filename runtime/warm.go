package runtime

import "fmt"

// MemoryTier is a tier whose entries lie in the memory of the process, as a package
// sees it that carries them over to the next one.
type MemoryTier struct {
	Path   string // source path: "products.memory"
	Prefix string // how its keys begin, but for their first byte
	Engine MemoryEngine
	time   *Timebase
	warm   func(key []byte, e MemoryEntry) bool
}

// MemoryTiers returns the tiers of a generated cache, given by its Backend, that are
// in the memory of the process and keep encoded values.
func MemoryTiers(cache Backend) ([]MemoryTier, error) {
	c, ok := cache.(interface{ memoryTiers() []MemoryTier })
	if !ok {
		return nil, fmt.Errorf("cachegen: %T is not the Backend() of a generated cache", cache)
	}
	return c.memoryTiers(), nil
}

func (b composed[K, V]) memoryTiers() (tiers []MemoryTier) {
	c := b.core
	for _, l := range c.leaves {
		if m, ok := l.(*MemoryLeaf[K, V]); ok {
			warm := func(key []byte, e MemoryEntry) bool { return c.warm(m, key, e) }
			tiers = append(tiers, MemoryTier{m.Path, c.spec.MemoryPrefix, m.engine, c.Time, warm})
		}
	}
	return tiers
}

// warm puts an entry from an earlier process into memory, unless something has been
// written since this one began, or there is an entry already: both are newer.
func (c *Core[K, V]) warm(l *MemoryLeaf[K, V], key []byte, e MemoryEntry) (ok bool) {
	if c.Closed() {
		return false
	}
	c.fence.stripe(c.fence.index(key)).quiet(key, firstGeneration, func() {
		now := c.Time.Now()
		old, found := l.engine.Load(nil, key)
		if ok = (!found || now >= old.Expire) && now < e.Expire; ok {
			e.Eager = c.nominal(e.Stale)
			l.engine.Save(key, e)
		}
	})
	return ok
}

// Now returns the current instant in nanoseconds of Unix time.
func (t MemoryTier) Now() int64 { return t.time.unix(t.time.Now()) }

// Entry returns the live entry under key. Its instants are not ticks, which mean
// nothing to another process, but nanoseconds of Unix time, or Never.
func (t MemoryTier) Entry(key []byte) (e MemoryEntry, ok bool) {
	e, ok = t.Engine.Load(nil, key)
	if !ok || t.time.Now() >= e.Expire {
		return MemoryEntry{}, false
	}
	e.Stale, e.Expire = t.time.unix(e.Stale), t.time.unix(e.Expire)
	return e, true
}

// Warm puts an entry whose instants are those of Entry into the tier. It reports
// whether it did: what this process has written or found itself is newer.
func (t MemoryTier) Warm(key []byte, e MemoryEntry) bool {
	e.Stale, e.Expire = t.time.tickOf(e.Stale), t.time.tickOf(e.Expire)
	return t.warm(key, e)
}
