package runtime

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/cachegen/cachegen/internal/remedy"
)

// maxMarks is how many keys of one tier may be marked at once. Beyond it the
// key's stripe is marked instead.
const maxMarks = 16384

// marks are the keys whose copy in one tier cannot be trusted: a write is still
// under way that nobody waits for, or a write or a remove has failed. The tier
// counts as a miss for them until the copy is known or removed.
type marks struct {
	any  atomic.Bool // whether there is a mark: all that a read looks at otherwise
	mu   sync.Mutex
	keys map[string]*mark
	seq  uint64 // counts what has happened
	// blocked stripes had keys that there was no room to mark.
	blocked map[int32]block
}

// block of a stripe: until a tick, entries that were written up to an instant of
// Unix time are not trusted. What is written later is.
type block struct{ until, created int64 }

// mark of one key, by the id that the fence uses.
type mark struct {
	text      string // the key in the tier
	pending   int    // writes under way without a waiter
	overtaken bool   // something newer happened while they were
	failed    bool   // a remove is due
	seq       uint64 // when that happened last, so that a remove knows whether it came too early
}

// hides reports whether the tier must count as a miss for the key.
func (m *marks) hides(key []byte, stripe int32, now int64) bool {
	if !remedy.Marks || !m.any.Load() {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if b, ok := m.blocked[stripe]; ok && now >= b.until {
		delete(m.blocked, stripe)
		m.settle()
	}
	return m.keys[string(key)] != nil
}

// distrusts reports whether an entry that was written at an instant of Unix time
// may be older than something that could not be marked.
func (m *marks) distrusts(stripe int32, now, created int64) bool {
	if !m.any.Load() {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.blocked[stripe]
	return ok && now < b.until && created <= b.created
}

// admit reports whether a writer, who has set own of the marks of the key himself,
// may write it: not while an earlier write
// is under way, which would then be the later one.
func (m *marks) admit(key []byte, own int) bool {
	if !remedy.Marks || !m.any.Load() {
		return true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.keys[string(key)]
	if k == nil || k.pending <= own {
		return true
	}
	k.overtaken = true
	return false
}

// failed marks a key whose write or remove has failed.
func (m *marks) failed(k markedKey) {
	if !remedy.Marks {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if k := m.add(k); k != nil {
		k.failed = true
		k.overtaken = k.overtaken || k.pending > 0 // whatever that comes to is older
		m.happened(k)
	}
}

// left marks a key whose write goes on without a waiter. It reports whether it
// did, or else has blocked the stripe.
func (m *marks) left(k markedKey) bool {
	if !remedy.Marks {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	mark := m.add(k)
	if mark == nil {
		return false
	}
	mark.pending++
	return true
}

// ended is called when a write ends for which left has marked the key. It reports
// whether a remove is due.
func (m *marks) ended(id string, ok bool) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.keys[id]
	if k.pending--; k.pending > 0 {
		return false
	}
	if ok && !k.overtaken {
		m.drop(id)
		return false
	}
	k.failed, k.overtaken = true, false
	m.happened(k)
	return true
}

// happened notes that something happened to a marked key. The count is one for all
// keys: a mark that comes back is not taken for the one that there was.
func (m *marks) happened(k *mark) {
	m.seq++
	k.seq = m.seq
}

// known clears the mark of a key that was written or removed in its turn.
func (m *marks) known(id string) {
	if !m.any.Load() {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if k := m.keys[id]; k != nil && k.pending == 0 {
		m.drop(id)
	}
}

// dueKey is a key to remove from the tier.
type dueKey struct {
	id, text string
	seq      uint64
}

// due returns up to n keys that a remove is due for.
func (m *marks) due(n int) []dueKey {
	m.mu.Lock()
	defer m.mu.Unlock()
	var due []dueKey
	for id, k := range m.keys {
		if len(due) == n {
			break
		}
		if k.failed && k.pending == 0 {
			due = append(due, dueKey{id, k.text, k.seq})
		}
	}
	return due
}

// removed clears the mark of a due key, unless something has happened since.
func (m *marks) removed(d dueKey) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k := m.keys[d.id]; k != nil && k.pending == 0 && k.seq == d.seq {
		m.drop(d.id)
	}
}

// markedKey is a key to mark.
type markedKey struct {
	id, text string
	stripe   int32
	until    int64        // tick when no entry of now can be alive in the tier any more
	unix     func() int64 // the instant of now
}

// add returns the mark of the key, a new one if need be, or nil after blocking
// the stripe because there are too many.
func (m *marks) add(key markedKey) *mark {
	m.any.Store(true)
	if k := m.keys[key.id]; k != nil {
		return k
	}
	if len(m.keys) >= maxMarks {
		if m.blocked == nil {
			m.blocked = map[int32]block{}
		}
		b, ok := m.blocked[key.stripe]
		if !ok {
			b = block{key.until, key.unix()}
		}
		m.blocked[key.stripe] = block{max(b.until, key.until), max(b.created, key.unix())}
		return nil
	}
	if m.keys == nil {
		m.keys = map[string]*mark{}
	}
	k := &mark{text: strings.Clone(key.text)} // it can be a part of one that holds all keys of a batch
	m.keys[key.id] = k
	return k
}

func (m *marks) drop(id string) {
	delete(m.keys, id)
	m.settle()
}

func (m *marks) settle() {
	if len(m.keys) == 0 && len(m.blocked) == 0 {
		m.any.Store(false)
	}
}
