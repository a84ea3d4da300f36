package runtime

import (
	"context"
	"errors"
	"time"
)

// Write writes the keys of the operation, all at once. The caller has the turn
// of each key.
func (l *RemoteLeaf[K, V]) Write(op *Op[K, V], res []Result) {
	if !l.selected(op.mask) {
		skip(res)
		return
	}
	deepen(-1)
	if len(op.slots) == 1 {
		l.writeOne(op, &op.slots[0], res)
		return
	}
	writes := make([]RemoteWrite, 0, len(op.slots))
	keys := make([]markedKey, 0, len(op.slots))
	index := make([]int, 0, len(op.slots))
	for i := range op.slots {
		if w, ok := l.ready(op, &op.slots[i], &res[i]); ok {
			writes, keys, index = append(writes, w), append(keys, l.mark(op, &op.slots[i])), append(index, i)
		}
	}
	if len(writes) == 0 {
		return
	}
	ctx, watch := l.watch(op.ctx, "write", len(writes))
	left, err := l.send(ctx, op, writes, keys)
	ended := l.counters.times.write.since(watch.began())
	for j, i := range index {
		l.written(op, &op.slots[i], &res[i], &writes[j], left, err, ended)
	}
	watch.done(res)
}

// writeOne is Write of one key. Who is alone makes the call by the shortest way.
func (l *RemoteLeaf[K, V]) writeOne(op *Op[K, V], s *slot[K, V], res []Result) {
	w, ok := l.ready(op, s, &res[0])
	if !ok {
		return
	}
	ctx, watch := l.watch(op.ctx, "write", 1)
	var alone, left bool
	var err error
	if l.joins(ctx, op, &w) {
		alone, err = l.joint.solo(ctx, &w, watch.at)
	}
	if !alone {
		sent := []RemoteWrite{w}
		if left, err = l.send(ctx, op, sent, []markedKey{l.mark(op, s)}); !left {
			w = sent[0]
		}
	}
	ended := l.counters.times.write.since(watch.began())
	l.written(op, s, &res[0], &w, left, err, ended)
	watch.done(res)
}

// ready returns the write of a slot, if there is one to be made, and else sets what became
// of it.
func (l *RemoteLeaf[K, V]) ready(op *Op[K, V], s *slot[K, V], res *Result) (w RemoteWrite, ok bool) {
	l.counters.writes.Add(1)
	w, err := l.seal(op, s)
	switch {
	case err != nil:
	case !op.behind.admit(&l.marks, l.Index, s.bin, 0):
		err = ErrBusy
	case l.mute(s):
		err = ErrTimeout
	}
	*res = Result{}
	if err == nil {
		w.Token, err = l.permitted(s)
	}
	l.unused(s, err)
	switch {
	case errors.Is(err, errNoWrit):
		res.Skipped = true
	case err != nil:
		res.Err = l.overtaken(op.ctx, l.mark(op, s), "write", err)
	case w.Raw.Data == nil:
		if op.mask == everywhere { // it is over already, and so must be what it replaces
			l.marks.failed(l.mark(op, s))
			l.repair()
		}
	default:
		return w, true
	}
	return w, false
}

// written sets what became of a slot whose write has ended at a tick, or has been left
// behind then.
func (l *RemoteLeaf[K, V]) written(op *Op[K, V], s *slot[K, V], res *Result, w *RemoteWrite, left bool, err error, now int64) {
	switch {
	case left:
		res.Err = l.core.failed(op.ctx, &l.tierBase, "write", &l.counters.writeErrors, err)
	case err != nil:
		res.Err = l.overtaken(op.ctx, l.mark(op, s), "write", err)
	case l.overdue(op, s, w.Err):
		res.Skipped = true
	case w.Err != nil:
		res.Err = l.overtaken(op.ctx, l.mark(op, s), "write", w.Err)
	default:
		l.heard(now)
		if op.behind != nil {
			op.behind.wrote(place{l.Index, s.id()})
		}
		if l.marks.any.Load() {
			l.marks.known(s.id())
		}
		l.counters.bytesIn.Add(uint64(len(w.Raw.Data)))
	}
}

// send has the engine write, a single entry together with those of others where that
// can be done: on one server, for one that hangs must keep no others waiting.
func (l *RemoteLeaf[K, V]) send(ctx context.Context, op *Op[K, V], writes []RemoteWrite, keys []markedKey) (left bool, err error) {
	if len(writes) == 1 && l.joins(ctx, op, &writes[0]) {
		return l.joint.do(ctx, writes[0], keys[0])
	}
	return l.call(ctx, op, new(call), &writeWork[K, V]{leaf: l, writes: writes, keys: keys, again: op.behind == nil && op.news()})
}

// joins reports whether a write can go together with those of others.
func (l *RemoteLeaf[K, V]) joins(ctx context.Context, op *Op[K, V], w *RemoteWrite) bool {
	if !l.stays(ctx, op) || !l.joint.gathers(ctx, w) {
		return false
	}
	owner, ok := l.gather.engine.Owner(w.Key)
	return ok && owner == nil
}

