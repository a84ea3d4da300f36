package runtime

import "context"

// get is Get of a cache with this tier alone. Nothing is written into others, so nobody
// asks for the generation of the key, and who knows it in memory only if keys are marked.
func (l *RemoteLeaf[K, V]) get(ctx context.Context, key K) (v V, ok bool, err error) {
	if l.core.Closed() {
		return v, false, ErrClosed
	}
	op := l.core.blank(ctx)
	defer op.end()
	s := op.only()
	if err := op.name(s, key); err != nil {
		return v, false, err
	}
	if l.marks.any.Load() {
		if err := op.identify(s, key, op.keys[:0]); err != nil {
			return v, false, err
		}
	}
	l.Read(op)
	op.conclude()
	return op.got()
}

// getMany is GetMany of a cache with this tier alone, which reads batches by their keys.
// Nobody else is going to be asked, and nothing is written, so keys need no slots while
// the call is under way: one does for all answers. Those of 64 batches of a hundred keys
// would be a megabyte and a half, of which the processor keeps little near.
func (l *RemoteLeaf[K, V]) getMany(ctx context.Context, keys []K) (map[K]V, error) {
	deepen(-1)
	op := l.core.blank(ctx)
	defer op.end()
	w := &readWork{engine: l.engine, keyed: l.keyed}
	hidden, err := l.ask(op, keys, w)
	if err != nil {
		return map[K]V{}, err
	}
	var left bool
	var why error
	if len(w.keys) > 0 {
		began := tick()
		left, why = l.callRead(ctx, op, w)
		ended := l.counters.times.read.since(began)
		if why == nil {
			l.heard(ended)
		}
	}
	ended := op.ended()
	if hidden {
		err = ended
	}
	found := make(map[K]V, len(op.bulk.asked)) // as late as possible: see GetMany
	s, n := op.only(), answers{}
	for i, key := range op.bulk.asked {
		if why != nil || !l.plain(op, s, w, i) {
			l.replied(op, s, key, w, i, why)
		}
		n[s.status]++
		switch {
		case s.status == Hit || s.status == Stale:
			found[key] = s.value
		case s.status != Miss || err != nil:
		case ended != nil:
			err = ended
		default:
			err = s.err
		}
	}
	l.tallied(&op.tally)
	l.core.counters.countAll(&n)
	if !left {
		if why == nil && w.replies != nil && l.copies() {
			w.replies.Release()
		}
		op.bulk.keys.takeBack(w.keys)
		op.bulk.reads.takeBack(w.reads)
	}
	return found, err
}

// ask has the work read the keys of a batch, each once, but for those whose copy in the
// tier cannot be trusted: it reports whether there are any.
func (l *RemoteLeaf[K, V]) ask(op *Op[K, V], keys []K, w *readWork) (hidden bool, err error) {
	b := &op.bulk
	b.ask(keys)
	w.keys = b.keys.lend(len(b.asked))
	if err := op.spellAll(func(_ int, text string) { w.keys = append(w.keys, text) }); err != nil {
		return false, err
	}
	l.counters.reads.Add(uint64(len(b.asked)))
	if !l.marks.any.Load() {
		return false, nil
	}
	var s slot[K, V]
	asked, texts := b.asked[:0], w.keys[:0]
	for i, key := range b.asked {
		if err := op.identify(&s, key, op.keys[:0]); err != nil {
			return false, err
		}
		if l.marks.hides(s.bin, s.stripe, op.now) {
			l.counters.misses.Add(1)
			l.core.counters.count(Miss)
			continue
		}
		asked, texts = append(asked, key), append(texts, w.keys[i])
	}
	hidden = len(asked) < len(b.asked)
	clear(b.asked[len(asked):])
	b.asked, w.keys = asked, texts
	return hidden, nil
}

// copies reports whether values have nothing of the bytes that they are decoded from.
func (l *RemoteLeaf[K, V]) copies() bool {
	return l.codec == CodecBinary && l.compression == CompressNone
}

// plain sets the value and the status of a slot to what the work has found under its i-th
// key. It does not if there is anything to decide, as replied does: of an absence, of what
// is over or not trusted, of an error. With a live entry it has less to do.
func (l *RemoteLeaf[K, V]) plain(op *Op[K, V], s *slot[K, V], w *readWork, i int) bool {
	if w.replies == nil || l.compression != CompressNone || l.marks.any.Load() {
		return false
	}
	data, text, err := w.replies.Reply(i)
	if data == nil || err != nil {
		return false
	}
	var e envelope
	if l.unseal(&e, data, w.keys[i]) != reasonNone || e.absent {
		return false
	}
	clocks := op.clocks()
	if op.now >= clocks.tickOf(e.expire) {
		return false
	}
	op.tally.bytes += uint64(len(data))
	var none V
	s.value, s.status = none, Miss
	switch why := op.decode(s, &l.tierBase, l.Format, e.payload, e.text(text, len(data))); {
	case why != reasonNone:
		s.err = nil
		l.core.reject(&l.tierBase, why)
		return true
	case op.now < clocks.tickOf(e.stale):
		s.status = Hit
	default:
		s.status = Stale
	}
	op.tally.hits++
	return true
}

// replied sets a slot to what the work has found under its i-th key, or to why it has
// found nothing.
func (l *RemoteLeaf[K, V]) replied(op *Op[K, V], s *slot[K, V], key K, w *readWork, i int, why error) {
	var none V
	s.key, s.bin, s.text, s.value, s.status, s.err = key, nil, w.keys[i], none, Miss, nil
	if why != nil {
		s.err = l.core.failed(op.ctx, &l.tierBase, "read", &l.counters.readErrors, why)
		return
	}
	l.answer(op, s, w.reply(i))
}
