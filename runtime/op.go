package runtime

import (
	"context"
	"errors"
	"time"
)

// everywhere is the mask of a write that is no refill.
const everywhere = ^uint64(0)

// Op is one read, write or remove of a generated cache: of one key or of a
// batch, on its way through the tiers.
type Op[K comparable, V any] struct {
	core   *Core[K, V]
	ctx    context.Context
	now    int64  // tick at which the operation began
	mask   uint64 // tiers to write, by index
	demand demand // of a read
	slots  []slot[K, V]
	trace  *trace // nil: nobody wants to see the operation, or it is part of another

	unattended bool // nobody waits for the goroutine that it is done in

	behind *behind // not nil: the operation may be left alone

	shift   shift // between ticks and Unix time
	shifted bool  // it is known

	one   [1]slot[K, V]
	encs  [2][]byte     // encodings of its value, if it has no more formats
	keys  [64]byte      // where the binary key of a single slot goes
	text  [128]byte     // where its text key is spelled
	res   [1]Result     // of a single slot
	front []byte        // the encoding of a single value behind room for its envelope, or header; nil: none
	read  [1]RemoteRead // of a single slot, by one who is alone
	room  room
	taken uint // entries that were encoded or decoded and of which few are timed, those of operations before this one too
	tally tally
	bulk  bulk[K, V]
}

// slot is one key with what is known of it.
type slot[K comparable, V any] struct {
	key    K
	bin    []byte // as memory tiers know it
	text   string // as the tiers outside the process know it
	gen    uint64 // of the stripe, before anything was read
	stripe int32
	leaf   int16 // that answered
	status Status

	value         V
	stale, expire int64
	eager         int64    // tick from which on it is to be reloaded; 0: none
	err           error    // of the tier asked last
	keep          uint64   // tiers that are not refilled: theirs is as good
	writ          *writ    // what the key may be written by in tiers that ask for it; nil: not known yet
	load          *part[V] // the load that the value comes from, if the slot is to be written

	spare *slot[K, V] // the best of what was found and is no answer
	aside uint64      // tiers in which that was

	enc    [][]byte // encodings of value, by format; nil: none yet
	object *V       // a copy of value that object tiers keep; nobody changes it
	more   *more[V] // nobody changes it, since slots are copied; nil: nothing
}

// more is what few slots have: there are many slots under way at once, each of which the
// garbage collector looks at.
type more[V any] struct {
	silence
	seen   seen                                            // what the tier with the leases held
	source string                                          // path of a tier inside of an inner cache, or ""
	below  func(ctx context.Context, v V, wait bool) error // refills inside of the inner cache; may be nil
}

// rest returns what few slots have.
func (s *slot[K, V]) rest() (m more[V]) {
	if s.more != nil {
		m = *s.more
	}
	return m
}

// id returns the binary key for use in maps.
func (s *slot[K, V]) id() string { return string(s.bin) }

// encodings returns where the encodings of value are kept.
func (s *slot[K, V]) encodings(formats int) [][]byte {
	if s.enc == nil {
		s.enc = make([][]byte, formats)
	}
	return s.enc
}

// Result is what writing or removing one key of an operation came to.
type Result struct {
	Skipped bool  // no tier below was to be written
	Removed int   // copies that there were
	Err     error // of the one tier, or of the composition under its policy
}

// Part is a tier, or a composition as generated code spells it.
type Part[K comparable, V any] interface {
	// Read asks the part for the keys of op that have no answer yet.
	Read(op *Op[K, V])
	Write(op *Op[K, V], res []Result)
	Remove(op *Op[K, V], res []Result)
	// instant reports whether the part never waits for anything.
	instant() bool
}

// Format is one way in which values are stored: encoded, or encoded and then
// compressed.
type Format[V any] struct {
	Codec byte // as the envelope names it: CodecBinary or another
	// Append appends the encoding of *v to dst.
	Append func(dst []byte, v *V) ([]byte, error)
	// Decode sets *v, which is zero, from data. text is data as a string that
	// never changes, or empty.
	Decode func(v *V, data []byte, text string) error

	// Compressor makes this the format with the index Base, compressed. It
	// stands behind that one in the Spec, and says no more than this.
	Compressor Compressor
	Base       int
}

