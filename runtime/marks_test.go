package runtime

import (
	"strconv"
	"testing"
)

func marked(id string, stripe int32, until int64) markedKey {
	return markedKey{id: id, text: "text " + id, stripe: stripe, until: until, unix: func() int64 { return 50 }}
}

var one = marked("one", 1, 1000)

// state checks whether a key is hidden that a writer may write.
func state(t *testing.T, m *marks, k markedKey, hidden bool) {
	t.Helper()
	if got := m.hides([]byte(k.id), k.stripe, 0); got != hidden {
		t.Errorf("hidden: %v, want %v", got, hidden)
	}
	if !m.admit([]byte(k.id), 0) {
		t.Error("not admitted")
	}
}

// none checks that a read has nothing to look at any more.
func none(t *testing.T, m *marks) {
	t.Helper()
	check(t, m.any.Load(), false)
	check(t, len(m.keys), 0)
	check(t, len(m.blocked), 0)
}

func TestMarksNone(t *testing.T) {
	m := &marks{}
	state(t, m, one, false)
	m.known(one.id)
	check(t, len(m.due(1)), 0)
	none(t, m)
}

// TestMarksFailed hides a key until a remove succeeds, or a write.
func TestMarksFailed(t *testing.T) {
	m := &marks{}
	m.failed(one)
	state(t, m, one, true)
	state(t, m, marked("another", 1, 1000), false)
	due := m.due(10)
	check(t, len(due), 1)
	check(t, due[0].text, one.text)
	m.removed(due[0])
	none(t, m)

	m.failed(one)
	m.known(one.id)
	none(t, m)
}

// TestMarksRemovedTooEarly fails again while a remove is under way.
func TestMarksRemovedTooEarly(t *testing.T) {
	m := &marks{}
	m.failed(one)
	early := m.due(1)[0]
	m.failed(one)
	m.removed(early)
	state(t, m, one, true)

	// A write clears the mark and the next one brings it back: to the remove that
	// began before both, it is another mark.
	m.removed(m.due(1)[0])
	m.failed(one)
	early = m.due(1)[0]
	m.known(one.id)
	m.failed(one)
	m.removed(early)
	state(t, m, one, true)
	m.removed(m.due(1)[0])
	none(t, m)
}

// TestMarksLeft hides a key while a write goes on that nobody waits for.
func TestMarksLeft(t *testing.T) {
	for _, ok := range []bool{true, false} {
		m := &marks{}
		check(t, m.left(one), true)
		check(t, m.hides([]byte(one.id), one.stripe, 0), true)
		check(t, len(m.due(1)), 0)
		m.known(one.id) // no other writer can know, while it goes on
		check(t, m.hides([]byte(one.id), one.stripe, 0), true)
		m.ended(one.id, ok)
		if ok {
			none(t, m)
			continue
		}
		check(t, len(m.due(1)), 1)
	}
}

// TestMarksOvertaken removes what a write leaves behind that ends after a later one
// was refused.
func TestMarksOvertaken(t *testing.T) {
	m := &marks{}
	m.left(one)
	check(t, m.admit([]byte(one.id), 0), false)
	m.failed(one) // as the refused writer says
	check(t, len(m.due(1)), 0)
	m.ended(one.id, true)
	state(t, m, one, true)
	due := m.due(1)
	check(t, len(due), 1)
	m.removed(due[0])
	none(t, m)
}

// TestMarksBlocked has no room for a mark, and distrusts what was written to the
// stripe until then, as long as that can live.
func TestMarksBlocked(t *testing.T) {
	m := &marks{}
	for i := range maxMarks {
		m.failed(marked(strconv.Itoa(i), 0, 1000))
	}
	m.failed(one)
	m.failed(marked("later", 1, 3000))
	m.failed(marked("sooner", 1, 2000))
	check(t, len(m.keys), maxMarks)
	check(t, m.distrusts(1, 2999, 50), true)
	check(t, m.distrusts(1, 2999, 51), false) // written since
	check(t, m.distrusts(2, 0, 50), false)
	check(t, m.left(marked("write", 2, 1000)), false) // so ended is not called
	check(t, m.distrusts(2, 999, 50), true)
	m.failed(marked("forever", 3, Never))

	for due := m.due(100); len(due) > 0; due = m.due(100) {
		check(t, len(due) <= 100, true)
		for _, d := range due {
			m.removed(d)
		}
	}
	check(t, m.any.Load(), true)
	check(t, m.distrusts(1, 3000, 50), false)
	check(t, m.distrusts(2, 1000, 50), false)
	check(t, m.distrusts(3, Never-1, 50), true)
	check(t, m.distrusts(3, Never, 50), false)
	for stripe := range int32(4) {
		check(t, m.hides([]byte("any"), stripe, Never), false) // and forgets
	}
	none(t, m)
}

// TestAdmitOwn lets an operation that has been left alone, by whichever race it is a
// part of, write on under the marks that were set for it, and under no others.
func TestAdmitOwn(t *testing.T) {
	m := &marks{}
	outer := &behind{}
	inner := &behind{outer: outer}
	for _, b := range []*behind{outer, inner} {
		m.left(one)
		b.marked = append(b.marked, marking{place: place{tier: 3, id: one.id}})
		check(t, inner.admit(m, 3, []byte(one.id), 0), true)
	}
	check(t, inner.admit(m, 2, []byte(one.id), 0), false) // marks of another tier
	m.left(one)                                           // somebody else
	check(t, inner.admit(m, 3, []byte(one.id), 0), false)
}
