package runtime

import (
	"slices"
	"time"
)

// few is how many callers of one owner go each for himself, as they would without us: to
// wait for one another would take them longer than a round trip together saves.
const few = 12

// patience is after what time a round trip is taken to hang.
func (c *caller) patience() time.Duration { return c.timeout / 8 }

// traffic is what there is on the way to one owner, and says whether one more round trip
// may begin: one for each caller while they are few, and so many in a crowd, who go
// together then. What hangs, perhaps on a dead connection, does not count.
type traffic struct {
	few, crowded int     // callers who go alone; lanes for more of them
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

// room is how many lanes more there may be; it is negative if there are too many. What
// takes longer than patience hangs.
func (t *traffic) room(now int64, patience time.Duration) int {
	n := t.crowded
	if t.most <= t.few {
		n = t.few
	}
	n -= t.lanes
	for _, began := range t.under {
		if now-began > int64(patience) {
			n++
		}
	}
	return n
}
