package runtime

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"time"

	"github.com/cachegen/cachegen/internal/remedy"
)

// RemoteEngine stores entries outside of what this package controls: calls can
// take long, fail or hang. They run in goroutines that the waiting side can
// leave, so an engine must not keep what it is given beyond its return, and the
// slices are its own until then.
//
// Each method works on a batch, in one round trip where the store allows. An
// error of the whole call is returned, one of a single key is set in its
// element.
type RemoteEngine interface {
	// Read sets what is found under each key.
	Read(ctx context.Context, reads []RemoteRead) error
	// Write stores each entry and replaces what was there.
	Write(ctx context.Context, writes []RemoteWrite) error
	// Remove deletes each key and sets how many copies there were.
	Remove(ctx context.Context, removes []RemoteRemove) error
}

// RemoteRead is one key to read. An engine sets what lies behind Key.
type RemoteRead struct {
	Key   string
	Raw   Raw    // whose Data nobody changes any more; its instants are optional
	Text  string // Raw.Data as a string that never changes, if it comes as one
	Found bool   // whether there is anything under the key
	Err   error  // ErrTooLarge and ErrWrongType count as rejected entries
	Entry any    // *Entry of an inner cache instead of Raw
	want  demand // of an inner cache

	Fenced bool   // a LeaseEngine is to set Token; the same for all keys of a batch
	Token  string // for a write of the key, as good as one taken before the read
}

// RemoteWrite is one key to write.
type RemoteWrite struct {
	Key   string
	Raw   Raw           // may be used until the call returns
	Life  time.Duration // until Raw.ExpireAt; 0: for ever
	Err   error         // set by the engine
	Entry any           // *Entry for an inner cache instead of Raw.Data
	Token string        // what a LeaseEngine allows the write by
}

// RemoteRemove is one key to remove. An engine sets what lies behind Key.
type RemoteRemove struct {
	Key     string
	Removed int   // copies that there were
	Err     error // the key may still be there
}

// KeyReader is a RemoteEngine that can read a batch by its keys alone, so that nobody
// has to keep a RemoteRead for each of them while the call is under way.
type KeyReader interface {
	RemoteEngine
	// ReadsKeys reports whether it can, always or never.
	ReadsKeys() bool
	// ReadKeys reads all keys in one round trip.
	ReadKeys(ctx context.Context, keys []string) (Replies, error)
}

// Replies is what was found under the keys of a batch.
type Replies interface {
	// Reply returns what Read would find under the i-th key: nil, or bytes that nobody
	// changes any more, and the same as a string, if they come as one. The error is that
	// of the one key: see RemoteRead. It may be asked again, by one goroutine at a time.
	Reply(i int) (data []byte, text string, err error)
	// Release is called, at most once, by who has looked at all that he wants, and has kept
	// nothing of it: the bytes may be used again.
	Release()
}

// ErrWrongType is set by an engine for a key that holds something else than an
// entry of ours.
var ErrWrongType = errors.New("key holds something that is no entry")

// RemoteLeaf is a tier over a RemoteEngine: it adds the envelope, bounded time,
// and the marks of keys whose copy cannot be trusted.
type RemoteLeaf[K comparable, V any] struct {
	tierBase
	engine    RemoteEngine
	core      *Core[K, V]
	caller    *caller
	gather    *gatherer      // of single reads; nil if the engine cannot
	joint     *writeGatherer // of single writes; nil if the engine cannot
	answered  atomic.Int64   // tick of the last answer
	longest   atomic.Int64   // life of an entry here, in nanoseconds; Never: for ever
	marks     marks
	repairing atomic.Bool
	keyed     KeyReader   // the engine, if it reads batches by their keys; else nil
	typed     bool        // the engine is a composedEngine
	fenced    LeaseEngine // the engine, if it asks for tokens; else nil
	target    bool        // other tiers refill this one, so that reads have to bring tokens

	codec, compression byte // as envelopes name its format
}

// NewRemoteLeaf returns the tier that info describes, over the engine.
func NewRemoteLeaf[K comparable, V any](info Leaf, engine RemoteEngine) *RemoteLeaf[K, V] {
	c := newCaller(info.Timeout)
	l := &RemoteLeaf[K, V]{tierBase: tierBase{Leaf: info}, engine: engine, caller: c, gather: newGatherer(engine, c)}
	l.answered.Store(math.MinInt64)
	_, leased := engine.(LeaseEngine) // whose reads are about more than keys
	if k, ok := engine.(KeyReader); ok && !leased && k.ReadsKeys() {
		l.keyed = k
	}
	if l.gather != nil {
		l.joint = &writeGatherer{
			engine: engine, caller: c, punctual: l.gather.punctual, traffic: traffic{few: few, crowded: 1, reach: l.gather.engine.Trips()},
			work: func(writes []RemoteWrite, keys []markedKey) operation {
				return &writeWork[K, V]{leaf: l, writes: writes, keys: keys}
			},
			closing: func() <-chan struct{} { return l.core.ctx.Done() },
		}
	}
	return l
}

