package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
//	do ── join ──┬── nothing under way ──> lead ── end ──> the first in line leads
//	             └── in line ──┬── led by another, or to lead
//	                           └── nothing has ended for a while ──> lead beside what hangs
type writeGatherer struct {
	engine RemoteEngine
	caller *caller

	mu      sync.Mutex
	waiting []*sender
	busy    bool      // a trip is under way that is not known to hang
	trip    uint64    // number of the last one that began
	began   int64     // tick at which it did
	senders sync.Pool // of *sender
}

// sender is one write of a trip, or in line for one.
type sender struct {
	ctx   context.Context
	began int64
	write RemoteWrite
	err   error
	turn  chan *writeTrip // gets the trip that it is to lead, or nil when it has ended
	timer *time.Timer     // nil until it has been in line
}

// writeTrip is one round trip. It is also the context that the engine gets: the values of
// the first sender's, and the earliest deadline of all.
type writeTrip struct {
	context.Context
	number   uint64
	senders  []*sender
	deadline time.Time
	wait     *wait
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
	s, ok := g.senders.Get().(*sender)
	if !ok {
		s = &sender{turn: make(chan *writeTrip, 1)}
	}
	s.ctx, s.began, s.write, s.err = ctx, tick(), write, nil
	t := g.join(s)
	if t == nil {
		t = g.inLine(s)
	}
	if t != nil {
		g.lead(t)
	}
	err := g.caller.explain(ctx, s.began, s.err)
	s.ctx, s.write = nil, RemoteWrite{}
	g.senders.Put(s)
	return err
}

// patience is for how long one waits in line for a trip that may hang.
func (g *writeGatherer) patience() time.Duration { return g.caller.timeout / 8 }

// join puts a sender in line, unless there is none: then he is to lead.
func (g *writeGatherer) join(s *sender) *writeTrip {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.busy && s.began-g.began < int64(g.patience()) {
		g.waiting = append(g.waiting, s)
		return nil
	}
	return g.open(s)
}

// inLine waits for the trip of a sender to end, or for him to lead one: his turn, or one
// beside a trip that hangs, perhaps on a dead connection.
func (g *writeGatherer) inLine(s *sender) *writeTrip {
	if s.timer == nil {
		s.timer = time.NewTimer(g.patience())
	} else {
		s.timer.Reset(g.patience())
	}
	defer s.timer.Stop()
	select {
	case t := <-s.turn:
		return t
	case <-s.timer.C:
	}
	g.mu.Lock()
	i := slices.Index(g.waiting, s)
	if i < 0 { // he goes with one that has just begun
		g.mu.Unlock()
		return <-s.turn
	}
	defer g.mu.Unlock()
	g.waiting = slices.Delete(g.waiting, i, i+1)
	return g.open(s)
}

// open begins a trip of a sender, and of those in line.
func (g *writeGatherer) open(s *sender) *writeTrip {
	t := &writeTrip{senders: append(make([]*sender, 0, 1), s)}
	g.fill(t)
	return t
}

// fill takes those in line along. The trip is from now on the one under way.
func (g *writeGatherer) fill(t *writeTrip) {
	n := min(len(g.waiting), crowd-len(t.senders))
	t.senders = append(t.senders, g.waiting[:n]...)
	g.waiting = slices.Delete(g.waiting, 0, n)
	g.trip++
	t.number, g.began, g.busy = g.trip, tick(), true
}

// lead makes a trip, of which the caller is the first.
func (g *writeGatherer) lead(t *writeTrip) {
	writes := make([]RemoteWrite, len(t.senders))
	for i, s := range t.senders {
		writes[i] = s.write
	}
	err := errGoexit
	defer func() { g.end(t, writes, err) }()
	err = g.send(t, writes)
}

// send calls the engine, when there is room for a call.
func (g *writeGatherer) send(t *writeTrip, writes []RemoteWrite) error {
	began := t.senders[0].began
	for _, s := range t.senders {
		began = min(began, s.began)
	}
	left := g.caller.timeout - time.Duration(tick()-began)
	t.Context, t.deadline, t.wait = t.senders[0].ctx, time.Now().Add(left), g.caller.get()
	t.wait.arm(left)
	defer g.caller.disarm(t.wait)
	if err := g.caller.enter(t, nil); errors.Is(err, context.DeadlineExceeded) {
		return ErrTimeout
	} else if err != nil {
		return err
	}
	defer func() { <-g.caller.running }()
	err := protect(func() error { return g.engine.Write(t, writes) })
	if err != nil && !time.Now().Before(t.deadline) { // which is not that of all
		err = fmt.Errorf("%w: %w", ErrTimeout, err)
	}
	return err
}

// end tells the others of a trip what it has come to, and the next one to lead, unless
// that was done when the trip hung.
func (g *writeGatherer) end(t *writeTrip, writes []RemoteWrite, err error) {
	for i, s := range t.senders {
		if s.err = err; err == nil {
			s.err = writes[i].Err
		}
	}
	g.mu.Lock()
	if t.number == g.trip {
		if g.busy = len(g.waiting) > 0; g.busy {
			next := &writeTrip{}
			g.fill(next)
			next.senders[0].turn <- next
		}
	}
	g.mu.Unlock()
	for _, s := range t.senders[1:] {
		s.turn <- nil
	}
}

// Deadline is the trip's.
func (t *writeTrip) Deadline() (time.Time, bool) { return t.deadline, true }

// Done is closed at the deadline.
func (t *writeTrip) Done() <-chan struct{} { return t.wait.stop }

// Err is context.DeadlineExceeded once Done is closed.
func (t *writeTrip) Err() error {
	select {
	case <-t.wait.stop:
		return context.DeadlineExceeded
	default:
		return nil
	}
}
