package runtime

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// dock is a RemoteEngine whose writes take a second, if ask does not say otherwise.
type dock struct {
	RemoteEngine
	ask func(ctx context.Context, writes []RemoteWrite) error

	mu    sync.Mutex
	trips []string // the keys of each
}

func (d *dock) Write(ctx context.Context, writes []RemoteWrite) error {
	var keys []string
	for _, w := range writes {
		keys = append(keys, w.Key)
	}
	d.mu.Lock()
	d.trips = append(d.trips, strings.Join(keys, " "))
	d.mu.Unlock()
	if d.ask != nil {
		return d.ask(ctx, writes)
	}
	time.Sleep(time.Second)
	return nil
}

// sent returns the keys of each trip.
func (d *dock) sent() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.trips)
}

// bundle is a trip of a dock.
type bundle struct {
	*dock
	writes []RemoteWrite
}

func (b bundle) do(ctx context.Context) error { return b.Write(ctx, b.writes) }
func (b bundle) left()                        {}
func (b bundle) over(error)                   {}

// newDock returns a dock and its gatherer, for which two are a crowd.
func newDock(punctual bool) (*dock, *writeGatherer) {
	d := &dock{}
	return d, &writeGatherer{
		caller: newCaller(time.Minute), punctual: punctual,
		work:    func(writes []RemoteWrite, _ []markedKey) operation { return bundle{d, writes} },
		closing: func() <-chan struct{} { return nil },
		traffic: traffic{crowded: 1},
	}
}

// wharf runs a test of writes that an engine gathers, which keeps deadlines, or does not.
func wharf(t *testing.T, test func(t *testing.T, d *dock, g *writeGatherer)) {
	for _, punctual := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			d, g := newDock(punctual)
			test(t, d, g)
			time.Sleep(g.caller.timeout) // for what was left behind
			synctest.Wait()
			check(t, len(g.waiting), 0)
			check(t, g.lanes, 0)
			check(t, len(g.under), 0)
			check(t, g.callers, 0)
			check(t, len(g.caller.running), 0)
		})
	}
}

// at writes a key after a while and hands its error to then.
func (g *writeGatherer) at(d time.Duration, key string, then func(took time.Duration, err error)) {
	time.AfterFunc(d, func() {
		began := time.Now()
		_, err := g.do(context.Background(), RemoteWrite{Key: key}, markedKey{id: key})
		then(time.Since(began), err)
	})
}

// TestGatherWrites looks at who goes together: whoever comes while a trip is under way.
func TestGatherWrites(t *testing.T) {
	wharf(t, func(t *testing.T, d *dock, g *writeGatherer) {
		for i, at := range []time.Duration{0, 100, 200, 300, 1500, 1600, 10_000} {
			g.at(at*time.Millisecond, fmt.Sprint(i), func(took time.Duration, err error) {
				check(t, err, nil)
				if took < time.Second || took > 2*time.Second {
					t.Errorf("%d took %v", i, took)
				}
			})
		}
		time.Sleep(20 * time.Second)
		if want := []string{"0", "1 2 3", "4 5", "6"}; !slices.Equal(d.sent(), want) {
			t.Errorf("trips %q, not %q", d.sent(), want)
		}
	})
}

// TestGatherWritesCrowd holds that a trip has no more than so many writes, and all go.
func TestGatherWritesCrowd(t *testing.T) {
	wharf(t, func(t *testing.T, d *dock, g *writeGatherer) {
		var done atomic.Int64
		for i := range 2*crowd + 2 {
			g.at(time.Duration(i), fmt.Sprint(i), func(_ time.Duration, err error) { check(t, err, nil); done.Add(1) })
			time.Sleep(time.Nanosecond)
		}
		time.Sleep(time.Minute)
		var sizes []int
		for _, trip := range d.sent() {
			sizes = append(sizes, len(strings.Fields(trip)))
		}
		if want := []int{1, crowd, crowd, 1}; !slices.Equal(sizes, want) {
			t.Errorf("trips of %v, not %v", sizes, want)
		}
		check(t, done.Load(), 2*crowd+2)
	})
}

// TestGatherWritesHung has the engine hang until its deadline: nobody waits for longer
// than the timeout, and every entry is sent in time.
func TestGatherWritesHung(t *testing.T) {
	wharf(t, func(t *testing.T, d *dock, g *writeGatherer) {
		d.ask = func(ctx context.Context, writes []RemoteWrite) error {
			deadline, _ := ctx.Deadline()
			if left := time.Until(deadline); left < g.caller.timeout-g.caller.patience() || left > g.caller.timeout {
				t.Errorf("%d writes have %v", len(writes), left)
			}
			time.Sleep(time.Until(deadline))
			return errDown
		}
		for i := range 200 {
			g.at(time.Duration(i)*time.Second, "k", func(took time.Duration, err error) {
				if !errors.Is(err, ErrTimeout) || took > g.caller.timeout {
					t.Errorf("%v after %v", err, took)
				}
			})
		}
		time.Sleep(10 * time.Minute)
	})
}

