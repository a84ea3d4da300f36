package runtime

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// station is a Gatherer whose round trips take a second each, if ask does not say
// otherwise. The owner of a key is what stands before its colon, if anything.
type station struct {
	RemoteEngine
	ask      func(ctx context.Context, reads []RemoteRead) error
	punctual bool
	trips    int

	mu     sync.Mutex
	rounds [][]string
}

func (s *station) Owner(key string) (owner any, ok bool) {
	if name, _, _ := strings.Cut(key, ":"); name != "" {
		return name, true
	}
	return nil, true // one server
}

func (s *station) Trips() int { return s.trips }

func (s *station) Punctual() bool { return s.punctual }

func (s *station) ReadEach(ctx context.Context, reads []RemoteRead) error {
	keys := make([]string, len(reads))
	for i := range reads {
		keys[i] = reads[i].Key
	}
	s.mu.Lock()
	s.rounds = append(s.rounds, keys)
	s.mu.Unlock()
	if s.ask != nil {
		return s.ask(ctx, reads)
	}
	time.Sleep(time.Second)
	for i := range reads {
		reads[i].Text, reads[i].Found = "of "+reads[i].Key, true
	}
	return nil
}

func newStation() (*station, *gatherer) { return (&station{}).crowded() }

// crowded returns a station and its gatherer, for which two callers are a crowd.
func (s *station) crowded() (*station, *gatherer) {
	g := newGatherer(s, newCaller(time.Minute))
	g.few = 0
	return s, g
}

// read reads a key as the leaf does.
func (s *station) read(ctx context.Context, g *gatherer, key string) (RemoteRead, error) {
	owner, _ := s.Owner(key)
	read := []RemoteRead{{Key: key}}
	err := g.one(ctx, owner, read, time.Now())
	return read[0], err
}

// at has somebody read a key after a while.
func (s *station) at(t *testing.T, g *gatherer, d time.Duration, key string) {
	t.Helper()
	time.AfterFunc(d, func() {
		r, err := s.read(context.Background(), g, key)
		if err != nil || r.Text != "of "+key {
			t.Errorf("%s: %q, %v", key, r.Text, err)
		}
	})
}

// quiet waits until nothing is under way, and holds that nothing is left.
func (g *gatherer) quiet(t *testing.T) {
	t.Helper()
	synctest.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	for owner, l := range g.lines {
		if owner != nil && l.most <= l.few || l.lanes != 0 || len(l.waiting) != 0 {
			t.Errorf("a line of %v is left, with %d lanes and %d waiting", owner, l.lanes, len(l.waiting))
		}
		check(t, l.callers, 0)
		check(t, len(l.under), 0)
	}
	check(t, g.there.Load(), 0)
	check(t, g.trips(tick(), time.Hour), 0)
	check(t, g.queue.oldest == nil && g.queue.newest == nil, true)
	check(t, len(g.caller.running), 0)
	check(t, g.caller.abandoned.Load(), 0)
}

// both runs a test with an engine that keeps deadlines, so that callers who come first
// make their round trips themselves, and with one that does not.
func both(t *testing.T, test func(t *testing.T, s *station, g *gatherer)) {
	for _, punctual := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			s, g := (&station{punctual: punctual}).crowded()
			test(t, s, g)
		})
	}
}

// TestGather looks at who goes together: whoever comes while all lanes are taken.
func TestGather(t *testing.T) {
	both(t, func(t *testing.T, s *station, g *gatherer) {
		for i := range 5 {
			s.at(t, g, time.Duration(i)*100*time.Millisecond, fmt.Sprint(":", i))
		}
		s.at(t, g, 1050*time.Millisecond, ":5") // while the second round trip is under way, and the third
		s.at(t, g, 1060*time.Millisecond, ":6")
		s.at(t, g, 10*time.Second, ":7") // alone again
		time.Sleep(20 * time.Second)
		g.quiet(t)
		want := [][]string{{":0"}, {":1"}, {":2", ":3", ":4"}, {":5", ":6"}, {":7"}}
		if !slices.EqualFunc(s.rounds, want, slices.Equal) {
			t.Errorf("rounds %v, not %v", s.rounds, want)
		}
	})
}

