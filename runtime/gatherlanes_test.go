package runtime

import (
	"context"
	"fmt"
	"math"
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

// TestTrafficFar holds what is learned of how far away an owner is, and from what.
func TestTrafficFar(t *testing.T) {
	const reach, ms = 10, int64(time.Millisecond)
	tr := traffic{crowded: 2, reach: reach}
	tr.come()
	room := func(want int) {
		t.Helper()
		check(t, tr.room(0, 0), want)
	}
	room(2)
	tr.gauge(4*int64(apart)+50*int64(perKey), 50)
	room(4)
	tr.gauge(0, lightKeys+1) // one of many keys does not say much
	room(3)
	tr.gauge(0, 1)
	room(2)
	tr.gauge(100*ms, 1)
	room(3) // of a slow one in between not much is left,
	tr.gauge(int64(apart), 1)
	room(2) // and soon nothing
	slow := 0
	for tr.room(0, 0) < reach {
		tr.gauge(ms, 1)
		slow++
	}
	if slow < 100 || slow > 1000 { // but if all are
		t.Errorf("far away after %d trips", slow)
	}
	tr.gauge(100*ms, 1)
	room(reach)
	tr.gauge(0, 1)
	for range 64 {
		tr.gauge(ms, lightKeys+1) // but many do
	}
	room(reach)
}

// TestGatherFar has a crowd whose server is far away in as many round trips as its client
// has connections for, and nobody else waits for more than one that is under way.
func TestGatherFar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const reach = 20
		s, g := (&station{punctual: true, trips: reach}).crowded()
		s.at(t, g, 0, ":first")
		s.at(t, g, 1, ":far") // says how far, which the one who was alone does not
		time.Sleep(time.Minute)
		for i := range 3 * reach {
			s.at(t, g, time.Duration(i), fmt.Sprint(":", i))
		}
		time.Sleep(time.Millisecond)
		check(t, len(s.begun()), 2+reach)
		time.Sleep(2 * time.Second)
		g.quiet(t)
		check(t, len(s.begun()), 2+reach+1)
	})
}

// TestGatherTaken has a caller who is to make a round trip taken along by another one: he
// makes none for others, which may hang, and they go all the same.
func TestGatherTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, g := (&station{punctual: true, trips: 8}).crowded()
		member := func(key string) *member {
			m, err := g.newMember(context.Background())
			check(t, err, nil)
			m.read.Key = key
			return m
		}
		early, late, hung := member(":early"), member(":late"), member(":hung")
		l, crowded := g.join(nil, early)
		check(t, crowded, true)
		also, _ := g.join(nil, late) // the second lane
		check(t, also, l)
		go g.lead(also, late)
		synctest.Wait()
		s.ask = func(ctx context.Context, _ []RemoteRead) error {
			<-ctx.Done()
			return ctx.Err()
		}
		g.join(nil, hung)
		began := time.Now()
		g.lead(l, early)
		check(t, time.Since(began), 0)
		synctest.Wait()
		check(t, fmt.Sprint(s.begun()), "[[:early :late] [:hung]]")
		time.Sleep(2 * time.Minute)
		check(t, <-hung.done, struct{}{})
		g.quiet(t)
	})
}

// TestGatherAgain has a crowd whose callers come again as soon as they have an answer: they
// go together again, and do not wait for those of other trips.
func TestGatherAgain(t *testing.T) {
	again(t, func(t *testing.T, crowd func(do func() error)) {
		s, g := (&station{punctual: true, trips: 8}).crowded()
		crowd(func() error {
			_, err := s.read(context.Background(), g, ":k")
			return err
		})
	})
}

// TestGatherWritesAgain holds the same of writes.
func TestGatherWritesAgain(t *testing.T) {
	again(t, func(t *testing.T, crowd func(do func() error)) {
		_, g := newDock(true)
		g.reach = 8
		crowd(func() error {
			_, err := g.do(context.Background(), RemoteWrite{Key: "k"}, markedKey{id: "k"})
			return err
		})
	})
}

// again runs a test of 64 callers who do something that takes a second, twenty times, and holds that they
// wait for little else. The scheduler has a say in that: once in a few times will do.
func again(t *testing.T, test func(t *testing.T, crowd func(do func() error))) {
	const bound = 27 * time.Second // it would be 30 at least
	best := time.Duration(math.MaxInt64)
	for try := 0; try < 5 && best > bound; try++ {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			test(t, func(do func() error) {
				var all sync.WaitGroup
				for i := range 64 {
					all.Go(func() {
						time.Sleep(time.Duration(i) * 3 * time.Millisecond)
						for range 20 {
							if err := do(); err != nil {
								t.Error(err)
							}
						}
					})
				}
				all.Wait()
			})
			best = min(best, time.Since(began))
		})
	}
	if best > bound {
		t.Errorf("%v for twenty seconds", best)
	}
}

// TestGatherWritesFar holds the same of writes.
func TestGatherWritesFar(t *testing.T) {
	wharf(t, func(t *testing.T, d *dock, g *writeGatherer) {
		const reach = 20
		g.reach = reach
		written := func(_ time.Duration, err error) { check(t, err, nil) }
		g.at(0, "far", written)
		time.Sleep(time.Minute)
		for i := range 3 * reach {
			g.at(time.Duration(i), fmt.Sprint(i), written)
		}
		time.Sleep(time.Millisecond)
		g.mu.Lock()
		check(t, g.lanes, reach)
		g.mu.Unlock()
		time.Sleep(time.Minute)
		check(t, len(d.sent()), 1+reach+1)
	})
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
