package runtime

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// leases is what a cache with lease= has besides: in all processes that share the tier
// of the leases, one loads a key at a time.
//
//	begin ──┬── taken ──> load ── store ── end
//	        ├── filled by another process meanwhile ──> look
//	        └── held by another process ──> wait ──┬── notice, or a check of its life ──> acquire, look
//	                                               └── lease= is over ──> acquire, or load without
//
// Nothing of it is ever the caller's trouble: without an answer a process loads alone.
type leases[K comparable, V any] struct {
	core *Core[K, V]
	leaf *RemoteLeaf[K, V] // that has the leases

	taken, waited, shared, givenUp, refused, errors atomic.Uint64

	mu      sync.Mutex
	held    map[*loan]time.Time // leases that this process has, and since when
	beating bool                // somebody renews them
}

// leaseLife is how long a lease lives that is not renewed: so long it takes to notice
// that its holder has died. It is renewed three times as often.
const leaseLife = time.Second

// newLeases returns nil for a cache without lease=. The tier that has the leases is the
// last one that can: more processes share it than any before it.
func newLeases[K comparable, V any](c *Core[K, V]) *leases[K, V] {
	if c.spec.Lease == 0 {
		return nil
	}
	ls := &leases[K, V]{core: c, held: map[*loan]time.Time{}}
	for _, l := range c.leaves {
		if r, ok := l.(*RemoteLeaf[K, V]); ok {
			if _, ok := r.engine.(LeaseEngine); ok {
				ls.leaf = r
			}
		}
	}
	if ls.leaf == nil {
		return nil
	}
	return ls
}

// life is how long a lease lives that is not renewed.
func (ls *leases[K, V]) life() time.Duration { return min(leaseLife, ls.core.spec.Lease) }

func (ls *leases[K, V]) stats() LeaseStats {
	return LeaseStats{
		Taken: ls.taken.Load(), Waited: ls.waited.Load(), Shared: ls.shared.Load(),
		GivenUp: ls.givenUp.Load(), Refused: ls.refused.Load(), Errors: ls.errors.Load(),
	}
}

// failed counts and logs that a tier could not be asked for a token or a lease.
func (ls *leases[K, V]) failed(ctx context.Context, l *RemoteLeaf[K, V], err error) {
	ls.errors.Add(1)
	if ctx.Err() == nil {
		ls.core.warn(&l.warnings, "cachegen: no lease", "tier", l.Path, "error", err)
	}
}

// loan is what a key that is to be loaded has of its lease.
type loan struct {
	text  string
	seen  seen
	writ  *writ // what the loaded value may be written by
	lease RemoteLease

	notice atomic.Uint32 // the last LeaseNotice; 0: there was none
	check  time.Time     // when to look whether the holder lives
	last   bool          // that was for the last time
	kept   bool          // the loaded value is one to store
}

func (ls *leases[K, V]) loan(s *slot[K, V]) *loan {
	if ls == nil {
		return nil
	}
	return &loan{text: s.text, seen: s.rest().seen}
}

// asked notes under which name the tiers have been asked, and what was seen there.
func (n *loan) asked(text string, seen seen) {
	if n != nil {
		n.text, n.seen = text, seen
	}
}

// permit returns the writ of a key that has been loaded.
func (n *loan) permit() *writ {
	if n == nil {
		return nil
	}
	return n.writ
}

// keep notes that the loaded value is one to store.
func (n *loan) keep() {
	if n != nil {
		n.kept = true
	}
}

// begin leaves a job with the keys that it is to load now, each with a lease or, if
// none can be had, without. The others are waited for by a job of their own.
func (ls *leases[K, V]) begin(ctx context.Context, j *job[K, V]) {
	if ls == nil {
		return
	}
	bell := make(chan struct{}, 1)
	for _, l := range j.legs {
		l.lease.Wake = func(why LeaseNotice) {
			l.notice.Store(uint32(why))
			select {
			case bell <- struct{}{}:
			default:
			}
		}
	}
	ls.acquire(ctx, j.legs)
	now, held := ls.sort(ctx, j, j.legs)
	if j.legs = now; len(held) > 0 {
		ls.waited.Add(uint64(len(held)))
		w := j.split(held)
		w.run(ctx, ls.patience()+w.core.spec.LoadTimeout, func(ctx context.Context) { ls.wait(ctx, w, bell) })
	}
}

// sort takes legs whose lease has been asked for apart: those that are to be loaded
// now, and those that are held. What has been filled meanwhile is looked up, and landed.
func (ls *leases[K, V]) sort(ctx context.Context, j *job[K, V], legs []*leg[K, V]) (now, held []*leg[K, V]) {
	var filled []*leg[K, V]
	for _, l := range legs {
		switch l.lease.State {
		case LeaseHeld:
			l.check = time.Now().Add(l.lease.Left + time.Millisecond)
			held = append(held, l)
		case LeaseFilled:
			filled = append(filled, l)
		default:
			now = append(now, l)
		}
	}
	if len(filled) > 0 {
		// What cannot be used although it is new is loaded once more, under a lease
		// that is asked for at the next round.
		for _, l := range ls.found(ctx, j, filled) {
			l.check = time.Now()
			held = append(held, l)
		}
	}
	ls.take(ctx, now)
	return now, held
}