// TestGatherCrowd holds that a round trip has no more than so many reads.
func TestGatherCrowd(t *testing.T) {
	both(t, func(t *testing.T, s *station, g *gatherer) {
		for i := range lanes + 2*crowd + 1 {
			s.at(t, g, time.Duration(i+1), fmt.Sprint(":", i))
		}
		time.Sleep(10 * time.Second)
		g.quiet(t)
		var sizes []int
		for _, r := range s.rounds {
			sizes = append(sizes, len(r))
		}
		if want := []int{1, 1, crowd, crowd, 1}; !slices.Equal(sizes, want) {
			t.Errorf("rounds of %v, not %v", sizes, want)
		}
	})
}

// TestGatherLead holds who makes a round trip: the caller himself, where he comes first
// and could not leave, and the engine would not keep him.
func TestGatherLead(t *testing.T) {
	both(t, func(t *testing.T, s *station, g *gatherer) {
		var by string
		s.ask = func(context.Context, []RemoteRead) error {
			by = string(debug.Stack())
			panic("in the engine")
		}
		leaving, cancel := context.WithCancel(t.Context())
		defer cancel()
		for ctx, free := range map[context.Context]bool{context.Background(): true, leaving: false} {
			_, err := s.read(ctx, g, ":k")
			if _, ok := errors.AsType[*PanicError](err); !ok {
				t.Errorf("%v, not the panic", err)
			}
			check(t, strings.Contains(by, "TestGatherLead.func1(0x"), free && s.punctual)
			g.quiet(t)
		}
	})
}

// TestGatherLeave has one of a round leave: the others get their answers, and he is
// gone at once, whatever the engine does with contexts.
func TestGatherLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, g := newStation()
		for i := range lanes + 2 {
			s.at(t, g, time.Duration(i), fmt.Sprint(":", i))
		}
		time.Sleep(time.Millisecond)
		for _, after := range []time.Duration{500 * time.Millisecond, 1500 * time.Millisecond} { // in line, in a round
			ctx, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			go func() {
				began := time.Now()
				_, err := s.read(ctx, g, ":late")
				check(t, err, context.DeadlineExceeded)
				check(t, time.Since(began), after)
			}()
		}
		time.Sleep(time.Minute)
		g.quiet(t)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := s.read(gone, g, ":none")
		check(t, err, context.Canceled)
		check(t, len(s.rounds), lanes+1)
	})
}

// TestGatherTimeout has the engine hang: everybody leaves in time, what is left
// behind is bounded, and it goes on when the engine does.
func TestGatherTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, g := newStation()
		release := make(chan struct{})
		s.ask = func(ctx context.Context, reads []RemoteRead) error {
			if d, ok := ctx.Deadline(); !ok || time.Until(d) > g.caller.timeout {
				t.Errorf("deadline in %v, %v", time.Until(d), ok)
			}
			<-release // whatever becomes of ctx
			if ctx.Err() == nil {
				for i := range reads {
					reads[i].Found = true
				}
			}
			return nil
		}
		for g.caller.abandoned.Load() < maxCalls {
			var wg sync.WaitGroup
			for i := range 100 {
				wg.Go(func() {
					time.Sleep(time.Duration(i) * 100 * time.Millisecond)
					began := time.Now()
					_, err := s.read(context.Background(), g, ":k")
					if took := time.Since(began); !errors.Is(err, ErrTimeout) && (!errors.Is(err, ErrBusy) || took > g.caller.timeout) ||
						errors.Is(err, ErrTimeout) && took != g.caller.timeout {
						t.Errorf("%v after %v", err, took)
					}
				})
			}
			wg.Wait()
		}
		began := time.Now()
		_, err := s.read(context.Background(), g, ":k")
		check(t, err, ErrBusy)
		check(t, time.Since(began), 0)
		close(release)
		synctest.Wait()
		r, err := s.read(context.Background(), g, ":k")
		check(t, err, nil)
		check(t, r.Found, true)
		g.quiet(t)
	})
}

