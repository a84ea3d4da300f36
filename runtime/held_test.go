package runtime

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cachegen/cachegen/internal/race"
)

// TestHeld has the keys of one stripe written and loaded, in any order, and compares what
// is held of each with a map. In the end there is nothing.
func TestHeld(t *testing.T) {
	type model struct {
		busy   bool
		flight *part[item]
	}
	s, other := newFence[item]().stripe(7), map[string]*model{}
	keys := strings.Split("abcdefghij", "")
	for _, key := range keys {
		other[key] = &model{}
	}
	step := func(key string, turn bool) {
		m := other[key]
		switch {
		case turn && m.busy:
			s.end(key, claim[item]{gen: firstGeneration}) // a refill's, which leaves flights alone
			m.busy = false
		case turn:
			ok, err := s.begin(context.Background(), key, claim[item]{gen: firstGeneration, try: true})
			check(t, ok, true)
			check(t, err, nil)
			m.busy = true
		case m.flight != nil:
			s.drop(key, m.flight)
			m.flight = nil
		default:
			m.flight = s.reload([]byte(key))
		}
		busy, flights := s.count()
		for key, m := range other {
			h := find(s, []byte(key))
			check(t, h != nil && h.busy, m.busy)
			check(t, s.flying([]byte(key)), m.flight != nil)
			if m.busy {
				busy--
			}
			if m.flight != nil {
				flights--
			}
		}
		check(t, busy, 0)
		check(t, flights, 0)
	}
	for range 5000 {
		step(keys[rand.IntN(len(keys))], rand.IntN(2) == 0)
	}
	for key, m := range other {
		if m.busy {
			step(key, true)
		}
		if m.flight != nil {
			step(key, false)
		}
	}
	check(t, s.fence.held.Load()[s.index] == nil, true)
}

// TestHeldAllocs: to have a turn allocates nothing, nor does to look whether a key is
// loaded, however long it is.
func TestHeldAllocs(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector has pools forget")
	}
	s, id := newFence[item]().stripe(7), strings.Repeat("long", 100)
	key, c := []byte(id), claim[item]{}
	check(t, testing.AllocsPerRun(1000, func() {
		_, _ = s.begin(context.Background(), id, c)
		_ = s.flying(key) || s.reloading(key) || s.quiet(key, 0, func() {})
		s.end(id, c)
		s.alone(id, c, func() {})
	}), 0.0)
	check(t, s.fence.stripe(8).flying(key), false)
}
