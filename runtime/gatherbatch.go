package runtime

import "context"

// Batcher is a Gatherer that can read batches of callers who know nothing of each other in
// one round trip.
type Batcher interface {
	Gatherer
	KeyReader
	// ReadBatches does for each batch what ReadKeys does for a single one: it sets its
	// Replies, or its Err if it is not that of the call.
	ReadBatches(ctx context.Context, batches []KeyBatch) error
}

// KeyBatch is a batch to read by its keys. An engine sets what lies behind Keys.
type KeyBatch struct {
	Keys    []string
	Replies Replies
	Err     error
}

// batches is where callers with batches stand in line: those of one server only are read by
// their keys.
var batches any = new(int)

// loners is how many callers with batches go each for himself. There is less to save for
// them than for single reads, and less to lose.
const loners = 8

// Batches that go together have so many keys at most, and replies of so many bytes: more are
// worth a round trip by themselves, and others are not to wait for them.
const (
	lightKeys  = 128
	lightBytes = 64 << 10
)

// bulky is how many keys go in one round trip of batches at most.
const bulky = 8 * lightKeys

// light reports whether a batch is to go together with others, by what entries take that have
// been found.
func (l *RemoteLeaf[K, V]) light(keys int) bool {
	found := l.counters.hits.Load()
	return keys <= lightKeys && (found == 0 || uint64(keys)*(l.counters.bytesOut.Load()/found) <= lightBytes)
}

// batch makes the read of a batch together with those of others.
func (g *gatherer) batch(ctx context.Context, w *readWork) (left bool, err error) {
	m, err := g.newMember(ctx)
	if err != nil {
		return false, err
	}
	m.batch.Keys = w.keys
	if left, err := g.wait(batches, m); left {
		return true, err
	}
	w.replies, err = m.batch.Replies, g.caller.explain(ctx, m.began, m.err)
	g.putMember(m)
	return false, err
}

// full reports whether a trip has no room for the keys of a member.
func (r *trip) full(m *member) bool { return !m.ended && r.keys+len(m.batch.Keys) > bulky }

// hand gives the i-th member what the trip has brought.
func (r *trip) hand(m *member, i int) {
	if r.batches == nil {
		m.read = r.reads[i]
		return
	}
	m.batch = r.batches[i]
	if m.err == nil {
		m.err = m.batch.Err
	}
}
