package runtime

import (
	"context"
	"errors"
	"fmt"
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
			check(t, g.trips(tick(), time.Hour), 1)
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

// put writes a key after a while as a tier does: past the line if nobody else is there.
func (g *writeGatherer) put(d time.Duration, key string, then func(took time.Duration, err error)) {
	time.AfterFunc(d, func() {
		began := time.Now()
		writes := []RemoteWrite{{Key: key}}
		alone, err := g.solo(context.Background(), &writes[0], began)
		if !alone {
			_, err = g.do(context.Background(), writes[0], markedKey{id: key})
		}
		then(time.Since(began), err)
	})
}

// pier runs a test of writes by a gatherer of which two are a crowd.
func pier(t *testing.T, test func(d *dock, g *writeGatherer)) {
	synctest.Test(t, func(t *testing.T) {
		d := &dock{}
		g := &writeGatherer{
			engine: d, caller: newCaller(time.Minute), punctual: true, traffic: traffic{crowded: 1},
			work: func(writes []RemoteWrite, _ []markedKey) operation { return bundle{d, writes} },
		}
		test(d, g)
		time.Sleep(time.Hour)
		check(t, g.there.Load(), 0)
		check(t, g.began.Load(), 0)
		check(t, g.lanes, 0)
		check(t, len(g.waiting), 0)
		check(t, g.bound.armed.Load(), false)
	})
}

// TestSoloWrites holds that those who come while one writes alone go together when he is
// back.
func TestSoloWrites(t *testing.T) {
	pier(t, func(d *dock, g *writeGatherer) {
		ok := func(_ time.Duration, err error) { check(t, err, nil) }
		for i, at := range []time.Duration{0, 100, 200, 1500, 5000} {
			g.put(at*time.Millisecond, fmt.Sprint(i), ok)
		}
		time.Sleep(10 * time.Second)
		if want := []string{"0", "1 2", "3", "4"}; !slices.Equal(d.sent(), want) {
			t.Errorf("trips %q, not %q", d.sent(), want)
		}
	})
}

// TestSoloWritesHung holds that a write by one who is alone ends with the time of the
// tier, and that others wait for it for a while only.
func TestSoloWritesHung(t *testing.T) {
	pier(t, func(d *dock, g *writeGatherer) {
		d.ask = func(ctx context.Context, writes []RemoteWrite) error {
			if writes[0].Key == "hung" {
				<-ctx.Done()
				return ctx.Err()
			}
			time.Sleep(time.Second)
			return nil
		}
		g.put(0, "hung", func(took time.Duration, err error) {
			check(t, errors.Is(err, ErrTimeout), true)
			check(t, took, time.Minute)
		})
		within := func(most time.Duration) func(took time.Duration, err error) {
			return func(took time.Duration, err error) {
				check(t, err, nil)
				if took > most {
					t.Errorf("took %v", took)
				}
			}
		}
		g.put(time.Millisecond, "early", within(g.caller.patience()+time.Second))
		g.put(10*time.Second, "late", within(time.Second))
		time.Sleep(2 * time.Minute)
		check(t, len(d.sent()), 3)
	})
}

// TestSoloRoom holds that nobody goes alone where as many calls as may be are under way.
func TestSoloRoom(t *testing.T) {
	pier(t, func(d *dock, g *writeGatherer) {
		for range maxCalls {
			g.caller.running <- struct{}{}
		}
		g.put(0, "k", func(took time.Duration, err error) {
			check(t, err, nil)
			check(t, took, 2*time.Second)
		})
		time.Sleep(time.Second)
		check(t, len(d.sent()), 0)
		<-g.caller.running
	})
}