// writeWork is a write under way. When its caller leaves, the keys are marked
// until it has ended.
type writeWork[K comparable, V any] struct {
	leaf   *RemoteLeaf[K, V]
	writes []RemoteWrite
	keys   []markedKey
	marked []bool // by left
	again  bool   // the caller is there until it has ended
}

func (w *writeWork[K, V]) do(ctx context.Context) error {
	err := w.leaf.engine.Write(ctx, w.writes)
	if err == nil && w.leaf.fenced != nil && w.again {
		err = w.leaf.insist(ctx, w.writes)
	}
	return err
}

func (w *writeWork[K, V]) left() {
	w.marked = make([]bool, len(w.keys))
	for i := range w.keys {
		w.marked[i] = w.leaf.marks.left(w.keys[i])
	}
}

func (w *writeWork[K, V]) over(err error) {
	for i := range w.keys {
		if w.marked[i] && w.leaf.marks.ended(w.keys[i].id, err == nil && w.writes[i].Err == nil) {
			w.leaf.repair()
		}
	}
}

// seal puts the slot's value into its envelope. An entry that has no life left
// has no data.
func (l *RemoteLeaf[K, V]) seal(op *Op[K, V], s *slot[K, V]) (w RemoteWrite, err error) {
	payload, err := op.stored(s, &l.Leaf)
	if err != nil {
		return w, err
	}
	if l.MaxValue > 0 && int64(sealedSize(s.text, len(payload))) > l.MaxValue {
		return w, ErrTooLarge
	}
	now := l.core.Time.Now()
	stale, expire := l.cap(now, s.stale, s.expire)
	if expire <= now {
		return w, nil
	}
	t := l.core.Time
	clocks := t.shift() // that of the operation may be from before a load
	e := envelope{
		absent: s.status == Absent, fingerprint: l.core.spec.Fingerprint, payload: payload,
		created: clocks.unix(now), stale: clocks.unix(stale), expire: clocks.unix(expire),
	}
	e.codec, e.compression = l.codec, l.compression
	kept := expire
	if !e.absent {
		kept = after(expire, l.core.grace(op))
	}
	w = RemoteWrite{Key: s.text, Raw: Raw{StaleAt: t.instant(e.stale), ExpireAt: t.instant(clocks.unix(kept))}}
	if l.typed {
		w.Raw.Data = append([]byte{}, payload...) // what it is counted by
		if w.Entry, err = l.pass(op, s, payload, stale, expire); err != nil {
			return w, err
		}
	} else {
		w.Raw.Data = l.enclose(op, &e, s.text)
	}
	life := Never
	if kept != Never {
		life = kept - now
		w.Life = time.Duration(life)
	}
	l.lives(life)
	return w, nil
}

// lives notes how long an entry will live: Store can give it more than the
// annotation does.
func (l *RemoteLeaf[K, V]) lives(life int64) {
	for {
		longest := l.longest.Load()
		if life <= longest || l.longest.CompareAndSwap(longest, life) {
			return
		}
	}
}

// Remove removes the keys of the operation, all at once.
func (l *RemoteLeaf[K, V]) Remove(op *Op[K, V], res []Result) {
	deepen(-1)
	removes := make([]RemoteRemove, 0, len(op.slots))
	index := make([]int, 0, len(op.slots))
	for i := range op.slots {
		s := &op.slots[i]
		l.counters.removes.Add(1)
		res[i] = Result{}
		if !l.marks.admit(s.bin, 0) {
			res[i].Err = l.overtaken(op.ctx, l.mark(op, s), "remove", ErrBusy)
			continue
		}
		removes, index = append(removes, RemoteRemove{Key: s.text}), append(index, i)
	}
	if len(removes) == 0 {
		return
	}
	ctx, watch := l.watch(op.ctx, "remove", len(removes))
	_, err := l.call(ctx, op, new(call), removeWork{l.engine, removes})
	ended := l.counters.times.remove.since(watch.began())
	defer watch.done(res)
	for j, i := range index {
		s := &op.slots[i]
		switch {
		case err != nil:
			res[i].Err = l.overtaken(op.ctx, l.mark(op, s), "remove", err)
		case removes[j].Err != nil:
			res[i].Err = l.overtaken(op.ctx, l.mark(op, s), "remove", removes[j].Err)
		default:
			l.heard(ended)
			l.marks.known(s.id())
			res[i].Removed = removes[j].Removed
		}
	}
}

// removeWork is a remove under way. One that nobody waits for does no harm.
type removeWork struct {
	engine  RemoteEngine
	removes []RemoteRemove
}

func (w removeWork) do(ctx context.Context) error { return w.engine.Remove(ctx, w.removes) }
func (w removeWork) left()                        {}
func (w removeWork) over(error)                   {}

// overtaken notes that the tier may hold something older than the caller knows:
// it is a miss for the key until that is removed.
func (l *RemoteLeaf[K, V]) overtaken(ctx context.Context, k markedKey, op string, err error) error {
	l.marks.failed(k)
	l.repair()
	if op == "remove" {
		return l.core.failed(ctx, &l.tierBase, op, &l.counters.removeErrors, err)
	}
	return l.core.failed(ctx, &l.tierBase, op, &l.counters.writeErrors, err)
}
