package runtime

import "time"

// queue has the members of all lines and rounds that have not ended, in the order in
// which they came. As they may all stay for the same time, that is the one in which
// they are to leave: so one timer will do for all, and most reads do not touch it.
type queue struct{ oldest, newest *member }

func (q *queue) add(m *member) {
	m.older = q.newest
	if q.newest == nil {
		q.oldest = m
	} else {
		q.newest.newer = m
	}
	q.newest = m
}

func (q *queue) remove(m *member) {
	if m.older == nil {
		q.oldest = m.newer
	} else {
		m.older.newer = m.newer
	}
	if m.newer == nil {
		q.newest = m.older
	} else {
		m.newer.older = m.older
	}
	m.older, m.newer = nil, nil
}

// watch sees to it that a member leaves in time.
func (g *gatherer) watch(m *member) {
	g.queue.add(m)
	if g.alarm == nil {
		g.alarm = time.AfterFunc(g.caller.timeout, g.expire)
	}
}

// expire dismisses those whose time is over.
func (g *gatherer) expire() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		m := g.queue.oldest
		if m == nil {
			g.alarm = nil // nothing ticks while nobody reads
			return
		}
		if left := after(m.began, g.caller.timeout) - tick(); left > 0 {
			g.alarm = time.AfterFunc(time.Duration(left), g.expire)
			return
		}
		g.dismiss(m)
		m.err = ErrTimeout
		m.done <- struct{}{}
	}
}