// found looks legs up and returns those that are not there.
func (ls *leases[K, V]) found(ctx context.Context, j *job[K, V], legs []*leg[K, V]) (left []*leg[K, V]) {
	part := j.split(legs)
	op, err := part.operation(ctx)
	if err != nil {
		part.fail(err)
		return nil
	}
	defer op.end()
	part.found = &ls.shared
	part.look(op)
	for _, l := range part.legs {
		l.job.Store(j)
	}
	return part.legs
}

// acquire asks for the leases of legs. A tier that has not answered just now is not
// asked again: it has cost its time.
func (ls *leases[K, V]) acquire(ctx context.Context, legs []*leg[K, V]) {
	leases := make([]RemoteLease, 0, len(legs))
	asked := make([]*leg[K, V], 0, len(legs))
	for _, l := range legs {
		l.notice.Store(0)
		l.lease.State = LeaseNone
		if !l.seen.known {
			continue
		}
		leases = append(leases, RemoteLease{
			Key: l.text, Seen: []byte(l.seen.end), Any: l.seen.any,
			Life: ls.life(), Wanted: ls.core.spec.Lease, Wake: l.lease.Wake,
		})
		asked = append(asked, l)
	}
	if len(leases) == 0 {
		return
	}
	work := &leaseWork{ctx: ls.core.ctx, engine: ls.leaf.fenced, leases: leases}
	left, err := ls.leaf.caller.run(ctx, new(call), work)
	for i, l := range asked {
		switch {
		case left || err != nil:
			l.seen.known = false
			ls.failed(ctx, ls.leaf, err)
		case leases[i].Err != nil:
			ls.failed(ctx, ls.leaf, leases[i].Err)
		default:
			l.lease = leases[i]
		}
	}
}

// leaseWork asks for leases. Those that nobody waits for any more are given back.
type leaseWork struct {
	ctx    context.Context // of the cache
	engine LeaseEngine
	leases []RemoteLease
}

func (w *leaseWork) do(ctx context.Context) error { return w.engine.Acquire(ctx, w.leases) }
func (w *leaseWork) left()                        {}

func (w *leaseWork) over(error) {
	var taken []RemoteLease
	for _, l := range w.leases {
		if l.State == LeaseTaken {
			taken = append(taken, l)
		}
	}
	w.engine.Forget(w.leases)
	if len(taken) > 0 {
		ctx, cancel := context.WithTimeout(w.ctx, leaseLife)
		defer cancel()
		_ = w.engine.Release(ctx, taken, NoticeFree)
	}
}

// take prepares legs for their load: what has a lease is renewed from now on, and each
// has the tokens that its value can be written by.
func (ls *leases[K, V]) take(ctx context.Context, legs []*leg[K, V]) {
	if len(legs) == 0 {
		return
	}
	c := ls.core
	op := &Op[K, V]{core: c, ctx: ctx, now: c.Time.Now(), mask: everywhere}
	for _, l := range legs {
		l.writ = c.newWrit(false)
		if l.lease.State == LeaseTaken {
			ls.taken.Add(1)
			l.writ.tokens[ls.leaf.Index] = l.lease.Token
		}
		if l.seen.known {
			op.slots = append(op.slots, slot[K, V]{text: l.text, writ: l.writ})
		}
	}
	ls.hold(legs)
	if len(op.slots) > 0 {
		ls.permit(op)
	}
}

// write returns fn, which writes an operation in its turn, with the tokens that
// it needs: what is set has them taken now, before anything is sent.
func (ls *leases[K, V]) write(fn func(*Op[K, V], []Result)) func(*Op[K, V], []Result) {
	if ls == nil {
		return fn
	}
	return func(op *Op[K, V], res []Result) {
		if op.mask == everywhere && op.slots[0].writ == nil {
			for i := range op.slots {
				op.slots[i].writ = ls.core.newWrit(true)
			}
			ls.permit(op)
		}
		for i := range op.slots {
			if w := op.slots[i].writ; w != nil {
				w.used.Store(true)
			}
		}
		fn(op, res)
	}
}

// permit takes the tokens that the writs of an operation lack.
func (ls *leases[K, V]) permit(op *Op[K, V]) {
	for _, l := range ls.core.leaves {
		if r, ok := l.(*RemoteLeaf[K, V]); ok && r.fenced != nil {
			r.permit(op)
		}
	}
}

// news reports whether the operation writes the truth, and not what was the truth
// when it was loaded or read.
func (op *Op[K, V]) news() bool { return op.slots[0].writ != nil && op.slots[0].writ.set }