func (l *RemoteLeaf[K, V]) start(c *Core[K, V]) {
	l.core = c
	_, life := l.cap(0, Never, c.longest())
	l.longest.Store(after(life, c.spec.FailSafe))
	if l.Format >= 0 {
		l.codec, l.compression = c.spec.names(l.Format)
	}
	l.fence()
}

func (l *RemoteLeaf[K, V]) stop() {
	if l.fenced != nil {
		l.fenced.Close()
	}
}

func (l *RemoteLeaf[K, V]) instant() bool { return false }

// Read asks the tier for the keys that have no answer yet, all at once.
func (l *RemoteLeaf[K, V]) Read(op *Op[K, V]) {
	deepen(-1)
	if len(op.slots) == 1 && l.readOne(op, &op.slots[0]) {
		return
	}
	w := l.unread(op)
	if len(w.keys) == 0 {
		return
	}
	ctx, watch := l.watch(op.ctx, "read", len(w.keys))
	left, err := l.callRead(ctx, op, w)
	ended := l.counters.times.read.since(watch.began())
	if err == nil {
		l.heard(ended)
	}
	next := 0
	for i := range op.slots {
		s := &op.slots[i]
		if s.status != Miss || next == len(w.keys) || w.keys[next] != s.text {
			continue
		}
		if err != nil { // the engine may still write to what it was given
			l.unheard(s, watch.began())
			s.err = l.core.failed(op.ctx, &l.tierBase, "read", &l.counters.readErrors, err)
		} else {
			r := w.reply(next)
			l.noted(s, r)
			l.answer(op, s, r)
		}
		next++
	}
	l.tallied(&op.tally)
	l.seen(watch, op, len(w.keys), err)
	if !left {
		op.bulk.keys.takeBack(w.keys)
		op.bulk.reads.takeBack(w.reads)
	}
}

// unread returns the read of the keys that have no answer yet. A batch that memory has
// answered takes no room for it.
func (l *RemoteLeaf[K, V]) unread(op *Op[K, V]) *readWork {
	w := &readWork{engine: l.engine, keyed: l.keyed, about: RemoteRead{Fenced: l.target, want: op.demand}}
	asked := uint64(0)
	for i := range op.slots {
		s := &op.slots[i]
		if s.status != Miss || !remedy.Onward && s.err != nil {
			continue
		}
		s.err = nil
		asked++
		if l.marks.hides(s.bin, s.stripe, op.now) {
			l.counters.misses.Add(1)
			continue
		}
		if w.keys == nil {
			w.keys = op.bulk.keys.lend(len(op.slots) - i)
		}
		w.keys = append(w.keys, s.text)
	}
	if l.keyed == nil {
		w.reads = op.bulk.reads.lend(len(w.keys))
	}
	l.counters.reads.Add(asked)
	return w
}

// readOne reads the key of an operation that has only one, together with those of
// others, and reports whether that can be done.
func (l *RemoteLeaf[K, V]) readOne(op *Op[K, V], s *slot[K, V]) bool {
	if l.gather == nil || s.status != Miss || !remedy.Onward {
		return false
	}
	owner, ok := l.gather.engine.Owner(s.text)
	if !ok {
		return false
	}
	s.err = nil
	l.counters.reads.Add(1)
	if l.marks.hides(s.bin, s.stripe, op.now) {
		l.counters.misses.Add(1)
		return true
	}
	ctx, watch := l.watch(op.ctx, "read", 1)
	r := &op.read[0]
	r.Key = s.text
	op.clocksAt(watch.at)
	err := l.gather.one(ctx, owner, op.read[:], watch.at)
	ended := l.counters.times.read.since(watch.began())
	if err != nil {
		l.unheard(s, watch.began())
		s.err = l.core.failed(op.ctx, &l.tierBase, "read", &l.counters.readErrors, err)
	} else {
		l.heard(ended)
		l.answer(op, s, r)
		l.tallied(&op.tally)
	}
	*r = RemoteRead{}
	l.seen(watch, op, 1, err)
	return true
}

// readWork is a read under way.
type readWork struct {
	call
	engine RemoteEngine
	keyed  KeyReader // the engine, if it can; else nil
	keys   []string
	about  RemoteRead // what is asked of each, and then the last reply

	replies Replies      // of keyed
	reads   []RemoteRead // or else these
}

// reply returns what was found under a key, until the next one is asked for.
func (w *readWork) reply(i int) *RemoteRead {
	if w.replies == nil {
		return &w.reads[i]
	}
	r := &w.about
	r.Raw.Data, r.Text, r.Err = w.replies.Reply(i)
	r.Found = r.Raw.Data != nil
	return r
}

// call has an engine do something for an operation. Who could not leave anyway, and a
// goroutine that nobody waits for, do it themselves. See gatherer.lead.
func (l *RemoteLeaf[K, V]) call(ctx context.Context, op *Op[K, V], k *call, work operation) (left bool, err error) {
	if l.stays(ctx, op) && l.gather.punctual {
		return false, l.caller.lead(ctx, k, work)
	}
	return l.caller.run(ctx, k, work)
}

