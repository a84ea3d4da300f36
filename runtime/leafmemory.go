package runtime

// MemoryEngine keeps encoded entries in the process. It answers at once.
type MemoryEngine interface {
	// Load returns what is under key, with instants that are ticks. It may use
	// the room of dst, whose length is 0. ok is false where there is no entry;
	// expired ones may be returned.
	Load(dst, key []byte) (e MemoryEntry, ok bool)
	// Save replaces what is under key. It keeps neither key nor payload.
	Save(key []byte, e MemoryEntry)
	// Drop removes what is under key and reports whether there was a live entry.
	Drop(key []byte, now int64) bool
	// Close frees the memory, unless it is somebody else's.
	Close()
}

// MemoryEntry is an entry of a MemoryEngine.
type MemoryEntry struct {
	Payload       []byte // the encoded value
	Absent        bool   // there is no value under the key, and that is known
	Stale, Expire int64  // ticks of the Timebase; Never, or Stale <= Expire
	Eager         int64  // tick from which on the value is to be reloaded; 0: none

	// Whole is Payload with MemoryFront bytes in front of it, in which Save may write;
	// nil if it has none.
	Whole []byte
}

// MemoryLeaf is a tier over a MemoryEngine.
type MemoryLeaf[K comparable, V any] struct {
	tierBase
	engine MemoryEngine
	core   *Core[K, V]
}

// NewMemoryLeaf returns the tier that info describes, over the engine.
func NewMemoryLeaf[K comparable, V any](info Leaf, engine MemoryEngine) *MemoryLeaf[K, V] {
	return &MemoryLeaf[K, V]{tierBase: tierBase{Leaf: info}, engine: engine}
}

func (l *MemoryLeaf[K, V]) start(c *Core[K, V]) { l.core = c }
func (l *MemoryLeaf[K, V]) stop()               { l.engine.Close() }
func (l *MemoryLeaf[K, V]) instant() bool       { return true }

// Read asks the tier for the keys that have no answer yet.
func (l *MemoryLeaf[K, V]) Read(op *Op[K, V]) {
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
func (l *MemoryLeaf[K, V]) find(op *Op[K, V], s *slot[K, V]) {
	e, ok := l.engine.Load(nil, s.bin)
	if !ok || op.over(e.Absent, e.Expire) {
		l.counters.misses.Add(1)
		return
	}
	l.counters.bytesOut.Add(uint64(len(e.Payload)))
	if !e.Absent {
		if why := op.take(s, &l.tierBase, e.Payload, ""); why != reasonNone {
			l.core.reject(&l.tierBase, why)
			return
		}
	}
	l.alive(op.now < e.Expire)
	s.found(op, l.Index, e.Absent, e.Eager, e.Stale, e.Expire)
}

// Write writes the keys of the operation.
func (l *MemoryLeaf[K, V]) Write(op *Op[K, V], res []Result) {
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

func (l *MemoryLeaf[K, V]) write(op *Op[K, V], s *slot[K, V]) error {
	began := sampled(l.counters.writes.Add(1))
	defer func() { l.counters.times.write.sampledSince(began) }()
	payload, err := op.stored(s, &l.Leaf)
	if err == nil && l.MaxValue > 0 && int64(len(payload)) > l.MaxValue {
		err = ErrTooLarge
	}
	if err != nil {
		l.engine.Drop(s.bin, op.now) // what is there now is older
		return l.core.failed(op.ctx, &l.tierBase, "write", &l.counters.writeErrors, err)
	}
	if s.writ.isRefused() {
		return nil // the other tiers have something newer
	}
	stale, expire := l.cap(op.now, s.stale, s.expire)
	if expire <= op.now {
		if op.mask == everywhere { // it is over already, and so must be what it replaces
			l.engine.Drop(s.bin, op.now)
		}
		return nil
	}
	l.engine.Save(s.bin, MemoryEntry{
		Payload: payload, Absent: s.status == Absent, Stale: stale, Expire: expire,
		Eager: l.core.eagerIn(&l.Leaf, op.now, s), Whole: op.whole(&l.Leaf, payload, MemoryFront),
	})
	l.counters.bytesIn.Add(uint64(len(payload)))
	return nil
}

func (l *MemoryLeaf[K, V]) drop(s *slot[K, V], now int64) bool { return l.engine.Drop(s.bin, now) }

// Remove removes the keys of the operation.
func (l *MemoryLeaf[K, V]) Remove(op *Op[K, V], res []Result) {
	for i := range op.slots {
		began := sampled(l.counters.removes.Add(1))
		res[i] = Result{}
		if l.engine.Drop(op.slots[i].bin, l.core.gone(op.now)) {
			res[i].Removed = 1
		}
		l.counters.times.remove.sampledSince(began)
	}
}

func skip(res []Result) {
	for i := range res {
		res[i] = Result{Skipped: true}
	}
}
