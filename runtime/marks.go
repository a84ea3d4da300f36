package runtime

import (
	"sync"
	"sync/atomic"
	"time"
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
	// blocked stripes had keys that there was no room to mark: until this tick
	// the whole stripe is a miss.
	blocked map[int]int64
}

// mark of one key, by the id that the fence uses.
type mark struct {
	text      string // the key in the tier
	pending   int    // writes under way without a waiter
	overtaken bool   // something newer happened while they were
	failed    bool   // a remove is due
	seq       int    // counts what has happened, so that a remove knows whether it came too early
}

// hides reports whether the tier must count as a miss for the key.
func (m *marks) hides(key []byte, stripe int, now int64) bool {
	if !m.any.Load() {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.keys[string(key)] != nil {
		return true
	}
	until, ok := m.blocked[stripe]
	if ok && now >= until {
		delete(m.blocked, stripe)
		m.settle()
		return false
	}
	return ok
}

// admit reports whether a writer may write the key: not while an earlier write
// is under way, which would then be the later one.
func (m *marks) admit(key []byte) bool {
	if !m.any.Load() {
		return true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.keys[string(key)]
	if k == nil || k.pending == 0 {
		return true
	}
	k.overtaken = true
	return false
}

// failed marks a key whose write or remove has failed.
func (m *marks) failed(k markedKey) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k := m.add(k); k != nil {
		k.failed = true
		k.seq++
	}
}

// left marks a key whose write goes on without a waiter.
func (m *marks) left(k markedKey) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k := m.add(k); k != nil {
		k.pending++
	}
}

// ended is called when such a write ends.
func (m *marks) ended(id string, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.keys[id]
	if k == nil || k.pending == 0 { // its stripe is blocked
		return
	}
	if k.pending--; k.pending > 0 {
		return
	}
	if ok && !k.overtaken {
		m.drop(id)
		return
	}
	k.failed, k.overtaken = true, false
	k.seq++
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
	seq      int
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
	stripe   int
	now      int64
	life     time.Duration // how long an entry of the tier can live; 0 is for ever
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
			m.blocked = map[int]int64{}
		}
		m.blocked[key.stripe] = Never
		if key.life > 0 {
			m.blocked[key.stripe] = after(key.now, key.life)
		}
		return nil
	}
	if m.keys == nil {
		m.keys = map[string]*mark{}
	}
	k := &mark{text: key.text}
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
