package fasttier

import (
	"encoding/binary"
	"sync"

	"github.com/cachegen/cachegen/runtime"
)

// kept is how many bytes of room a Scratch has at most for the next entry.
const kept = 2 << 20

// seldom is how many entries in a row are read into one Scratch, all of which a caller had
// room for, until callers' own room is used again.
const seldom = 64

// Scratch is where an entry lies while it is decoded that is too long for the stack, and
// then the next one: memory of its own for each would cost more than to decode it.
type Scratch struct {
	home  *sync.Pool
	buf   []byte
	short int // entries in a row that a caller had room for
}

// Free takes the memory back; of nil, it does nothing.
func (s *Scratch) Free() {
	if s == nil {
		return
	}
	if cap(s.buf) > kept {
		s.buf = nil
	}
	s.home.Put(s)
}

// borrow returns a Scratch. It has the room of the one before, as a rule.
func (t *Tier) borrow() *Scratch {
	if s, ok := t.scratch.Get().(*Scratch); ok {
		return s
	}
	return &Scratch{home: &t.scratch}
}

// getLong is Get and GetEager while entries are long, big ones too. The room is that of
// the caller, who will be told to use it if it is enough again.
func (t *Tier) getLong(room int, key []byte) (payload []byte, s *Scratch, status runtime.Status, now int64, due bool) {
	s = t.borrow()
	kind, e, all, ok := t.peek(s.buf[:0], key)
	if e.Stale != runtime.Never || e.Eager != 0 {
		now = t.time.Now()
	}
	ok = ok && !e.Absent && now < e.Expire
	if ok && kind == kindBig { // not what is over: to copy it would take long
		e, all, ok = t.fetch(e, all, key)
	}
	s.buf = all
	if !ok {
		s.Free()
		return nil, nil, runtime.Miss, now, false
	}
	t.measure(s, len(all) > room)
	if now >= e.Stale {
		return e.Payload, s, runtime.Stale, now, false
	}
	return e.Payload, s, runtime.Hit, now, e.Eager != 0 && now >= e.Eager
}

// measure notes whether an entry was long.
func (t *Tier) measure(s *Scratch, long bool) {
	if s.short++; long {
		s.short = 0
	} else if s.short == seldom {
		s.short = 0
		t.long.Store(false)
	}
}

// noteBig notes it if what a caller takes for nothing stands for a big payload.
func (t *Tier) noteBig(b []byte) {
	if len(b) >= header && binary.LittleEndian.Uint32(b)&^kindEager == epoch|kindBig {
		t.long.Store(true)
	}
}
