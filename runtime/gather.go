package runtime

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// lanes is how many round trips of gathered reads may be under way to one owner who is near, in a
// crowd, and as many of batches. While a reply of one is on its way, another is served.
const lanes = 2

// crowd is how many reads go in one round trip at most: the last one must not wait
// long for the first.
const crowd = 64

// Gatherer is a RemoteEngine that can read keys of callers who know nothing of
// each other in one round trip.
type Gatherer interface {
	RemoteEngine
	// Owner says who answers for a key, without asking anybody: only keys of one
	// owner are read together, so that one who hangs keeps no others waiting. The
	// owner is comparable; ok is false for a key that is to be read alone.
	Owner(key string) (owner any, ok bool)
	// ReadEach is Read, but does for each key what Read does for a single one.
	ReadEach(ctx context.Context, reads []RemoteRead) error
	// Trips returns how many round trips of one kind to one owner there may be at once, so that
	// others find connections, too.
	Trips() int
	// Punctual reports whether all calls return as soon as its context is done or
	// its deadline over, whatever hangs.
	Punctual() bool
}

// gatherer makes one round trip of single reads that come while others are under
// way, if there are many. Like caller it lets everybody leave when his own context ends or
// the timeout of the tier is over, and bounds what is left behind.
type gatherer struct {
	engine   Gatherer
	caller   *caller
	punctual bool         // the engine
	few      int          // callers of an owner who go alone
	procs    int          // GOMAXPROCS
	cutter   Cutter       // the engine, if it can; else nil
	batcher  Batcher      // the engine, if it can; else nil
	together atomic.Int64 // callers with batches

	soloist

	mu      sync.Mutex
	lines   map[any]*line // of owners who are being asked
	queue   queue
	alarm   *time.Timer // goes off no later than the first of queue is to leave
	members sync.Pool   // of *member
	stops   sync.Pool   // of chan struct{}, for rounds to come
}

// line is who waits for one owner, and what is under way to it.
type line struct {
	owner   any
	serve   func() // makes its round trips
	waiting []*member
	traffic
}

// member is one read of a trip, or of a line: of a key or a batch. It is used again unless
// its caller has left.
type member struct {
	ctx   context.Context
	began int64
	read  RemoteRead
	batch KeyBatch
	err   error
	line  *line
	trip  *trip         // nil: in line
	done  chan struct{} // gets a value when it has ended, or its time is over
	ended bool
	left  bool // before its trip has ended

	older, newer *member // in the queue
}

// trip is one round trip. It is also the context that the engine gets: the values
// of the first member's context, the deadline of the tier, and done as soon as all
// members have left.
type trip struct {
	line     *line
	began    int64 // tick
	parent   context.Context
	deadline time.Time
	stop     chan struct{}
	members  []*member
	reads    []RemoteRead
	batches  []KeyBatch // instead
	keys     int        // of all members
	one      [1]RemoteRead
	single   [1]*member
	gone     int // members who have left
}

func newGatherer(e RemoteEngine, c *caller) *gatherer {
	engine, ok := e.(Gatherer)
	if _, leased := e.(LeaseEngine); !ok || leased || c.timeout <= 0 {
		// Reads of leases are not all of one kind. Without a timeout, one call that hangs
		// would keep others in line.
		return nil
	}
	cutter, _ := e.(Cutter)
	g := &gatherer{cutter: cutter, engine: engine, caller: c, punctual: engine.Punctual(), few: few, procs: runtime.GOMAXPROCS(0), lines: map[any]*line{}}
	if b, ok := e.(Batcher); ok && b.ReadsKeys() {
		g.batcher = b
	}
	return g
}

// read reads one key of an owner.
func (g *gatherer) read(ctx context.Context, owner any, key string) (RemoteRead, error) {
	m, err := g.newMember(ctx)
	if err != nil {
		return RemoteRead{}, err
	}
	m.read.Key = key
	if left, err := g.wait(owner, m); left {
		return RemoteRead{}, err
	}
	r, err := m.read, g.caller.explain(ctx, m.began, m.err)
	g.putMember(m)
	return r, err
}

func (g *gatherer) newMember(ctx context.Context) (*member, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m, ok := g.members.Get().(*member)
	if !ok {
		m = &member{done: make(chan struct{}, 1)}
	}
	m.ctx = ctx
	return m, nil
}

func (g *gatherer) putMember(m *member) {
	*m = member{done: m.done}
	g.members.Put(m)
}

