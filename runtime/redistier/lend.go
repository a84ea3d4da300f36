package redistier

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime"
)

// lender borrows a connection from the pool of a client while one read follows the other,
// and has one caller at a time read on it by himself. What the client does for each
// command beside what it writes and reads is a fifth of a round trip to a server that is
// near: it asks the system whether the connection is still there, and sets deadlines
// three times.
//
//	read ── reads are rare, or another caller has the connection ──> client ──> pool
//	     └─ reads are quick ──> direct, on what the pool has lent for a moment
type lender struct {
	mu    sync.Mutex    // is with the caller who reads
	of    *redis.Client // what is lent
	loan  *redis.Conn   // has the pool keep it for us
	conn  *conn         // it; nil: nothing is lent
	due   bool          // a reply is to come, or is not what it should be
	until time.Time     // it is to go back
	buf   []byte        // of a command, then of what comes back

	last  time.Time // a read began
	run   int       // of quick reads
	vain  int       // loans of which the client did not let us see the connection
	armed bool      // the alarm is going to ring
}

const (
	// moment is how long a connection is lent, and lies idle at most. Nobody is to notice: nobody else can
	// have it, and a client that is told to change something on its connections waits.
	moment = 20 * time.Millisecond
	// following is how soon a read follows another one, from beginning to beginning. What was
	// there then is there now, and who is further away has less to win.
	following = time.Millisecond
	// several is how many quick reads there must have been for one to borrow.
	several = 8
	// spare is how many connections a pool must have at least for one of them to be lent.
	spare = 4
)

// borrower reads for an engine by what the lender of its client has.
type borrower struct {
	*lender
	command
	engine  *Engine
	timeout time.Duration   // of a read, if its context does not end sooner
	shown   redis.StringCmd // shows a string as bytes, without a copy
}

// newBorrower returns nil for a client that has nothing to lend: one connection less must
// not be what others fail for, and all that it does for a read is to keep one deadline.
func newBorrower(e *Engine) *borrower {
	o := e.single.Options()
	switch {
	case o.PoolSize < spare, o.MaxActiveConns > 0, o.PoolTimeout < 5*moment:
		return nil
	case o.ReadTimeout <= 2*late, o.WriteTimeout < o.ReadTimeout, o.MaxRetries > 0:
		return nil
	}
	return &borrower{lender: &e.cuts.lender, command: reading(e.maxValue), engine: e, timeout: o.ReadTimeout}
}

// read reads a value, if somebody lends a connection for it that does not end by itself.
func (b *borrower) read(ctx context.Context, r *runtime.RemoteRead) (done bool, err error) {
	if b.engine.cuts.hooked.Load() || !b.mu.TryLock() {
		return false, nil
	}
	defer b.mu.Unlock()
	now := time.Now()
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
		return true, b.borrow(ctx, r, now)
	}
	return b.direct(ctx, r, now)
}

// quick reports whether the read that begins now is one of several that follow each
// other.
func (l *lender) quick(now time.Time) bool {
	if l.run++; now.Sub(l.last) > following {
		l.run = 0
	}
	l.last = now
	return l.run >= several && l.vain < several
}

// borrow makes a read by what the pool lends, and finds out which connection that is.
func (b *borrower) borrow(ctx context.Context, r *runtime.RemoteRead, now time.Time) error {
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
	cmd := b.engine.command(ctx, b.loan, r.Key, false)
	switch c := h.conn.Load(); {
	case cmd.Err() != nil && !errors.Is(cmd.Err(), redis.Nil):
		b.giveBack() // the client has told the pool what to do with it
	case c == nil:
		b.vain++
		b.giveBack()
	case !c.hasRead(cmd):
		b.giveBack()
	default:
		b.conn, b.vain = c, 0
	}
	return b.engine.take(r, cmd)
}

// hasRead reports whether what the client has read on the connection is the reply to a
// command, and nothing behind it.
func (c *conn) hasRead(cmd *redis.StringCmd) bool {
	n := len(cmd.Val())
	if cmd.Err() != nil { // there is nothing: $-1, or _
		return c.got == len("$-1\r\n") || c.got == len("_\r\n")
	}
	return c.got == len("$\r\n")+len(strconv.Itoa(n))+n+len("\r\n")
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