// TestGatherWritesStuck has one trip hang, as on a dead connection: who comes when
// nothing has moved for a while takes along whoever is in line.
func TestGatherWritesStuck(t *testing.T) {
	wharf(t, func(t *testing.T, d *dock, g *writeGatherer) {
		d.ask = func(_ context.Context, writes []RemoteWrite) error {
			if writes[0].Key == "dead" {
				time.Sleep(g.caller.timeout)
				return errDown
			}
			return nil
		}
		eighth := g.caller.timeout / 8
		g.at(0, "dead", func(_ time.Duration, err error) { check(t, errors.Is(err, ErrTimeout), true) })
		g.at(eighth/2, "a", func(took time.Duration, err error) { check(t, err, nil); check(t, took, eighth/2+1) })
		g.at(eighth+1, "b", func(took time.Duration, err error) { check(t, err, nil); check(t, took, 0) })
		time.Sleep(2 * g.caller.timeout)
		if want := []string{"dead", "b a"}; !slices.Equal(d.sent(), want) {
			t.Errorf("trips %q, not %q", d.sent(), want)
		}
	})
}

// TestGatherWritesBeside has one trip hang, as on a dead connection, while others are
// well: who is in line goes beside it after a while, also if nobody comes, and who comes
// afterwards does not wait.
func TestGatherWritesBeside(t *testing.T) {
	wharf(t, func(t *testing.T, d *dock, g *writeGatherer) {
		d.ask = func(_ context.Context, writes []RemoteWrite) error {
			if writes[0].Key == "dead" {
				time.Sleep(g.caller.timeout)
				return errDown
			}
			return nil
		}
		within := func(most time.Duration) func(time.Duration, error) {
			return func(took time.Duration, err error) {
				if err != nil || took > most {
					t.Errorf("%v after %v", err, took)
				}
			}
		}
		g.at(0, "dead", func(_ time.Duration, err error) { check(t, errors.Is(err, ErrTimeout), true) })
		g.at(time.Second, "lone", within(g.caller.patience()))
		for i := range 300 {
			g.at(g.caller.patience()+2*time.Second+time.Duration(i)*10*time.Millisecond, "k", within(0))
		}
		time.Sleep(2 * g.caller.timeout)
	})
}

// TestGatherWritesSlow has trips take more than half of the timeout: all end well.
func TestGatherWritesSlow(t *testing.T) {
	wharf(t, func(t *testing.T, d *dock, g *writeGatherer) {
		d.ask = func(context.Context, []RemoteWrite) error {
			time.Sleep(g.caller.timeout * 55 / 100)
			return nil
		}
		for i := range 20 {
			g.at(time.Duration(i)*time.Second, "k", func(took time.Duration, err error) {
				if err != nil || took > g.caller.timeout {
					t.Errorf("%v after %v", err, took)
				}
			})
		}
		time.Sleep(2 * g.caller.timeout)
	})
}

// TestGatherWritesDone ends the context of a trip at its deadline: a client may wait for
// that alone, as for room in a pool.
func TestGatherWritesDone(t *testing.T) {
	wharf(t, func(t *testing.T, d *dock, g *writeGatherer) {
		d.ask = func(ctx context.Context, _ []RemoteWrite) error {
			<-ctx.Done()
			return ctx.Err()
		}
		for range 3 { // the wait of a trip is used again, unless its alarm has gone off
			g.at(0, "k", func(took time.Duration, err error) {
				check(t, errors.Is(err, ErrTimeout), true)
				check(t, took, g.caller.timeout)
			})
			time.Sleep(2 * g.caller.timeout)
		}
	})
}

// TestGatherWritesErrors has trips fail in every way: all that went along know of it, and
// those in line go after it.
func TestGatherWritesErrors(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error":  func() error { return errDown },
		"panic":  func() error { panic("engine") },
		"goexit": func() error { runtime.Goexit(); return nil },
	} {
		wharf(t, func(t *testing.T, d *dock, g *writeGatherer) {
			d.ask = func(_ context.Context, writes []RemoteWrite) error {
				time.Sleep(time.Second)
				if len(writes) == 2 {
					return fail()
				}
				for i := range writes {
					if writes[i].Key == "odd" {
						writes[i].Err = ErrWrongType
					}
				}
				return nil
			}
			var failed atomic.Int64
			count := func(_ time.Duration, err error) {
				if err != nil {
					failed.Add(1)
				}
			}
			well := func(_ time.Duration, err error) { check(t, err, nil) }
			g.at(0, "a", well)
			g.at(1, "b", count) // leads, and goes with goexit if it is he who calls
			g.at(2, "c", count)
			g.at(time.Second+3, "d", well)
			g.at(time.Second+4, "odd", func(_ time.Duration, err error) { check(t, err, ErrWrongType) })
			g.at(time.Second+5, "e", well)
			time.Sleep(time.Minute)
			check(t, failed.Load(), map[bool]int64{false: 2, true: 1}[name == "goexit" && g.punctual])
			check(t, len(d.sent()), 3)
		})
	}
}

