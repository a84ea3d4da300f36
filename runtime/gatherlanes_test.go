package runtime

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestTraffic walks through what there is room for.
func TestTraffic(t *testing.T) {
	tr := traffic{few: 3, crowded: 2}
	const patience = 100
	room := func(now int64, want int) {
		t.Helper()
		check(t, tr.room(now, patience), want)
	}
	go1 := func(now int64) {
		tr.come()
		tr.lanes++
		tr.depart(now)
	}
	back := func(began int64) {
		tr.callers--
		tr.lanes--
		tr.arrive(began)
	}
	room(0, 3)
	go1(1)
	go1(1)
	go1(2)
	room(2, 0) // each has his own
	tr.come()
	room(2, -1) // a crowd: one lane is to close
	tr.callers--
	back(1)
	room(101, 1) // nobody hangs yet, and three are few again
	room(102, 2) // who went at 1 does, and does not count
	room(103, 3)
	back(2)
	room(103, 3)
	back(1)
	check(t, len(tr.under), 0)
	room(103, 3)
}

// TestTrafficCrowd holds how long a crowd is one: over a moment in which nobody is there,
// and not for ever.
func TestTrafficCrowd(t *testing.T) {
	tr := traffic{few: few, crowded: lanes}
	for range 64 {
		tr.come()
	}
	for began := range 4 { // all end at once, four times
		tr.callers = 0
		tr.arrive(int64(began))
		check(t, tr.room(0, 0), lanes)
		tr.callers = 0
		for range 64 {
			tr.come()
		}
	}
	tr.callers = 1
	trips := 0
	for tr.room(0, 0) != few {
		tr.arrive(0)
		trips++
	}
	if trips < 10 || trips > 60 {
		t.Errorf("few are taken for a crowd for %d trips", trips)
	}
}

// TestGatherFew holds that few go each for himself, and at once.
func TestGatherFew(t *testing.T) {
	for _, punctual := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			s := &station{punctual: punctual}
			g := newGatherer(s, newCaller(time.Minute))
			for i := range few {
				s.at(t, g, time.Duration(i+1), fmt.Sprint(":", i))
			}
			time.Sleep(500 * time.Millisecond)
			check(t, len(s.begun()), few)
			time.Sleep(time.Minute)
			g.quiet(t)
			for _, r := range s.begun() {
				check(t, len(r), 1)
			}
		})
	}
}

// TestGatherMany holds that of many most go together, and that lanes which were opened
// for few close: in the end there are as many as in a crowd. That is so of each server of
// a cluster, whose lines come and go, and if all are away for a moment.
func TestGatherMany(t *testing.T) {
	for _, key := range []string{":k", "m:k"} {
		synctest.Test(t, func(t *testing.T) {
			s := &station{punctual: true}
			g := newGatherer(s, newCaller(time.Minute))
			var before int
			for wave := range 30 {
				if wave == 20 {
					before = len(s.begun())
				}
				var wg sync.WaitGroup
				for range 50 {
					wg.Go(func() {
						if _, err := s.read(context.Background(), g, key); err != nil {
							t.Error(err)
						}
					})
				}
				wg.Wait()
				time.Sleep(time.Millisecond)
			}
			// Of each wave, one goes in each lane, and then all others. Before them goes who is
			// alone, where there is one server: the lanes may not have seen him yet.
			most := lanes + 1
			if key == ":k" {
				most++
			}
			if n := len(s.begun()) - before; n > 10*most {
				t.Errorf("%d round trips for ten waves", n)
			}
			g.quiet(t)
			_, err := s.read(context.Background(), g, "another:k")
			check(t, err, nil)
			_, ok := g.lines["m"]
			check(t, ok, false) // the server may be gone
		})
	}
}

func (s *station) begun() [][]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.rounds)
}

// TestGatherHungFew has round trips of few hang: there is room for others all the same,
// at once, for as many as there may be, and later beside what hangs.
func TestGatherHungFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &station{}
		g := newGatherer(s, newCaller(time.Minute))
		s.ask = func(ctx context.Context, reads []RemoteRead) error {
			if reads[0].Key == ":dead" {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}
		wait := func(after time.Duration) {
			t.Helper()
			began := time.Now()
			_, err := s.read(context.Background(), g, ":k")
			check(t, err, nil)
			check(t, time.Since(began), after)
		}
		for i := range few {
			wait(0)
			go func() { _, _ = s.read(context.Background(), g, ":dead") }()
			synctest.Wait()
			check(t, len(s.begun()), 2*(i+1))
		}
		time.Sleep(g.caller.timeout/8 + 1)
		for range 10 {
			wait(0)
		}
		time.Sleep(2 * g.caller.timeout)
		g.quiet(t)
	})
}

// TestGatherWritesFew holds the same of writes.
func TestGatherWritesFew(t *testing.T) {
	wharf(t, func(t *testing.T, d *dock, g *writeGatherer) {
		g.few = few
		for i := range few {
			g.at(time.Duration(i), fmt.Sprint(i), func(took time.Duration, err error) {
				check(t, err, nil)
				check(t, took, time.Second)
			})
		}
		time.Sleep(time.Minute)
		check(t, len(d.sent()), few)
		for i := range 50 { // and of many that they go together
			g.at(time.Duration(i), fmt.Sprint(i), func(took time.Duration, err error) { check(t, err, nil) })
		}
		time.Sleep(time.Minute)
		sizes := map[int]int{}
		for _, trip := range d.sent()[few:] {
			sizes[len(strings.Fields(trip))]++
		}
		check(t, sizes[1], few)
		check(t, sizes[50-few], 1)
	})
}
