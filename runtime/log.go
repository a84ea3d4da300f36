package runtime

import (
	"context"
	"sync/atomic"
	"time"
)

// warnEvery is how often one tier may warn.
const warnEvery = time.Second

// limiter lets one warning pass in a while and counts the others.
type limiter struct {
	last   atomic.Int64 // tick when one has passed; 0: none has
	missed atomic.Uint64
}

// pass reports whether a warning may be logged at now, and how many have not
// been since the last one.
func (l *limiter) pass(now int64) (missed uint64, ok bool) {
	last := l.last.Load()
	if last != 0 && now-last < int64(warnEvery) || !l.last.CompareAndSwap(last, now) {
		l.missed.Add(1)
		return 0, false
	}
	return l.missed.Swap(0), true
}

// warn logs a warning, unless l has let one pass just now. Neither keys nor values
// belong into it.
func (c *Core[K, V]) warn(l *limiter, msg string, args ...any) {
	if missed, ok := l.pass(int64(time.Since(base))); ok {
		c.logger.Warn(msg, append(args, "cache", c.spec.Name, "suppressed", missed)...)
	}
}

// failed counts and logs a failure of a tier and returns it with its place. When
// the context of the operation has ended, that is no failure of the tier: it is
// counted, since there was no answer, and not logged.
func (c *Core[K, V]) failed(ctx context.Context, l *tierBase, op string, count *atomic.Uint64, err error) error {
	count.Add(1)
	if ctx.Err() == nil {
		c.warn(&l.warnings, "cachegen: tier failed", "tier", l.Path, "op", op, "error", err)
	}
	return &TierError{Path: l.Path, Op: op, Err: err}
}

// reject counts and logs stored bytes that are no entry of the key.
func (c *Core[K, V]) reject(l *tierBase, why reason) {
	l.counters.reject(why)
	c.warn(&l.warnings, "cachegen: entry rejected", "tier", l.Path, "reason", string(why))
}