// TestGatherWritesRoom has no room for calls: a write is turned away in time.
func TestGatherWritesRoom(t *testing.T) {
	wharf(t, func(t *testing.T, d *dock, g *writeGatherer) {
		for range maxCalls {
			g.caller.running <- struct{}{}
		}
		g.at(0, "k", func(took time.Duration, err error) {
			check(t, errors.Is(err, ErrTimeout), true)
			check(t, took, g.caller.timeout)
		})
		time.Sleep(2 * g.caller.timeout)
		g.at(0, "k", func(_ time.Duration, err error) { check(t, err, nil) })
		time.Sleep(time.Second)
		<-g.caller.running
		time.Sleep(2 * time.Second)
		for range maxCalls - 1 {
			<-g.caller.running
		}
		check(t, len(d.sent()), 1)
	})
}

// TestGathers says what is not written with others: what is large, what ends sooner than
// the timeout of the tier.
func TestGathers(t *testing.T) {
	g := &writeGatherer{caller: newCaller(time.Minute)}
	hasty, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	patient, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	small, large := &RemoteWrite{}, &RemoteWrite{Raw: Raw{Data: make([]byte, light+1)}}
	check(t, g.gathers(t.Context(), small), true)
	check(t, g.gathers(patient, small), true)
	check(t, g.gathers(hasty, small), false)
	check(t, g.gathers(patient, large), false)
	check(t, (*writeGatherer)(nil).gathers(patient, small), false)
}

// lax is a server whose client keeps no deadlines.
type lax struct{ *fakeRemote }

func (lax) Owner(string) (owner any, ok bool)                        { return nil, true }
func (lax) Trips() int                                               { return 0 }
func (lax) Punctual() bool                                           { return false }
func (l lax) ReadEach(ctx context.Context, reads []RemoteRead) error { return l.Read(ctx, reads) }

// TestGatherWritesLeft has a client hang whatever its context says: everybody leaves in
// time, and what the tier has of the keys is not looked at until their writes have ended.
func TestGatherWritesLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		remote := &fakeRemote{entries: map[string]RemoteWrite{}, keyErr: map[string]error{}, calls: map[string]int{}}
		c := newCache(t, "mr", func(c *config) { c.engine = func(int) RemoteEngine { return lax{remote} } })
		c.leaf(1).joint.few = 0
		for _, key := range []string{"a", "b", "c"} {
			c.set(t, key, "old")
		}
		release := make(chan struct{})
		remote.hook(func(_ context.Context, op string) error {
			if op == "write" {
				<-release
			}
			return nil
		})
		timeout := c.leaf(1).Timeout
		for i, key := range []string{"a", "b", "c"} {
			go func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				began := time.Now()
				check(t, c.Set(context.Background(), key, it("new")), nil) // memory has it
				if took := time.Since(began); took > timeout || took < timeout*7/8 {
					t.Errorf("%s took %v", key, took)
				}
			}()
		}
		time.Sleep(2 * timeout)
		synctest.Wait()
		c.mem.evict()
		for _, key := range []string{"a", "b", "c"} {
			if v, ok, _ := c.Get(context.Background(), key); ok {
				t.Errorf("%s: %q while a write is under way", key, v.B)
			}
		}
		close(release)
		synctest.Wait()
		for _, key := range []string{"a", "b", "c"} {
			c.want(t, key, "new")
		}
		check(t, remote.called("write") < 6, true) // some went together
	})
}

// TestGatherWritesLate has somebody's time be over before his trip begins, as on a machine
// that stands still: nothing is sent.
func TestGatherWritesLate(t *testing.T) {
	wharf(t, func(t *testing.T, d *dock, g *writeGatherer) {
		late := &sender{ctx: t.Context(), began: tick() - int64(g.caller.timeout)}
		left, err := g.send(&writeTrip{senders: []*sender{late}}, bundle{d, make([]RemoteWrite, 1)})
		check(t, left, false)
		check(t, err, ErrTimeout)
		check(t, len(d.sent()), 0)
	})
}
