package runtime

import "context"

const (
	// keyRoom is how long most binary keys are at most.
	keyRoom = 32
	// keptSlots is how many slots an operation keeps for the next one: a batch of that
	// many must not cost a garbage collection, and a larger one may.
	keptSlots = 256
)

// bulk is what an operation on a batch needs besides, kept for the next one.
type bulk[K comparable, V any] struct {
	seen  map[K]struct{}
	slots []slot[K, V]
	encs  [][]byte // of the slots, by format
	bins  []byte   // the binary keys
	text  []byte   // where all text keys are spelled, one behind the other
	ends  []int    // of each in text
	keys  lent[string]
	reads lent[RemoteRead]
}

// readMany returns an operation that is to hand out the values of a batch of keys.
func (c *Core[K, V]) readMany(ctx context.Context, keys []K) (*Op[K, V], error) {
	op := c.blank(ctx)
	op.forgets = len(c.leaves) == 1 // no other tier stores what it reads
	return op, op.addressAll(keys)
}

// beginMany returns an operation on a batch of keys.
func (c *Core[K, V]) beginMany(ctx context.Context, keys []K) (*Op[K, V], error) {
	op := c.blank(ctx)
	return op, op.addressAll(keys)
}

// addressAll spells the keys of a batch, of which those that are there again count
// once. An operation that cannot is over.
func (op *Op[K, V]) addressAll(keys []K) error {
	formats := len(op.core.spec.Formats)
	if op.forgets {
		formats = 0
	}
	op.bulk.begin(len(keys), formats)
	op.slots = op.bulk.slots[:0]
	for _, key := range keys {
		if op.bulk.again(key) {
			continue
		}
		n := len(op.slots)
		op.slots = op.slots[:n+1]
		s := &op.slots[n]
		if formats > 0 {
			s.enc = op.bulk.encs[formats*n : formats*(n+1) : formats*(n+1)]
		}
		if err := op.identify(s, key, op.bulk.bins[keyRoom*n:keyRoom*n:keyRoom*(n+1)]); err != nil {
			op.end()
			return err
		}
	}
	err := op.spellAll()
	if err != nil {
		op.end()
	}
	return err
}

// spellAll spells the text keys, which share one string.
func (op *Op[K, V]) spellAll() (err error) {
	if op.core.spec.TextKey == nil {
		return nil
	}
	b := &op.bulk
	b.text, b.ends = b.text[:0], b.ends[:0]
	for i := range op.slots {
		if b.text, err = op.spell(b.text, op.slots[i].key); err != nil {
			return err
		}
		b.ends = append(b.ends, len(b.text))
	}
	all, start := string(b.text), 0
	for i, end := range b.ends {
		op.slots[i].text = all[start:end]
		start = end
	}
	return nil
}

// begin makes room for a batch of n keys, with so many encodings of each.
func (b *bulk[K, V]) begin(n, formats int) {
	if n > len(b.slots) {
		b.slots, b.bins = make([]slot[K, V], n), make([]byte, keyRoom*n)
	}
	if n *= formats; n > len(b.encs) {
		b.encs = make([][]byte, n)
	}
	if b.seen == nil {
		b.seen = make(map[K]struct{}, n)
	}
}

// again reports whether a key has been there before.
func (b *bulk[K, V]) again(key K) bool {
	n := len(b.seen)
	b.seen[key] = struct{}{}
	return len(b.seen) == n
}

// end forgets a batch.
func (b *bulk[K, V]) end() {
	switch n := len(b.seen); {
	case n == 0:
	case len(b.slots) > keptSlots:
		*b = bulk[K, V]{}
	default:
		clear(b.slots[:n])
		clear(b.encs)
		clear(b.seen)
	}
}

// lent is room that an operation lends to a call and takes back, unless the call is left
// behind.
type lent[T any] []T

// lend returns room for n elements.
func (l *lent[T]) lend(n int) []T {
	room := (*l)[:0]
	*l = nil
	if cap(room) < n {
		room = make([]T, 0, n)
	}
	return room
}

// takeBack takes back what nobody looks at any more.
func (l *lent[T]) takeBack(room []T) {
	clear(room)
	if cap(room) > 0 {
		*l = room[:0]
	}
}
