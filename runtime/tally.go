package runtime

// tally is what the keys of an operation have come to in one tier. The counters that all
// operations share hear of it once: a processor that counts has to take them from another.
type tally struct{ hits, misses, bytes uint64 }

// alive counts an entry that was found, and that may be of use after its life.
func (t *tally) alive(live bool) {
	if live {
		t.hits++
	} else {
		t.misses++
	}
}

// tallied counts what the tier has answered.
func (l *tierBase) tallied(t *tally) {
	if t.hits > 0 {
		l.counters.hits.Add(t.hits)
	}
	if t.misses > 0 {
		l.counters.misses.Add(t.misses)
	}
	if t.bytes > 0 {
		l.counters.bytesOut.Add(t.bytes)
	}
	*t = tally{}
}

// answers is how often there was each answer.
type answers [Absent + 1]uint64

// countAll is count for a batch.
func (c *counters) countAll(n *answers) {
	for status, n := range n {
		if n > 0 {
			c.of(Status(status)).Add(n)
		}
	}
}
