package redistier

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// lender borrows a connection from the pool of a client while one read follows the other,
// and has one caller at a time read on it by himself. What the client does for each
// command beside what it writes and reads is a fifth of a round trip to a server that is
// near: it asks the system whether the connection is still there, and sets deadlines
// three times. And it has each key of a batch in an interface, and each value in a string.
//
//	read ── reads are rare, or other callers have all connections ──> client ──> pool
//	     └─ reads are quick ──> direct, on what the pool has lent for a moment
type lender struct {
	mu    sync.Mutex    // is with the caller who reads
	of    *redis.Client // what is lent
	loan  *redis.Conn   // has the pool keep it for us
	conn  *conn         // it; nil: nothing is lent
	due   bool          // a reply is to come, or is not what it should be
	until time.Time     // it is to go back
	buf   []byte        // of commands, then of what comes back
	in    inflow        // over buf

	last  time.Time // a read ended
	run   int       // of quick reads
	vain  int       // loans of which the client did not let us see the connection
	armed bool      // the alarm is going to ring
}

const (
	// moment is how long a connection is lent, and lies idle at most. Nobody is to notice: nobody else can
	// have it, and a client that is told to change something on its connections waits.
	moment = 20 * time.Millisecond
	// following is how soon a read follows another one, from the end of that. What was there
	// then is there now.
	following = time.Millisecond
	// several is how many quick reads there must have been for one to borrow.
	several = 8
	// spare is how many connections of a pool there must be for each one that is lent.
	spare = 4
	// lenders is how many connections of a client are lent at most.
	lenders = 8
)

// borrower reads for an engine by what a lender of its client has.
type borrower struct {
	*lender
	engine  *Engine
	timeout time.Duration // of a read, if its context does not end sooner
	some    keyReads
	many    batchReads
}

// errand is what is read on a connection that is lent.
type errand interface {
	// asks appends the commands to p.
	asks(p []byte) []byte
	// hears reads the replies.
	hears(in *inflow) error
	// commands returns the commands for a client, who is to return the replies as they come.
	commands(ctx context.Context) []redis.Cmder
}

// newBorrowers returns none for a client that has nothing to lend: some connections less must
// not be what others fail for, and all that it does for a read is to keep one deadline.
func newBorrowers(e *Engine) (all []*borrower) {
	o := e.single.Options()
	switch {
	case o.MaxActiveConns > 0, o.PoolTimeout < 5*moment:
		return nil
	case o.ReadTimeout <= 2*late, o.WriteTimeout < o.ReadTimeout, o.MaxRetries > 0:
		return nil
	}
	for i := range min(lenders, o.PoolSize/spare) {
		b := &borrower{lender: &e.cuts.lenders[i], engine: e, timeout: o.ReadTimeout}
		b.some.engine, b.some.command, b.many.engine = e, reading(e.maxValue), e
		all = append(all, b)
	}
	return all
}

// idle returns a borrower who has nothing to do, and now has: mu is to be unlocked. The
// first ones are asked first, so that what is lent is as little as will do.
func (e *Engine) idle() *borrower {
	if len(e.lent) == 0 || e.cuts.hooked.Load() {
		return nil
	}
	for _, b := range e.lent {
		if b.mu.TryLock() {
			return b
		}
	}
	return nil
}

// run does an errand, if somebody lends a connection for it.
func (b *borrower) run(ctx context.Context, what errand) (done bool, err error) {
	now := time.Now()
	defer func() {
		if b.last = time.Now(); b.last.After(b.until) {
			b.giveBack()
		}
	}()
	if quick := b.quick(now); !quick || b.due || now.After(b.until) {
		b.giveBack()
		if !quick {
			return false, nil
		}
	}
	switch {
	case ctx.Err() != nil: // the client says so
		return false, nil
	case b.conn == nil:
		return b.borrow(ctx, what, now)
	}
	return b.direct(ctx, what, now)
}

// quick reports whether the read that begins now is one of several that follow each
// other.
func (l *lender) quick(now time.Time) bool {
	if l.run++; now.Sub(l.last) > following {
		l.run = 0
	}
	return l.run >= several && l.vain < several
}

// borrow does an errand by what the pool lends, and finds out which connection that is.
func (b *borrower) borrow(ctx context.Context, what errand, now time.Time) (done bool, err error) {
	b.giveBack() // what a panic has left
	b.of = b.engine.single
	b.loan, b.until = b.of.Conn(), now.Add(moment)
	b.arm(moment)
	deadline := b.deadline(ctx, now)
	h := b.engine.cuts.of(deadline)
	if h == nil {
		h = b.engine.cuts.hold()
		defer h.Release(false, false)
		// Sooner than the client's own deadline, which is in no place.
		if latest := now.Add(b.timeout - late); deadline.After(latest) {
			deadline = latest
		}
		ctx = placed{ctx, deadline.In(h.Place())}
	}
	raw, err := delegate(ctx, b.loan, what)
	if err != nil {
		b.giveBack() // the client has told the pool what to do with it
		return true, err
	}
	switch c := h.conn.Load(); {
	case c == nil:
		b.vain++
		b.giveBack()
	case c.got != len(raw): // there is something behind
		b.giveBack()
	default:
		b.conn, b.vain = c, 0
	}
	in := &inflow{from: strings.NewReader(""), buf: raw, filled: len(raw)}
	if what.hears(in) != nil || in.at < in.filled {
		b.giveBack()
		return false, nil // the client says why
	}
	return true, nil
}

// delegate has a client do an errand, and returns the replies as they have come.
func delegate(ctx context.Context, c *redis.Conn, what errand) (raw []byte, err error) {
	cmds := what.commands(ctx)
	if len(cmds) == 1 {
		err = c.Process(ctx, cmds[0])
	} else {
		_, err = c.Pipelined(ctx, func(p redis.Pipeliner) error {
			for _, cmd := range cmds {
				_ = p.Process(ctx, cmd)
			}
			return nil
		})
	}
	for _, cmd := range cmds {
		raw = append(raw, cmd.(*redis.RawCmd).Val()...)
	}
	return raw, err
}

// placed is a context whose deadline is in a place.
type placed struct {
	context.Context
	deadline time.Time
}

func (p placed) Deadline() (time.Time, bool) { return p.deadline, true }

// deadline returns when a read ends that begins now.
func (b *borrower) deadline(ctx context.Context, now time.Time) time.Time {
	own := now.Add(b.timeout)
	if d, ok := ctx.Deadline(); ok && d.Before(own) {
		return d
	}
	return own
}

// giveBack returns what is lent, if anything is. A connection whose reply is due is closed,
// and the client has to see it. A pool that is closed by now has no connections, and would
// only say that it has got one.
func (l *lender) giveBack() {
	if l.due {
		_ = l.conn.Close()
		_ = l.loan.Ping(context.Background())
	}
	if l.loan != nil && l.of.PoolStats().TotalConns > 0 {
		_ = l.loan.Close()
	}
	l.of, l.loan, l.conn, l.due = nil, nil, nil, false
}

// arm sees to it that the alarm rings.
func (l *lender) arm(after time.Duration) {
	if !l.armed {
		l.armed = true
		time.AfterFunc(after, l.alarm)
	}
}

// alarm returns what nobody uses any more.
func (l *lender) alarm() {
	if !l.mu.TryLock() { // whoever uses it
		time.AfterFunc(moment, l.alarm)
		return
	}
	defer l.mu.Unlock()
	l.armed = false
	if left := time.Until(l.until); left > 0 && l.loan != nil {
		l.arm(left)
		return
	}
	l.giveBack()
}
