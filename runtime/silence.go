package runtime

import "time"

// silence is which tiers have kept a load waiting for nothing. Such a tier has cost its
// time: for a moment the load's value is not written to it, unless it has answered
// somebody since, as if the write had failed.
type silence struct {
	silent uint64 // tiers, by index
	since  int64  // tick at which the last of them was asked
	until  int64  // tick from which on they are asked again
}

// silent is how long a tier is left alone: a fault that has cleared must not be felt
// for much longer.
const silent = time.Second

func (s silence) with(o silence) silence {
	switch {
	case s.silent == 0:
		return o
	case o.silent == 0:
		return s
	}
	return silence{s.silent | o.silent, max(s.since, o.since), max(s.until, o.until)}
}

// unheard notes that a read that began at a tick has failed, if that took a good part of
// the tier's time. What fails at once, such as a connection that the server has closed,
// costs nothing and may be well a moment later; and an inner cache has other tiers.
func (l *RemoteLeaf[K, V]) unheard(s *slot[K, V], began int64) {
	if now := tick(); l.Timeout > 0 && now-began >= int64(l.Timeout/4) && !l.typed {
		m := s.rest()
		s.silenced(m.with(silence{1 << l.Index, began, after(now, silent)}))
	}
}

// silenced sets which tiers have kept the slot waiting.
func (s *slot[K, V]) silenced(by silence) {
	if m := s.rest(); by != m.silence {
		m.silence = by
		s.more = &m
	}
}

// heard notes that the tier has answered at a tick.
func (l *RemoteLeaf[K, V]) heard(now int64) { l.answered.Store(now) }

// mute reports whether the tier has just cost the load of a slot's value its time, and has
// been silent since.
func (l *RemoteLeaf[K, V]) mute(s *slot[K, V]) bool {
	if s.load == nil || s.more == nil {
		return false
	}
	m := s.more
	return m.silent&(1<<l.Index) != 0 && l.answered.Load() <= m.since && tick() < m.until
}