// begin returns an operation on one key.
func (c *Core[K, V]) begin(ctx context.Context, key K) (*Op[K, V], error) {
	op := c.blank(ctx)
	if err := op.address(op.only(), key); err != nil {
		op.end()
		return nil, err
	}
	return op, nil
}

// only has the operation be on one key, and returns its slot.
func (op *Op[K, V]) only() *slot[K, V] {
	op.slots = op.one[:]
	s := &op.slots[0]
	if n := len(op.core.spec.Formats); n <= len(op.encs) {
		s.enc = op.encs[:n:n]
	}
	return s
}

// spare returns an operation that is not in use.
func (c *Core[K, V]) spare() *Op[K, V] {
	if op, ok := c.ops.Get().(*Op[K, V]); ok {
		return op
	}
	return &Op[K, V]{core: c}
}

// blank returns an operation on no keys.
func (c *Core[K, V]) blank(ctx context.Context) *Op[K, V] {
	op := c.spare()
	op.ctx, op.trace = c.traced(ctx)
	op.now, op.mask, op.shifted = c.Time.Now(), everywhere, false
	return op
}

// end gives the operation back. Nothing of it may be used afterwards.
func (op *Op[K, V]) end() {
	if op.trace != nil {
		op.trace.finish(op.outcome())
	}
	op.bulk.end()
	op.ctx, op.slots, op.trace, op.behind = nil, nil, nil, nil
	op.demand, op.unattended = demand{}, false
	op.one[0], op.encs, op.front = slot[K, V]{}, [2][]byte{}, nil
	op.room.end()
	op.core.ops.Put(op)
}

// address spells the key of the only slot.
func (op *Op[K, V]) address(s *slot[K, V], key K) error {
	if err := op.identify(s, key, op.keys[:0]); err != nil || op.core.spec.TextKey == nil {
		return err
	}
	return op.name(s, key)
}

// name gives the only slot its key, as the tiers outside the process know it.
func (op *Op[K, V]) name(s *slot[K, V], key K) error {
	s.key = key
	text, err := op.spell(op.text[:0], key)
	s.text = string(text)
	return err
}

// identify gives a slot its key, as memory tiers know it, in room.
func (op *Op[K, V]) identify(s *slot[K, V], key K, room []byte) (err error) {
	s.key = key
	if s.bin, err = op.core.spec.BinaryKey(room, key); err == nil {
		s.stripe = op.core.fence.index(s.bin)
	}
	return err
}

// spell appends a key as the tiers outside the process know it.
func (op *Op[K, V]) spell(dst []byte, key K) ([]byte, error) {
	start := len(dst) + len(op.core.spec.Prefix)
	text, err := op.core.spec.TextKey(append(dst, op.core.spec.Prefix...), key)
	if err != nil {
		return dst, err
	}
	return boundKey(text, start), nil
}

// clocks returns the shift between ticks and Unix time, and looks at the clocks once for
// an operation.
func (op *Op[K, V]) clocks() shift {
	if !op.shifted {
		op.shift, op.shifted = op.core.Time.shift(), true
	}
	return op.shift
}

// clocksAt is clocks for an instant that the real clock has just shown.
func (op *Op[K, V]) clocksAt(t time.Time) {
	if b := op.core.Time; !op.shifted && b.clock == nil {
		op.shift, op.shifted = shift(b.wallAt(t)), true
	}
}

// found sets what a tier answered, with the instants that it lies between. What is
// no answer to the operation is set aside.
func (s *slot[K, V]) found(op *Op[K, V], leaf int, absent bool, eager, stale, expire int64) {
	s.leaf, s.eager, s.stale, s.expire, s.err = int16(leaf), eager, stale, expire, nil
	switch {
	case absent:
		s.status, s.eager = Absent, 0
	case op.now < stale:
		s.status = Hit
	default:
		s.status = Stale
	}
	if op.demand != (demand{}) && !op.answers(s) {
		s.setAside()
	}
}

