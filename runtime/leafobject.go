package runtime

// Objects is the Format of a tier that keeps values as they are, without
// encoding them.
const Objects = -1

// outside is the format of the tier's values where they leave the cache: that of
// the tier, or the first one, which is not compressed, for values as they are.
func (l *Leaf) outside() int { return max(l.Format, 0) }

// ObjectEngine keeps values in the process as they are. It answers at once. A
// key comes in both of its forms: an engine goes by the one that is the key's
// identity, and by bin if RawKey says so.
type ObjectEngine[K comparable, V any] interface {
	// Load returns what is under a key. Nobody changes the value that it has
	// returned. Expired entries may be returned.
	Load(key K, bin []byte) (Object[V], bool)
	// Save replaces what is under a key, at a tick. It keeps a copy of the struct that the
	// value is, and not bin. Once it has returned, or a look-up has found the new entry, no
	// look-up that begins later finds the old one.
	Save(key K, bin []byte, o Object[V], now int64)
	// Drop removes what is under a key and reports whether there was a live
	// entry.
	Drop(key K, bin []byte, now int64) bool
	// Close frees the memory and ends what works in the background.
	Close()
}

// Object is an entry of an ObjectEngine, with instants that are ticks.
type Object[V any] struct {
	Stale, Expire int64
	Eager         int64 // tick from which on the value is to be reloaded; 0: none
	Value         *V    // nil for an absence
}

// ObjectLeaf is a tier over an ObjectEngine. What it stores is a copy that
// nobody else has; what it hands out is a copy too, unless its callers have
// promised to leave values alone.
type ObjectLeaf[K comparable, V any] struct {
	tierBase
	engine   ObjectEngine[K, V]
	core     *Core[K, V]
	readonly bool
}

// NewObjectLeaf returns the tier that info describes, over the engine. Readonly
// gives the stored value itself to everybody.
func NewObjectLeaf[K comparable, V any](info Leaf, engine ObjectEngine[K, V], readonly bool) *ObjectLeaf[K, V] {
	info.Format = Objects
	return &ObjectLeaf[K, V]{tierBase: tierBase{Leaf: info}, engine: engine, readonly: readonly}
}

func (l *ObjectLeaf[K, V]) start(c *Core[K, V]) { l.core = c }
func (l *ObjectLeaf[K, V]) stop()               { l.engine.Close() }
func (l *ObjectLeaf[K, V]) instant() bool       { return true }

// Read asks the tier for the keys that have no answer yet.
func (l *ObjectLeaf[K, V]) Read(op *Op[K, V]) {
	for i := range op.slots {
		s := &op.slots[i]
		if s.status != Miss {
			continue
		}
		s.err = nil
		began := sampled(l.counters.reads.Add(1))
		l.find(op, s)
		l.counters.times.read.sampledSince(began)
	}
}

// find asks the tier for one key.
func (l *ObjectLeaf[K, V]) find(op *Op[K, V], s *slot[K, V]) {
	o, ok := l.engine.Load(s.key, s.bin)
	if !ok || op.over(o.Value == nil, o.Expire) {
		l.counters.misses.Add(1)
		return
	}
	if o.Value != nil {
		s.object, s.value = o.Value, *o.Value
		if !l.readonly {
			_ = l.core.unshare(&s.value) // it was copied before, when it was stored
		}
	}
	l.alive(op.now < o.Expire)
	s.found(op, l.Index, o.Value == nil, o.Eager, o.Stale, o.Expire)
}

// Write writes the keys of the operation.
func (l *ObjectLeaf[K, V]) Write(op *Op[K, V], res []Result) {
	if !l.selected(op.mask) {
		skip(res)
		return
	}
	skip(res)
	op.behind.unless(func() {
		for i := range op.slots {
			res[i] = Result{Err: l.write(op, &op.slots[i])}
		}
	})
}

func (l *ObjectLeaf[K, V]) write(op *Op[K, V], s *slot[K, V]) error {
	began := sampled(l.counters.writes.Add(1))
	defer func() { l.counters.times.write.sampledSince(began) }()
	v, err := op.object(s)
	if err != nil {
		l.drop(s, op.now) // what is there now is older
		return l.core.failed(op.ctx, &l.tierBase, "write", &l.counters.writeErrors, err)
	}
	if s.writ.isRefused() {
		return nil // the other tiers have something newer
	}
	stale, expire := l.cap(op.now, s.stale, s.expire)
	if expire <= op.now {
		if op.mask == everywhere { // it is over already, and so must be what it replaces
			l.drop(s, op.now)
		}
		return nil
	}
	o := Object[V]{Stale: stale, Expire: expire, Eager: l.core.eagerIn(&l.Leaf, op.now, s), Value: v}
	l.engine.Save(s.key, s.bin, o, op.now)
	return nil
}

func (l *ObjectLeaf[K, V]) drop(s *slot[K, V], now int64) bool {
	return l.engine.Drop(s.key, s.bin, now)
}

// Remove removes the keys of the operation.
func (l *ObjectLeaf[K, V]) Remove(op *Op[K, V], res []Result) {
	for i := range op.slots {
		s := &op.slots[i]
		l.counters.removes.Add(1)
		res[i] = Result{}
		if l.drop(s, l.core.gone(op.now)) {
			res[i].Removed = 1
		}
	}
}
