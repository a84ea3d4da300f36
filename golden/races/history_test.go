package races

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// absent is the version of a remembered absence; that of a miss is 0.
const absent = -1

// value is one version of the key and where it came from.
type value struct {
	loaded       bool          // from the source, and not given by a writer
	begun, ended time.Duration // of the write, or begun of the load
	dies         time.Duration // 0: not in this schedule
}

// write is a Set or Delete that returned nil.
type write struct {
	version      int64 // 0: a Delete
	begun, ended time.Duration
}

// read is what a reader got.
type read struct {
	actor        int
	version      int64
	begun, ended time.Duration
	err          error
}

// history is what became of one key in one schedule.
type history struct {
	values map[int64]value
	writes []write
	reads  []read
	faults []string // what must not have happened, noted at once
}

// check returns what is wrong with the history, or "".
//
// The promise is that once a write has returned nil no read that begins later
// returns what was written, read or begun to be loaded before. Of two writes
// that overlap either may be the later one.
func (h *history) check() string {
	if len(h.faults) > 0 {
		return h.faults[0]
	}
	for _, r := range h.reads {
		if r.version == 0 {
			continue
		}
		v, ok := h.values[r.version]
		if !ok {
			return fmt.Sprintf("%v returned version %d, which nobody wrote", r, r.version)
		}
		if v.dies != 0 && r.begun >= v.dies {
			return fmt.Sprintf("%v returned version %d, which died at %v", r, r.version, v.dies)
		}
		for _, w := range h.writes {
			if w.version == r.version || w.ended >= r.begun {
				continue
			}
			if v.loaded && v.begun < w.ended || !v.loaded && v.ended < w.begun {
				return fmt.Sprintf("%v returned version %d (%+v), which %v replaced", r, r.version, v, w)
			}
		}
	}
	return ""
}

// agreed returns what is wrong if reads after all writes have ended differ: the
// tiers do not agree on who was last.
func (h *history) agreed() string {
	var last time.Duration
	for _, v := range h.values {
		last = max(last, v.begun, v.ended)
	}
	for _, w := range h.writes {
		last = max(last, w.ended)
	}
	var first *read
	for i := range h.reads {
		r := &h.reads[i]
		if r.version == 0 || r.begun <= last {
			continue
		}
		if first == nil {
			first = r
		} else if r.version != first.version {
			return fmt.Sprintf("%v returned version %d, and %v version %d", *first, first.version, *r, r.version)
		}
	}
	return ""
}

// String says when and by whom.
func (r read) String() string {
	return fmt.Sprintf("read by %d from %v to %v", r.actor, r.begun, r.ended)
}

// hash is a number for all that has happened, and when.
func (h *history) hash() uint64 {
	slices.SortFunc(h.reads, func(a, b read) int { return cmp.Or(cmp.Compare(a.begun, b.begun), a.actor-b.actor) })
	slices.SortFunc(h.writes, func(a, b write) int { return cmp.Compare(a.begun, b.begun) })
	sum := uint64(len(h.values))
	for _, r := range h.reads {
		for _, n := range []int64{int64(r.actor), r.version, int64(r.begun), int64(r.ended)} {
			sum = mix(sum + uint64(n))
		}
	}
	for _, w := range h.writes {
		for _, n := range []int64{w.version, int64(w.begun), int64(w.ended)} {
			sum = mix(sum + uint64(n))
		}
	}
	return sum
}