// callRead is call for reads, which may be cut: of a write that is, nobody would know
// when it has ended.
func (l *RemoteLeaf[K, V]) callRead(ctx context.Context, op *Op[K, V], w *readWork) (left bool, err error) {
	if g := l.gather; g != nil && g.batcher != nil && len(w.keys) > 1 {
		g.together.Add(1)
		defer g.together.Add(-1)
		if g.together.Load() > loners && l.light(len(w.keys)) {
			return g.batch(ctx, w)
		}
	}
	if l.gather != nil && !l.stays(ctx, op) && l.gather.cuts() {
		return false, l.caller.held(ctx, &w.call, w, l.gather.cutter)
	}
	return l.call(ctx, op, &w.call, w)
}

// stays reports whether the caller of an operation waits until it has ended, or its time
// is over: there is nobody who could leave before.
func (l *RemoteLeaf[K, V]) stays(ctx context.Context, op *Op[K, V]) bool {
	return l.gather != nil && (op.unattended || ctx.Done() == nil)
}

func (w *readWork) do(ctx context.Context) (err error) {
	if w.keyed != nil && len(w.keys) > 1 {
		w.replies, err = w.keyed.ReadKeys(ctx, w.keys)
		return err
	}
	for _, key := range w.keys {
		w.about.Key = key
		w.reads = append(w.reads, w.about)
	}
	return w.engine.Read(ctx, w.reads)
}

func (w *readWork) left()      {}
func (w *readWork) over(error) {}

// answer takes what the engine found under one key.
func (l *RemoteLeaf[K, V]) answer(op *Op[K, V], s *slot[K, V], r *RemoteRead) {
	switch {
	case r.Err != nil:
		l.spoilt(op, s, r.Err)
	case !r.Found:
		op.tally.misses++
	case l.typed:
		op.tally.alive(!l.distrusts(op, s, math.MinInt64) && l.through(op, s, r.Entry.(*Entry[V])))
	default:
		op.tally.bytes += uint64(len(r.Raw.Data))
		if why, live := l.open(op, s, r); why != reasonNone {
			l.core.reject(&l.tierBase, why)
		} else {
			op.tally.alive(live)
		}
	}
}

// spoilt says why the engine could not read one key.
func (l *RemoteLeaf[K, V]) spoilt(op *Op[K, V], s *slot[K, V], err error) {
	switch {
	case errors.Is(err, ErrTooLarge):
		l.core.reject(&l.tierBase, reasonTooLarge)
	case errors.Is(err, ErrWrongType):
		l.core.reject(&l.tierBase, reasonWrongType)
	default:
		s.err = l.core.failed(op.ctx, &l.tierBase, "read", &l.counters.readErrors, err)
	}
}

// open reads the envelope and the value in it.
func (l *RemoteLeaf[K, V]) open(op *Op[K, V], s *slot[K, V], r *RemoteRead) (why reason, live bool) {
	var e envelope
	if why := l.unseal(&e, r.Raw.Data, s.text); why != reasonNone {
		return why, false
	}
	clocks := op.clocks()
	stale := min(clocks.tickOf(e.stale), l.core.Time.tick(r.Raw.StaleAt))
	expire := min(clocks.tickOf(e.expire), l.core.Time.tick(r.Raw.ExpireAt))
	if op.over(e.absent, expire) || l.distrusts(op, s, e.created) {
		return reasonNone, false
	}
	if !e.absent {
		if why := op.take(s, &l.tierBase, e.payload, e.text(r.Text, len(r.Raw.Data))); why != reasonNone {
			return why, false
		}
	}
	stale = min(stale, expire)
	s.found(op, l.Index, e.absent, l.core.eagerAt(clocks.tickOf(e.created), stale), stale, expire)
	return reasonNone, op.now < expire
}

// unseal reads the envelope of an entry in the format of the tier.
func (l *RemoteLeaf[K, V]) unseal(e *envelope, data []byte, key string) reason {
	if l.MaxValue > 0 && int64(len(data)) > l.MaxValue {
		return reasonTooLarge
	}
	e.fingerprint = l.core.spec.Fingerprint
	if why := e.open(data, key); why != reasonNone {
		return why
	}
	if e.codec != l.codec || e.compression != l.compression {
		return reasonFormat
	}
	return reasonNone
}

// distrusts reports whether an entry that was written at an instant of Unix time may be
// older than something that could not be marked.
func (l *RemoteLeaf[K, V]) distrusts(op *Op[K, V], s *slot[K, V], created int64) bool {
	if !l.marks.any.Load() {
		return false
	}
	if s.bin == nil && op.identify(s, s.key, op.keys[:0]) != nil {
		return true
	}
	return l.marks.distrusts(s.stripe, op.now, created)
}

// mark describes the slot's key for the marks of the tier.
func (l *RemoteLeaf[K, V]) mark(op *Op[K, V], s *slot[K, V]) markedKey {
	return markedKey{id: s.id(), text: s.text, stripe: s.stripe, until: after(op.now, time.Duration(l.longest.Load())), unix: l.core.unix}
}
