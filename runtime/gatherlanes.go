package runtime

import (
	"slices"
	"time"
)

// few is how many callers of one owner go each for himself, as they would without us: to
// wait for one another would take them longer than a round trip together saves.
const few = 12

// One more round trip may be under way in a crowd for every apart that one is on its way:
// what waits for a reply keeps no processor busy. Each key is taken to keep one busy for perKey.
const (
	apart  = 30 * time.Microsecond
	perKey = 2 * time.Microsecond
)

// patience is after what time a round trip is taken to hang.
func (c *caller) patience() time.Duration { return c.timeout / 8 }

// traffic is what there is on the way to one owner, and says whether one more round trip
// may begin: one for each caller while they are few, and so many in a crowd, who go
// together then, as keep both sides busy: more if the owner is far away. What hangs, perhaps on a dead
// connection, does not count.
type traffic struct {
	few, crowded int     // callers who go alone; lanes for more of them
	reach        int     // lanes to an owner who is as far away as can be
	away         int64   // how long a round trip is on its way, in ticks, as the quickest ones tell
	gauged       bool    // away is known
	callers      int     // in line, or on a round trip
	most         int     // how many there have been lately
	lanes        int     // round trips that are under way, or about to begin
	under        []int64 // ticks at which those under way began
}

// come counts a caller.
func (t *traffic) come() {
	t.callers++
	t.most = max(t.most, t.callers)
}

// depart begins a round trip.
func (t *traffic) depart(now int64) { t.under = append(t.under, now) }

// arrive ends the round trip that began at a tick. A crowd is one until there have been
// less for a while: when its round trips end, nobody is there for a moment.
func (t *traffic) arrive(began int64) {
	if i := slices.Index(t.under, began); i >= 0 {
		t.under = slices.Delete(t.under, i, i+1)
	}
	if t.most > t.callers {
		t.most -= 1 + (t.most-t.callers)/16
	}
}

// gauge learns from a round trip of so many keys how far away the owner is. What made one
// of them slow, such as a new connection, is soon forgotten; if all are, it is the distance. What
// is left of one of many keys is not to be relied on, but in the mean.
func (t *traffic) gauge(took int64, keys int) {
	took = max(0, took-int64(keys)*int64(perKey))
	switch {
	case keys > lightKeys:
		t.away += (took - t.away) / 64
	case !t.gauged || took < t.away:
		t.away, t.gauged = took, true
	default:
		t.away += (took - t.away) / 1024
	}
}

// room is how many lanes more there may be; it is negative if there are too many. What
// takes longer than patience hangs.
func (t *traffic) room(now int64, patience time.Duration) int {
	n := max(t.crowded, min(t.reach, int(t.away/int64(apart))))
	if t.most <= t.few {
		n = max(n, t.few)
	}
	n -= t.lanes
	for _, began := range t.under {
		if now-began > int64(patience) {
			n++
		}
	}
	return n
}
