package runtime

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// light is how many bytes an entry may have that others wait for in one round trip.
const light = 16 << 10

// writeGatherer makes one round trip of single writes that come while another one is
// under way. Only those come here who could not leave anyway, and the engine keeps
// deadlines, so nothing is left behind: the callers make the round trips themselves,
// each for those in line with it.
//
//	write ── join ──┬── nothing under way ──> lead ── end ──> the next of the line leads
//	                └── in line ──> led by another, or to lead
type writeGatherer struct {
	engine RemoteEngine
	caller *caller

	mu      sync.Mutex
	waiting []*sender
	trips   int       // under way
	moved   int64     // tick at which one last began or ended
	senders sync.Pool // of *sender
}

// sender is one write of a trip, or in line for one.
type sender struct {
	ctx   context.Context
	began int64
	write RemoteWrite
	err   error
	turn  chan []*sender // gets the trip that it is to lead, or nil when it has ended
}

// gathers reports whether a write can go with others: it is small, and its caller has as
// much time as anybody.
func (g *writeGatherer) gathers(ctx context.Context, writes []RemoteWrite) bool {
	if g == nil || len(writes) != 1 || len(writes[0].Raw.Data) > light {
		return false
	}
	d, ok := ctx.Deadline()
	return !ok || time.Until(d) >= g.caller.timeout
}

// do writes one entry and returns when that has ended.
func (g *writeGatherer) do(ctx context.Context, write RemoteWrite) error {
	w, ok := g.senders.Get().(*sender)
	if !ok {
		w = &sender{turn: make(chan []*sender, 1)}
	}
	w.ctx, w.began, w.write = ctx, tick(), write
	trip := g.join(w)
	if trip == nil {
		trip = <-w.turn
	}
	if trip != nil {
		g.lead(trip)
	}
	err := g.caller.explain(ctx, w.began, w.err)
	*w = sender{turn: w.turn}
	g.senders.Put(w)
	return err
}

// join puts a sender in line, unless he is to lead a trip: when none is under way, or
// when none has moved for a while, since what hangs may be one connection.
func (g *writeGatherer) join(w *sender) (trip []*sender) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.trips > 0 && w.began-g.moved <= int64(g.caller.timeout/8) {
		g.waiting = append(g.waiting, w)
		return nil
	}
	g.trips++
	return g.next(append(make([]*sender, 0, 1), w))
}

// next adds those in line to a trip, which begins. Who has waited for half of his time
// is turned away: the others would have to hurry for him.
func (g *writeGatherer) next(trip []*sender) []*sender {
	g.moved = tick()
	n := 0
	for _, w := range g.waiting {
		if len(trip) == crowd {
			break
		}
		n++
		if g.moved-w.began > int64(g.caller.timeout/2) {
			w.err = ErrTimeout
			w.turn <- nil
			continue
		}
		trip = append(trip, w)
	}
	g.waiting = append(g.waiting[:0], g.waiting[n:]...)
	clear(g.waiting[len(g.waiting):cap(g.waiting)])
	return trip
}

// lead makes a trip, of which the caller is the first.
func (g *writeGatherer) lead(trip []*sender) {
	writes := make([]RemoteWrite, len(trip))
	for i, w := range trip {
		writes[i] = w.write
	}
	err := errGoexit
	defer func() { g.end(trip, writes, err) }()
	err = g.send(trip, writes)
}

// send calls the engine, when there is room for a call.
func (g *writeGatherer) send(trip []*sender, writes []RemoteWrite) error {
	first := trip[0].began
	for _, w := range trip {
		first = min(first, w.began)
	}
	left := g.caller.timeout - time.Duration(tick()-first)
	ctx := &writeTrip{trip[0].ctx, time.Now().Add(left)}
	if err := g.enter(left); err != nil {
		return err
	}
	defer func() { <-g.caller.running }()
	err := protect(func() error { return g.engine.Write(ctx, writes) })
	if err != nil && !time.Now().Before(ctx.deadline) { // which is not that of all
		err = fmt.Errorf("%w: %w", ErrTimeout, err)
	}
	return err
}

func (g *writeGatherer) enter(left time.Duration) error {
	select {
	case g.caller.running <- struct{}{}:
		return nil
	default:
	}
	t := time.NewTimer(left)
	defer t.Stop()
	return g.caller.enter(context.Background(), t.C)
}

// end tells the others of a trip what it has come to, and the next one to lead.
func (g *writeGatherer) end(trip []*sender, writes []RemoteWrite, err error) {
	g.mu.Lock()
	next := g.next(nil)
	if len(next) == 0 {
		g.trips--
	}
	g.mu.Unlock()
	if len(next) > 0 {
		next[0].turn <- next
	}
	for i, w := range trip {
		if w.err = err; err == nil {
			w.err = writes[i].Err
		}
		if i > 0 {
			w.turn <- nil
		}
	}
}

// writeTrip is the context that the engine gets: the values of the first sender's, and
// the earliest deadline of all.
type writeTrip struct {
	context.Context
	deadline time.Time
}

// Deadline is the trip's.
func (t *writeTrip) Deadline() (time.Time, bool) { return t.deadline, true }

// Done is nil: nobody leaves.
func (t *writeTrip) Done() <-chan struct{} { return nil }

// Err is nil, as long as Done is.
func (t *writeTrip) Err() error { return nil }
