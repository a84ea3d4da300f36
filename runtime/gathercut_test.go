package runtime

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// guillotine is a station whose calls can be cut, and which keeps no contexts otherwise.
type guillotine struct {
	*station
	can   bool
	holds []*cutHold
}

// cutHold is what one of its calls is cut by.
type cutHold struct {
	place             time.Location
	gone              chan struct{}
	cuts, ends        int
	answered, leaving bool
}

func (h *cutHold) Place() *time.Location { return &h.place }

func (h *cutHold) Cut() {
	h.cuts++
	close(h.gone)
}

func (h *cutHold) Release(answered, cut bool) {
	h.ends++
	h.answered, h.leaving = answered, cut
}

func (s *guillotine) Cuts(timeout time.Duration) bool { return s.can && timeout == time.Minute }

func (s *guillotine) Hold() Hold {
	h := &cutHold{gone: make(chan struct{})}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holds = append(s.holds, h)
	return h
}

// stuck waits until a call is cut.
func (s *guillotine) stuck(ctx context.Context) error {
	d, _ := ctx.Deadline()
	for _, h := range s.holds {
		if d.Location() == &h.place {
			<-h.gone
			<-ctx.Done()
		}
	}
	return errDown
}

func newGuillotine() (*guillotine, *gatherer) {
	s := &guillotine{station: &station{punctual: true}, can: true}
	g := newGatherer(s, newCaller(time.Minute))
	g.procs = few
	return s, g
}

// TestCut has a caller who can leave make his read himself: he leaves at once all the
// same, and what he has used is used again only if nobody can be at it.
func TestCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, g := newGuillotine()
		var by string
		s.ask = func(ctx context.Context, reads []RemoteRead) error {
			by = string(debug.Stack())
			if reads[0].Key == ":hung" {
				return s.stuck(ctx)
			}
			reads[0].Found = true
			return nil
		}
		for range 5 {
			ctx, cancel := context.WithCancel(t.Context())
			r, err := s.read2(ctx, g, ":k")
			check(t, err, nil)
			check(t, r.Found, true)
			check(t, strings.Contains(by, "TestCut.func1(0x"), true)
			time.AfterFunc(time.Second, cancel)
			began := time.Now()
			_, err = s.read2(ctx, g, ":hung")
			check(t, err, context.Canceled)
			check(t, time.Since(began), time.Second)
			g.quiet(t)
			_, err = s.read2(ctx, g, ":k") // who has left already
			check(t, err, context.Canceled)
		}
		check(t, len(s.holds), 10)
		for i, h := range s.holds {
			check(t, h.cuts, i%2)
			check(t, h.ends, 1)
			check(t, h.answered, i%2 == 0)
			check(t, h.leaving, i%2 == 1)
		}
		time.Sleep(time.Hour) // no alarm goes off for what has ended
		g.quiet(t)
	})
}

// read2 is read, of a guillotine.
func (s *guillotine) read2(ctx context.Context, g *gatherer, key string) (RemoteRead, error) {
	read := []RemoteRead{{Key: key}}
	err := g.one(ctx, nil, read, time.Now())
	return read[0], err
}

// TestCutTimeout has calls end at the deadline of the tier or of the caller, by themselves.
func TestCutTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, g := newGuillotine()
		s.ask = func(ctx context.Context, _ []RemoteRead) error {
			d, ok := ctx.Deadline()
			check(t, ok, true)
			time.Sleep(time.Until(d))
			return errDown
		}
		for timeout, want := range map[time.Duration]error{time.Hour: ErrTimeout, time.Second: context.DeadlineExceeded} {
			ctx, cancel := context.WithTimeout(t.Context(), timeout)
			defer cancel()
			began := time.Now()
			_, err := s.read2(ctx, g, ":k")
			check(t, errors.Is(err, want), true)
			check(t, time.Since(began), min(timeout, time.Minute))
			g.quiet(t)
		}
	})
}

// TestCutPanics has the engine panic: the caller gets that as an error, and no lane is
// lost.
func TestCutPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, g := newGuillotine()
		s.ask = func(context.Context, []RemoteRead) error { panic("engine") }
		for range 2 * few {
			ctx, cancel := context.WithCancel(t.Context())
			_, err := s.read2(ctx, g, ":k")
			if _, ok := errors.AsType[*PanicError](err); !ok {
				t.Errorf("%v, not the panic", err)
			}
			cancel()
		}
		g.quiet(t)
	})
}

// TestCutProcs holds that more callers than there are processors have their reads made by
// goroutines.
func TestCutProcs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, g := newGuillotine()
		g.procs = 3
		for range 5 {
			go func() {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				_, err := s.read2(ctx, g, ":k")
				check(t, err, nil)
			}()
			synctest.Wait()
		}
		check(t, len(s.holds), 3)
		check(t, len(s.begun()), 5)
		time.Sleep(time.Minute)
		g.quiet(t)
	})
}

type keptKey struct{}

// TestCutKept has a client make contexts of what it is given, and keep them: that is not
// used for another call.
func TestCutKept(t *testing.T) {
	s, g := newGuillotine()
	var kept []context.Context
	s.ask = func(ctx context.Context, _ []RemoteRead) error {
		_, cancel := context.WithTimeout(ctx, time.Hour) // looks at ctx in a goroutine
		defer cancel()
		kept = append(kept, ctx)
		return nil
	}
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), keptKey{}, "value"))
	defer cancel()
	for range 1000 {
		_, err := s.read2(ctx, g, ":k")
		check(t, err, nil)
	}
	for _, k := range kept {
		check(t, k.Value(keptKey{}), any("value"))
		_, ok := k.Deadline()
		check(t, ok, true)
	}
}

// TestCutCrowd has more callers than may go for themselves: the others get in line, and
// also leave when they like, as all do where calls cannot be cut any more.
func TestCutCrowd(t *testing.T) {
	for _, can := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			s, g := newGuillotine()
			s.can = can
			var wg sync.WaitGroup
			for i := range 3 * few {
				wg.Go(func() {
					time.Sleep(time.Duration(i)) // one after the other
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					r, err := s.read2(ctx, g, fmt.Sprint(":", i))
					check(t, err, nil)
					check(t, r.Text, fmt.Sprint("of :", i))
				})
			}
			wg.Wait()
			g.quiet(t)
			check(t, len(s.holds), map[bool]int{true: few}[can])
			check(t, len(s.begun()) < 2*few, true)
		})
	}
}
