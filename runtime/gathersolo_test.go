package runtime

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestSolo holds what somebody who reads alone is given: a context that is done when the
// time of the tier is over, exactly then, and none that an earlier one has used up.
func TestSolo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, g := (&station{punctual: true}).crowded()
		hang := true
		s.ask = func(ctx context.Context, reads []RemoteRead) error {
			check(t, g.sole.Load(), true)
			check(t, ctx.Err(), nil)
			d, ok := ctx.Deadline()
			check(t, ok && time.Until(d) == time.Minute, true)
			reads[0].Found = true
			if !hang {
				time.Sleep(time.Second)
				return nil
			}
			<-ctx.Done() // as one does that waits for a connection
			check(t, time.Until(d), 0)
			return ctx.Err()
		}
		for range 3 {
			for range 50 { // past where the alarm looks for the first time
				hang = false
				r, err := s.read(context.Background(), g, ":k")
				check(t, err, nil)
				check(t, r.Found, true)
			}
			hang = true
			began := time.Now()
			_, err := s.read(context.Background(), g, ":k")
			check(t, errors.Is(err, ErrTimeout), true)
			check(t, time.Since(began), time.Minute)
			time.Sleep(time.Hour)
		}
		g.quiet(t)
		check(t, g.bound.armed.Load(), false)
	})
}

// TestSoloLanes holds that one who goes alone takes a lane: of those who come meanwhile
// one goes at once, and the others together, when he is back.
func TestSoloLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, g := (&station{punctual: true}).crowded()
		s.at(t, g, 0, ":alone")
		s.at(t, g, 900*time.Millisecond, ":lane")
		s.at(t, g, 950*time.Millisecond, ":a")
		s.at(t, g, 960*time.Millisecond, ":b")
		time.Sleep(1500 * time.Millisecond) // a round trip takes a second
		s.mu.Lock()
		begun := slices.Clone(s.rounds)
		s.mu.Unlock()
		if want := [][]string{{":alone"}, {":lane"}, {":a", ":b"}}; !slices.EqualFunc(begun, want, slices.Equal) {
			t.Errorf("rounds %v, not %v", begun, want)
		}
		time.Sleep(10 * time.Second)
		g.quiet(t)
	})
}
