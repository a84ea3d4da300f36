package runtime

import (
	"slices"
	"time"
)

// demand says which entries a read takes for an answer. Others are set aside, if
// they will do in case that loading fails.
type demand struct {
	fresh bool          // stale entries are no answer
	early bool          // and neither are those that are to be reloaded eagerly
	grace time.Duration // entries are set aside, or kept by a write, for so long past their expiry: fail-safe=
}

// grace returns how long past its expiry a tier keeps what the operation writes.
func (c *Core[K, V]) grace(op *Op[K, V]) time.Duration {
	return max(c.spec.FailSafe, op.demand.grace)
}

// over reports whether an entry is of no use to the operation.
func (op *Op[K, V]) over(absent bool, expire int64) bool {
	return op.now >= expire && (absent || op.now >= after(expire, op.demand.grace))
}

// due reports whether the answer of a slot is to be reloaded eagerly.
func (op *Op[K, V]) due(s *slot[K, V]) bool { return s.eager != 0 && op.now >= s.eager }

// answers reports whether what has been found for a slot is an answer.
func (op *Op[K, V]) answers(s *slot[K, V]) bool {
	switch d := op.demand; {
	case op.now >= s.expire:
		return false
	case s.status == Absent:
		return true
	case s.status == Stale:
		return !d.fresh
	}
	return !op.demand.early || !op.due(s)
}

// setAside makes what has been found for a slot its spare, unless it has one that
// lives longer, and goes on as if nothing had been found.
func (s *slot[K, V]) setAside() {
	spare := s.spare
	if spare == nil || spare.expire < s.expire {
		found := *s
		found.spare, found.enc = nil, slices.Clone(s.enc) // it can outlive the operation
		spare = &found
	}
	aside := s.aside | 1<<s.leaf
	silence := s.rest().silence
	*s = s.unanswered()
	s.spare, s.aside = spare, aside
	s.silenced(silence)
}

// alike has the answer of a read that was in two parts know what both have set
// aside.
func (s *slot[K, V]) alike(l1, l2 *slot[K, V]) {
	s.aside = l1.aside | l2.aside
	m, m1, m2 := s.rest(), l1.rest(), l2.rest()
	m.silence, m.seen = m1.with(m2.silence), m1.seen
	if !m.seen.known {
		m.seen = m2.seen
	}
	s.more = &m
	s.writ = l1.writ.join(l2.writ)
	s.spare = l1.spare
	if s.spare == nil || l2.spare != nil && l2.spare.expire > s.spare.expire {
		s.spare = l2.spare
	}
}

// eagerAt returns when a value is reloaded eagerly that is fresh between two ticks;
// 0 is never.
func (c *Core[K, V]) eagerAt(from, stale int64) int64 {
	if c.spec.Eager == 0 || stale == Never || stale <= from {
		return 0
	}
	return from + int64(c.spec.Eager*float64(stale-from))
}

// nominal is eagerAt for a value of which it is not known when it was stored.
func (c *Core[K, V]) nominal(stale int64) int64 {
	if c.spec.Eager == 0 || stale == Never {
		return 0
	}
	return stale - int64((1-c.spec.Eager)*float64(c.spec.TTL))
}

// eagerIn is eagerAt for a copy in a tier: one that the tier's ttl= makes shorter has
// the share of that, unless the value itself is due before.
func (c *Core[K, V]) eagerIn(l *Leaf, now int64, s *slot[K, V]) int64 {
	if limit := after(now, l.TTL); s.eager != 0 && l.TTL > 0 && limit < s.stale {
		return min(s.eager, c.eagerAt(now, limit))
	}
	return s.eager
}