// wait puts a member in line and waits until its round trip has ended. It reports whether
// the member has left before, and why.
func (g *gatherer) wait(owner any, m *member) (left bool, err error) {
	if l, crowded := g.join(owner, m); l != nil {
		if crowded {
			runtime.Gosched() // they come by the dozen, when a trip has ended
		}
		g.lead(l, m)
	}
	select {
	case <-m.done:
	case <-m.ctx.Done():
		if g.leave(m) {
			return true, m.ctx.Err()
		}
		<-m.done // it ended just now
	}
	return m.left, m.err
}

// explain is the error of an operation that has ended. A client that keeps the
// deadline of the tier can be faster than the timer.
func (c *caller) explain(ctx context.Context, began int64, err error) error {
	if err == nil {
		return nil
	}
	if d, ok := ctx.Deadline(); ok && !time.Now().Before(d) {
		return context.DeadlineExceeded
	}
	if c.timeout > 0 && tick() >= after(began, c.timeout) && !errors.Is(err, ErrTimeout) {
		return fmt.Errorf("%w: %w", ErrTimeout, err)
	}
	return err
}

// join puts a member in line, and opens a lane where there is room for one. It returns
// the line if the member is to make the round trip himself, and whether others may come along.
func (g *gatherer) join(owner any, m *member) (mine *line, crowded bool) {
	m.began = tick()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.watch(m)
	l := g.line(owner)
	m.line = l
	l.waiting = append(l.waiting, m)
	l.come()
	switch {
	case g.room(l, m.began) <= 0:
	case g.punctual && m.ctx.Done() == nil:
		l.lanes++
		return l, l.most > l.few
	default:
		l.open()
	}
	return nil, false
}

func (g *gatherer) line(owner any) *line {
	l := g.lines[owner]
	if l == nil {
		for o, other := range g.lines { // the server may be gone
			if passing(o) && other.lanes == 0 {
				delete(g.lines, o)
			}
		}
		l = &line{owner: owner, traffic: traffic{few: g.few, crowded: lanes, reach: g.engine.Trips()}}
		if owner == batches {
			l.few = 0 // who comes is in a crowd
		}
		l.serve = func() { g.serve(l) } // once, since each lane begins with it
		g.lines[owner] = l
	}
	return l
}

// passing reports whether an owner is a server of a cluster: those come and go.
func passing(owner any) bool { return owner != nil && owner != batches }

// room is that of a line. Who goes alone takes a lane, too.
func (g *gatherer) room(l *line, now int64) int {
	return l.traffic.room(now, g.caller.patience()) - g.trips(now, g.caller.patience())
}

// open opens a lane.
func (l *line) open() {
	l.lanes++
	go l.serve()
}

// lead makes a round trip of a line in the goroutine of a caller who could not leave
// anyway: handing it to another one and waking up afterwards takes as long as
// half a round trip. Who has come meanwhile is served by a goroutine.
func (g *gatherer) lead(l *line, m *member) {
	r := g.next(l, m)
	if r == nil || !g.do(r) {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.vacate(l)
}

// leave reports whether a member leaves before its trip has ended.
func (g *gatherer) leave(m *member) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if m.ended {
		return false
	}
	g.dismiss(m)
	return true
}

// dismiss lets a member leave. When the last one of a trip does, nobody waits for
// that any more, and its lane is free.
func (g *gatherer) dismiss(m *member) {
	m.ended, m.left = true, true
	m.line.callers--
	g.queue.remove(m)
	r := m.trip
	if r == nil {
		return // next passes over it
	}
	if r.gone++; r.gone == len(r.members) {
		g.caller.abandoned.Add(1)
		close(r.stop)
		r.line.arrive(r.began)
		g.vacate(r.line)
	}
}

// vacate gives a lane to who waits, or closes it, also if there are too many.
func (g *gatherer) vacate(l *line) {
	if len(l.waiting) > 0 && g.room(l, tick()) >= 0 {
		go l.serve()
		return
	}
	if l.lanes--; l.lanes == 0 && passing(l.owner) && l.most <= l.few {
		delete(g.lines, l.owner)
	}
}

// serve makes round trips as long as somebody is in line.
func (g *gatherer) serve(l *line) {
	deepen(-1)
	for {
		runtime.Gosched() // those whose trip has ended come again
		r := g.next(l, nil)
		if r == nil || !g.do(r) {
			return
		}
	}
}