// refill returns the tiers that the answer of the slot is to be written into.
func (op *Op[K, V]) refill(s *slot[K, V]) uint64 {
	if s.status == Miss {
		return 0
	}
	return op.core.leaves[s.leaf].base().Refill&^s.keep | s.aside&^(1<<s.leaf)
}

// source returns the path of the tier that has answered.
func (op *Op[K, V]) source(s *slot[K, V]) string {
	if s.more != nil && s.more.source != "" {
		return s.more.source
	}
	return op.core.leaves[s.leaf].base().Path
}

// entry returns the answer of a slot as Lookup does.
func (op *Op[K, V]) entry(s *slot[K, V]) Entry[V] {
	if s.status == Miss {
		return Entry[V]{}
	}
	e := Entry[V]{
		Value: s.value, Status: s.status, gen: s.gen,
		Source:   op.source(s),
		StaleAt:  op.core.Time.time(s.stale),
		ExpireAt: op.core.Time.time(s.expire),
	}
	e.refill, e.below, e.writ = op.refill(s), s.rest().below, s.writ
	if e.refill != 0 || e.below != nil {
		e.ReadMode = Refill
	}
	return e
}

// encode encodes the values for the tiers of the mask, each format once.
func (op *Op[K, V]) encode() error {
	for i := range op.slots {
		if err := op.encodeSlot(&op.slots[i]); err != nil {
			return err
		}
	}
	return nil
}

// encodeSlot is encode for one of the values.
func (op *Op[K, V]) encodeSlot(s *slot[K, V]) error {
	if s.status == Absent {
		return nil
	}
	for _, l := range op.core.leaves {
		if b := l.base(); b.selected(op.mask) {
			if err := op.prepare(s, &b.Leaf); err != nil {
				return err
			}
		}
	}
	return nil
}

// payload returns the slot's value in a format.
func (op *Op[K, V]) payload(s *slot[K, V], format int) ([]byte, error) {
	if s.status == Absent {
		return nil, nil
	}
	enc := s.encodings(len(op.core.spec.Formats))
	if enc[format] != nil {
		return enc[format], nil
	}
	data, err := op.make(s, format)
	if err != nil {
		return nil, err // data may hold the beginning of an encoding
	}
	if data == nil {
		data = []byte{} // there is an encoding, and it is empty
	}
	enc[format] = data
	return data, nil
}

// make makes the slot's value in a format.
func (op *Op[K, V]) make(s *slot[K, V], format int) (data []byte, err error) {
	f := &op.core.spec.Formats[format]
	if f.Compressor != nil {
		return op.compress(s, format)
	}
	dst := op.before(s, format)
	n := len(dst)
	if dst == nil {
		dst = op.room.rest()
	}
	began := untimed
	if op.timed(op.core.memory) {
		began = tick()
	}
	err = protect(func() (err error) {
		data, err = f.Append(dst, &s.value)
		return err
	})
	switch {
	case err != nil:
	case n > 0:
		data = op.made(data, n, format)
	default:
		op.room.took(data)
	}
	op.core.making[format].sampledSince(began)
	return data, err
}

// encoded returns an encoding that a slot has, and its format, or nil.
func (c *Core[K, V]) encoded(s *slot[K, V]) (data []byte, format int) {
	for format, data := range s.encodings(len(c.spec.Formats)) {
		if data != nil && c.spec.Formats[format].Compressor == nil {
			return data, format
		}
	}
	return nil, 0
}

// accept decodes the payload of a slot and keeps it as its encoding.
func (op *Op[K, V]) accept(s *slot[K, V], format int, data []byte, text string) reason {
	why := reasonPayload
	err := protect(func() error {
		return op.core.spec.Formats[format].Decode(&s.value, data, text)
	})
	if err == nil {
		return reasonNone
	}
	var p *PanicError
	if errors.As(err, &p) {
		why = reasonPanic
	}
	var zero V
	s.value = zero
	return why
}

// keep remembers an encoding that a tier has returned, if it is not going to
// change.
func (op *Op[K, V]) keep(s *slot[K, V], format int, data []byte) {
	s.encodings(len(op.core.spec.Formats))[format] = data
}
