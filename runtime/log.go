package runtime

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// warnEvery is how often one tier may warn.
const warnEvery = time.Second

// limiter lets one warning pass in a while and counts the others.
type limiter struct {
	next   atomic.Int64 // tick from which one may pass
	missed atomic.Uint64
}

// pass reports whether a warning may be logged at now, and how many have not
// been since the last one.
func (l *limiter) pass(now int64) (missed uint64, ok bool) {
	next := l.next.Load()
	if now < next || !l.next.CompareAndSwap(next, after(now, warnEvery)) {
		l.missed.Add(1)
		return 0, false
	}
	return l.missed.Swap(0), true
}

// failed counts and logs a failure of a tier and returns it with its place. The
// end of the caller's own context is no failure of the tier: it is returned as
// it is and not logged.
func (c *Core[K, V]) failed(l *tierBase, op string, count *atomic.Uint64, err error) error {
	count.Add(1)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &TierError{Path: l.Path, Op: op, Err: err}
	}
	if missed, ok := l.warnings.pass(int64(time.Since(base))); ok {
		c.logger.Warn("cachegen: tier failed", "cache", c.spec.Name, "tier", l.Path, "op", op, "error", err, "suppressed", missed)
	}
	return &TierError{Path: l.Path, Op: op, Err: err}
}

// reject counts and logs stored bytes that are no entry of the key.
func (c *Core[K, V]) reject(l *tierBase, why reason) {
	l.counters.rejected.Add(1)
	if missed, ok := l.warnings.pass(int64(time.Since(base))); ok {
		c.logger.Warn("cachegen: entry rejected", "cache", c.spec.Name, "tier", l.Path, "reason", string(why), "suppressed", missed)
	}
}