// next takes from a line who goes next, or closes the lane. A leader makes no trip for others
// when somebody else has taken him along.
func (g *gatherer) next(l *line, leader *member) *trip {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := tick()
	taken := leader != nil && (leader.trip != nil || leader.ended)
	if taken || len(l.waiting) == 0 || g.room(l, now) < 0 {
		g.vacate(l)
		return nil
	}
	r := &trip{line: l, began: now}
	n := r.board(l.waiting)
	l.waiting = append(l.waiting[:0], l.waiting[n:]...)
	clear(l.waiting[len(l.waiting):cap(l.waiting)])
	if len(r.members) == 0 { // they have left
		g.vacate(l)
		return nil
	}
	l.depart(now)
	r.parent = r.members[0].ctx
	if r.stop, _ = g.stops.Get().(chan struct{}); r.stop == nil {
		r.stop = make(chan struct{})
	}
	return r
}

// board takes those along who are first in line, and returns how many that are.
func (r *trip) board(waiting []*member) (n int) {
	r.members, r.reads = r.single[:0], r.one[:0]
	batched := r.line.owner == batches
	if n := min(len(waiting), crowd); n > 1 {
		r.members = make([]*member, 0, n)
		if !batched {
			r.reads = make([]RemoteRead, 0, n)
		}
	}
	for _, m := range waiting {
		if len(r.members) == crowd || r.full(m) {
			break
		}
		n++
		if m.ended {
			continue
		}
		m.trip = r
		r.members = append(r.members, m)
		if batched {
			r.batches = append(r.batches, m.batch)
			r.keys += len(m.batch.Keys)
		} else {
			r.reads = append(r.reads, RemoteRead{Key: m.read.Key})
			r.keys++
		}
	}
	return n
}

// do makes a round trip and reports whether its lane is still the caller's.
func (g *gatherer) do(r *trip) (mine bool) {
	err := errGoexit
	defer func() {
		mine = g.end(r, err)
		if mine && err == errGoexit { //nolint:errorlint // that very one: this goroutine is ending
			g.mu.Lock()
			defer g.mu.Unlock()
			g.vacate(r.line)
			mine = false
		}
	}()
	err = g.ask(r)
	return mine
}

// ask calls the engine, if there is room for a call.
func (g *gatherer) ask(r *trip) error {
	now := time.Now()
	for _, m := range r.members {
		d := now.Add(g.caller.timeout)
		if own, ok := m.ctx.Deadline(); ok && own.Before(d) {
			d = own
		}
		if d.After(r.deadline) {
			r.deadline = d
		}
	}
	select {
	case g.caller.running <- struct{}{}:
	default:
		if g.caller.abandoned.Load() >= maxCalls {
			return ErrBusy
		}
		select {
		case g.caller.running <- struct{}{}:
		case <-r.stop:
			return context.Canceled
		}
	}
	defer func() { <-g.caller.running }()
	return protect(func() error {
		if r.batches != nil {
			return g.batcher.ReadBatches(r, r.batches)
		}
		return g.engine.ReadEach(r, r.reads)
	})
}

// end gives its members what a trip has brought. It reports whether any was left.
func (g *gatherer) end(r *trip, err error) bool {
	g.mu.Lock()
	if r.gone == len(r.members) {
		g.caller.abandoned.Add(-1)
		g.mu.Unlock()
		return false
	}
	g.stops.Put(r.stop)
	there := r.members[:0]
	for i, m := range r.members {
		if !m.ended {
			m.ended, m.err = true, err
			r.hand(m, i)
			g.queue.remove(m)
			there = append(there, m)
		}
	}
	r.line.callers -= len(there)
	r.line.arrive(r.began)
	if err == nil {
		r.line.gauge(tick()-r.began, r.keys)
	}
	g.mu.Unlock()
	for _, m := range there {
		m.done <- struct{}{}
	}
	return true
}

// Deadline is the last one of a member.
func (r *trip) Deadline() (time.Time, bool) { return r.deadline, true }

// Done is closed when no member waits any more.
func (r *trip) Done() <-chan struct{} { return r.stop }

// Err is context.Canceled once Done is closed, as that of a call is.
func (r *trip) Err() error {
	select {
	case <-r.stop:
		return context.Canceled
	default:
		return nil
	}
}

// Value is that of the first member.
func (r *trip) Value(key any) any { return r.parent.Value(key) }