// TestGatherStuck has two round trips hang, as on dead connections: others are not
// kept in line behind them for long.
func TestGatherStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, g := newStation()
		s.ask = func(ctx context.Context, reads []RemoteRead) error {
			if reads[0].Key == ":dead" {
				<-ctx.Done()
				check(t, ctx.Err(), context.Canceled)
				return ctx.Err()
			}
			reads[0].Found = true
			return nil
		}
		for range lanes {
			go func() {
				_, err := s.read(context.Background(), g, ":dead")
				check(t, err, ErrTimeout)
			}()
			synctest.Wait()
		}
		time.Sleep(g.caller.timeout/8 + 1)
		began := time.Now()
		r, err := s.read(context.Background(), g, ":k")
		check(t, err, nil)
		check(t, r.Found, true)
		check(t, time.Since(began), 0)
		time.Sleep(2 * g.caller.timeout)
		g.quiet(t)
	})
}

// TestGatherOwners has one owner hang: keys of others do not wait for it.
func TestGatherOwners(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, g := newStation()
		s.ask = func(ctx context.Context, reads []RemoteRead) error {
			for i := range reads {
				if strings.HasPrefix(reads[i].Key, "hung:") {
					<-ctx.Done()
					return ctx.Err()
				}
				reads[i].Found = true
			}
			return nil
		}
		for range 10 {
			go func() { _, _ = s.read(context.Background(), g, "hung:k") }()
		}
		synctest.Wait()
		for range 10 {
			r, err := s.read(context.Background(), g, "well:k")
			check(t, err, nil)
			check(t, r.Found, true)
		}
		time.Sleep(2 * g.caller.timeout)
		g.quiet(t)
	})
}

// TestGatherErrors has round trips fail in every way: it is the matter of their
// members, and no lane is lost.
func TestGatherErrors(t *testing.T) {
	for name, fail := range map[string]func(){
		"error":  nil,
		"panic":  func() { panic("engine") },
		"goexit": runtime.Goexit,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, g := newStation()
				s.ask = func(_ context.Context, reads []RemoteRead) error {
					time.Sleep(time.Second)
					if strings.HasSuffix(reads[0].Key, "bad") {
						if fail != nil {
							fail()
						}
						return errDown
					}
					for i := range reads {
						if reads[i].Found = reads[i].Key != ":odd"; !reads[i].Found {
							reads[i].Err = ErrWrongType
						}
					}
					return nil
				}
				for range 3 * lanes {
					go func() {
						if _, err := s.read(context.Background(), g, ":bad"); err == nil {
							t.Error("no error")
						}
					}()
				}
				time.Sleep(time.Minute)
				for _, key := range []string{":a", ":b", ":c", ":odd", ":d"} {
					go func() {
						r, err := s.read(context.Background(), g, key)
						check(t, err, nil)
						check(t, r.Found, key != ":odd")
						check(t, errors.Is(r.Err, ErrWrongType), key == ":odd")
					}()
				}
				time.Sleep(time.Minute)
				g.quiet(t)
			})
		})
	}
}

// TestGatherAllocs holds that a read that goes alone costs its round.
func TestGatherAllocs(t *testing.T) {
	g := newGatherer(quick{}, newCaller(time.Minute))
	read := []RemoteRead{{Key: "k"}}
	n := testing.AllocsPerRun(1000, func() { _ = g.one(context.Background(), nil, read, time.Now()) })
	if n > 1 {
		t.Errorf("%v allocations, not 1", n)
	}
}

// quick answers at once.
type quick struct{ Gatherer }

func (quick) Trips() int { return 0 }

func (quick) Punctual() bool { return true }

func (quick) ReadEach(context.Context, []RemoteRead) error { return nil }
