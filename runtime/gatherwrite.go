package runtime

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
)

// light is how many bytes an entry may have that others wait for in one round trip.
const light = 16 << 10

// writeGatherer makes one round trip of single writes that come while others are under
// way, if there are many. Only those come here who could not leave before the timeout of the tier
// anyway: so the callers make the round trips themselves, each for those in line with
// it. Where the engine does not keep deadlines, a trip is left behind as any call is, with
// the keys of all.
//
//	do ── join ──┬── there is room ──> lead ── end ──> the first in line leads
//	             └── in line ──┬── led by another, or to lead
//	                           └── for a while ──> lead beside what hangs
type writeGatherer struct {
	engine   RemoteEngine
	caller   *caller
	punctual bool                                       // the engine
	work     func([]RemoteWrite, []markedKey) operation // what a trip does
	closing  func() <-chan struct{}                     // closed when the cache gives up waiting

	soloist
	sole [1]RemoteWrite // of him

	mu      sync.Mutex
	waiting []*sender
	traffic
	senders sync.Pool // of *sender
}

// sender is one write of a trip, or in line for one.
type sender struct {
	ctx   context.Context
	began int64
	write RemoteWrite
	key   markedKey
	left  bool // the trip was left behind
	err   error
	turn  chan *writeTrip // gets the trip that it is to lead, or nil when it has ended
	timer *time.Timer     // nil until it has been in line
}

// writeTrip is one round trip. It is also the context that the engine gets: the values of
// the first sender's, and the earliest deadline of all.
type writeTrip struct {
	context.Context
	began    int64 // tick
	senders  []*sender
	crowded  bool // others may come along
	deadline time.Time
	done     <-chan struct{}
}

// gathers reports whether a write can go with others: it is small, and its caller has as
// much time as anybody.
func (g *writeGatherer) gathers(ctx context.Context, w *RemoteWrite) bool {
	if g == nil || len(w.Raw.Data) > light {
		return false
	}
	d, ok := ctx.Deadline()
	return !ok || time.Until(d) >= g.caller.timeout
}

// do writes one entry. It returns when that has ended, or has been left behind.
func (g *writeGatherer) do(ctx context.Context, write RemoteWrite, key markedKey) (left bool, err error) {
	g.there.Add(1)
	defer g.there.Add(-1)
	s, ok := g.senders.Get().(*sender)
	if !ok {
		s = &sender{turn: make(chan *writeTrip, 1)}
	}
	s.ctx, s.began, s.write, s.key = ctx, tick(), write, key
	t := g.join(s)
	if t == nil {
		t = g.inLine(s)
	}
	if t != nil {
		g.lead(t)
	}
	left, err = s.left, g.caller.explain(ctx, s.began, s.err)
	s.ctx, s.write, s.key, s.left, s.err = nil, RemoteWrite{}, markedKey{}, false, nil
	g.senders.Put(s)
	return left, err
}

// join puts a sender in line, unless there is none: then he is to lead.
func (g *writeGatherer) join(s *sender) *writeTrip {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.come()
	if g.space(s.began) <= 0 {
		g.waiting = append(g.waiting, s)
		return nil
	}
	return g.open(s)
}

// space is how many trips more there may be. Who goes alone makes one.
func (g *writeGatherer) space(now int64) int {
	return g.room(now, g.caller.patience()) - g.trips(now, g.caller.patience())
}

// inLine waits for the trip of a sender to end, or for him to lead one: his turn, or one
// beside a trip that hangs, perhaps on a dead connection.
func (g *writeGatherer) inLine(s *sender) *writeTrip {
	if s.timer == nil {
		s.timer = time.NewTimer(g.caller.patience())
	} else {
		s.timer.Reset(g.caller.patience())
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

// open returns a trip for a sender to lead.
func (g *writeGatherer) open(s *sender) *writeTrip {
	g.lanes++
	return &writeTrip{senders: []*sender{s}, crowded: g.most > g.few}
}

// fill takes those in line along.
func (g *writeGatherer) fill(t *writeTrip) {
	if t.crowded {
		runtime.Gosched() // they come by the dozen, when a trip has ended
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), crowd-len(t.senders))
	t.senders = append(t.senders, g.waiting[:n]...)
	g.waiting = slices.Delete(g.waiting, 0, n)
	t.began = tick()
	g.depart(t.began)
}

// lead makes a trip, of which the caller is the first.
func (g *writeGatherer) lead(t *writeTrip) {
	g.fill(t)
	writes, keys := make([]RemoteWrite, len(t.senders)), make([]markedKey, len(t.senders))
	for i, s := range t.senders {
		writes[i], keys[i] = s.write, s.key
	}
	left, err := false, errGoexit
	defer func() { g.end(t, writes, left, err) }()
	left, err = g.send(t, g.work(writes, keys))
}

// send has the engine write, until the deadline of who has waited for longest.
func (g *writeGatherer) send(t *writeTrip, work operation) (left bool, err error) {
	began := t.senders[0].began
	for _, s := range t.senders {
		began = min(began, s.began)
	}
	rest := g.caller.timeout - time.Duration(tick()-began)
	if rest <= 0 { // nobody has run for as long
		return false, ErrTimeout
	}
	t.Context, t.deadline = t.senders[0].ctx, time.Now().Add(rest)
	if g.punctual {
		err = g.here(t, rest, work)
	} else {
		t.done = g.closing()
		left, err = g.caller.run(t, &call{most: rest}, work)
	}
	if err != nil && !errors.Is(err, ErrTimeout) && !time.Now().Before(t.deadline) { // which is not that of all
		err = fmt.Errorf("%w: %w", ErrTimeout, err)
	}
	return left, err
}

// here does the work of a trip in the goroutine of its leader, when there is room for a
// call.
func (g *writeGatherer) here(t *writeTrip, rest time.Duration, work operation) error {
	w := g.caller.get()
	w.arm(rest)
	defer g.caller.disarm(w)
	t.done = w.stop
	if err := g.caller.enter(t, nil); err != nil {
		return err
	}
	defer func() { <-g.caller.running }()
	return protect(func() error { return work.do(t) })
}

// end tells the others of a trip what it has come to, and the next one to lead, unless
// there are too many trips. What is left behind may still write to writes.
func (g *writeGatherer) end(t *writeTrip, writes []RemoteWrite, left bool, err error) {
	for i, s := range t.senders {
		if s.left, s.err = left, err; err == nil {
			s.err = writes[i].Err
		}
	}
	g.mu.Lock()
	g.callers -= len(t.senders)
	g.arrive(t.began)
	if err == nil && !left {
		g.gauge(tick()-t.began, len(t.senders))
	}
	if len(g.waiting) > 0 && g.space(tick()) >= 0 {
		g.relay()
	} else {
		g.lanes--
	}
	g.mu.Unlock()
	for _, s := range t.senders[1:] {
		s.turn <- nil
	}
}

// relay has the first in line lead the next trip.
func (g *writeGatherer) relay() {
	first := g.waiting[0]
	g.waiting = slices.Delete(g.waiting, 0, 1)
	first.turn <- &writeTrip{senders: []*sender{first}, crowded: true}
}

// Deadline is the trip's.
func (t *writeTrip) Deadline() (time.Time, bool) { return t.deadline, true }

// Done is closed at the deadline of a trip that its leader makes himself, or when the
// cache gives up waiting for others.
func (t *writeTrip) Done() <-chan struct{} { return t.done }

// Err is context.Canceled once Done is closed, as that of a call is.
func (t *writeTrip) Err() error {
	select {
	case <-t.done:
		return context.Canceled
	default:
		return nil
	}
}
