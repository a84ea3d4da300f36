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
	asked []K // the keys, each once
	once  once[K]
	slots []slot[K, V]
	encs  [][]byte // of the slots, by format
	bins  []byte   // the binary keys
	text  []byte   // where all text keys are spelled, one behind the other
	ends  []int    // of each in text
	keys  lent[string]
	reads lent[RemoteRead]
}

// beginMany returns an operation on a batch of keys, of which those that are there
// again count once.
func (c *Core[K, V]) beginMany(ctx context.Context, keys []K) (*Op[K, V], error) {
	op := c.blank(ctx)
	if _, err := op.begin(keys, false); err != nil {
		op.end()
		return nil, err
	}
	return op, nil
}

// begin asks for the keys of a batch, each once. It returns the values that the first tier has,
// if hits are all there is to do, and spells the others: the slots are those.
func (op *Op[K, V]) begin(keys []K, hits bool) (found map[K]V, err error) {
	op.bulk.ask(keys)
	if hits {
		found = op.hits()
	}
	if len(op.bulk.asked) > 0 {
		err = op.addressAsked()
	}
	return found, err
}

// addressMap spells the keys of a map and gives each slot its value.
func (op *Op[K, V]) addressMap(vs map[K]V) error {
	b := &op.bulk
	b.begin(len(vs), len(op.core.spec.Formats))
	for key, v := range vs {
		b.slots[len(b.asked)].value = v
		b.asked = append(b.asked, key)
	}
	return op.addressAsked()
}

// addressAsked spells the keys that are asked for.
func (op *Op[K, V]) addressAsked() error {
	b, formats := &op.bulk, len(op.core.spec.Formats)
	b.begin(len(b.asked), formats)
	op.slots = b.slots[:len(b.asked)]
	for i, key := range b.asked {
		s := &op.slots[i]
		s.enc = b.encs[formats*i : formats*(i+1) : formats*(i+1)]
		if err := op.identify(s, key, b.bins[keyRoom*i:keyRoom*i:keyRoom*(i+1)]); err != nil {
			return err
		}
	}
	if op.core.spec.TextKey == nil {
		return nil
	}
	return op.spellAll(func(i int, text string) { op.slots[i].text = text })
}

// spellAll spells the text keys of what is asked for, which share one string.
func (op *Op[K, V]) spellAll(use func(i int, text string)) (err error) {
	b := &op.bulk
	b.text, b.ends = b.text[:0], b.ends[:0]
	for _, key := range b.asked {
		if b.text, err = op.spell(b.text, key); err != nil {
			return err
		}
		b.ends = append(b.ends, len(b.text))
	}
	all, start := string(b.text), 0
	for i, end := range b.ends {
		use(i, all[start:end])
		start = end
	}
	return nil
}

// hits returns the values that the first tier has, found as those of single keys are, or nil
// if there are none. The other keys are still asked for.
func (op *Op[K, V]) hits() (found map[K]V) {
	hit, asked := op.core.spec.Hit, op.bulk.asked
	if hit == nil || op.core.tracer != nil {
		return nil
	}
	v, left := &op.one[0].value, asked[:0]
	for _, key := range asked {
		var none V
		*v = none
		if !hit(key, v) {
			left = append(left, key)
			continue
		}
		if found == nil {
			found = make(map[K]V, len(asked))
		}
		found[key] = *v
	}
	clear(asked[len(left):])
	op.bulk.asked = left
	return found
}

// ask asks for keys, for each once.
func (b *bulk[K, V]) ask(keys []K) {
	b.asked = b.once.each(b.asked[:0], keys)
}

// begin makes room for n slots, with so many encodings of each.
func (b *bulk[K, V]) begin(n, formats int) {
	if n > len(b.slots) {
		b.slots, b.bins = make([]slot[K, V], n), make([]byte, keyRoom*n)
	}
	if n *= formats; n > len(b.encs) {
		b.encs = make([][]byte, n)
	}
}

// end forgets a batch.
func (b *bulk[K, V]) end() {
	switch n := len(b.asked); {
	case n > keptSlots || len(b.slots) > keptSlots || len(b.once.places) > 4*keptSlots:
		*b = bulk[K, V]{}
	case n == 0:
	default:
		clear(b.slots[:min(n, len(b.slots))])
		clear(b.encs)
		clear(b.asked[:n])
		b.asked = b.asked[:0]
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
