package runtime

import (
	"context"
	"time"
)

// wait waits until other processes have loaded the keys of a job, and has those loaded
// here that they have not.
func (ls *leases[K, V]) wait(ctx context.Context, j *job[K, V], bell <-chan struct{}) {
	until := time.Now().Add(ls.core.spec.Lease)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for len(j.legs) > 0 {
		next := until
		for _, l := range j.legs {
			if l.check.Before(next) {
				next = l.check
			}
		}
		timer.Reset(time.Until(next))
		select {
		case <-bell:
		case <-timer.C:
		case <-ctx.Done():
			ls.forget(j.legs)
			j.late(j.legs, context.Cause(ctx))
			return
		}
		if ls.round(ctx, j, until) {
			until = until.Add(2 * ls.moment())
		}
	}
}

// patience is how long all waiting takes at most, with asking for the leases at its end.
func (ls *leases[K, V]) patience() time.Duration {
	return ls.core.spec.Lease + 2*ls.moment() + 2*ls.leaf.Timeout
}

// moment is how short a time a lease may have left for it to be waited for once more.
func (ls *leases[K, V]) moment() time.Duration { return ls.life() / 20 }

// round looks at the legs of a job that there is news of, or that are due for a check.
// When their time is over it looks at all of them, and reports it: those whose lease goes
// to somebody else are loaded without one. They are waited for once more if it is about to
// end, as it is where its holder is slow: the token of a guard that ends would be void.
func (ls *leases[K, V]) round(ctx context.Context, j *job[K, V], until time.Time) (over bool) {
	now := time.Now()
	over = !now.Before(until)
	var keep, ask, filled, load []*leg[K, V]
	for _, l := range j.legs {
		switch why := LeaseNotice(l.notice.Load()); {
		case why == NoticeNothing:
			load = append(load, l)
		case why == NoticeFilled:
			filled = append(filled, l)
		case over || why == NoticeFree || !now.Before(l.check):
			ask = append(ask, l)
		default:
			keep = append(keep, l)
		}
	}
	ls.forget(load)
	ls.forget(filled)
	ls.forget(ask)
	for _, l := range filled {
		l.lease.State = LeaseFilled
		l.notice.Store(0)
	}
	ls.acquire(ctx, ask)
	ready, held := ls.sort(ctx, j, append(ask, filled...))
	if over {
		var gone []*leg[K, V]
		held, gone = ls.giveUp(held)
		load = append(load, gone...)
	}
	j.legs = append(keep, held...)
	for _, l := range load {
		l.lease.State = LeaseNone
	}
	ls.take(ctx, load)
	if load = append(load, ready...); len(load) > 0 {
		part := j.split(load)
		part.detach(ctx, part.load)
	}
	return over
}

// giveUp takes the legs apart whose lease somebody else has: into those to be waited for
// once more, and those to be loaded without a lease.
func (ls *leases[K, V]) giveUp(held []*leg[K, V]) (keep, gone []*leg[K, V]) {
	for _, l := range held {
		if !l.last && l.lease.Left <= ls.moment() {
			l.last = true
			keep = append(keep, l)
		} else {
			gone = append(gone, l)
		}
	}
	ls.forget(gone)
	ls.givenUp.Add(uint64(len(gone)))
	return keep, gone
}

// forget ends the notices about legs.
func (ls *leases[K, V]) forget(legs []*leg[K, V]) {
	for _, l := range legs {
		one := []RemoteLease{l.lease}
		ls.leaf.fenced.Forget(one)
		l.lease.Waiter = one[0].Waiter
	}
}

// hold renews the leases of legs from now on.
func (ls *leases[K, V]) hold(legs []*leg[K, V]) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	for _, l := range legs {
		if l.lease.State == LeaseTaken {
			ls.held[l.loan] = time.Now()
		}
	}
	if len(ls.held) > 0 && !ls.beating && ls.core.tasks.begin() {
		ls.beating = true
		go ls.beat()
	}
}

// beat renews leases while there are any. Without it they end soon, which costs a
// second load and nothing else.
func (ls *leases[K, V]) beat() {
	defer ls.core.tasks.end()
	for ls.core.sleep(ls.life() / 3) {
		leases, idle := ls.due()
		if idle {
			return
		}
		if len(leases) > 0 {
			work := &renewWork{ls.leaf.fenced, leases}
			_, _ = ls.leaf.caller.run(ls.core.ctx, new(call), work)
		}
	}
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.beating = false
}

// due returns the leases to renew, which are not those that have had their time. If
// there are none at all, nobody renews them any more.
func (ls *leases[K, V]) due() (leases []RemoteLease, idle bool) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	for n, since := range ls.held {
		if time.Since(since)+ls.life() > ls.core.spec.Lease {
			delete(ls.held, n)
			continue
		}
		leases = append(leases, n.lease)
	}
	ls.beating = len(ls.held) > 0
	return leases, !ls.beating
}

// renewWork renews leases.
type renewWork struct {
	engine LeaseEngine
	leases []RemoteLease
}

func (w *renewWork) do(ctx context.Context) error { return w.engine.Renew(ctx, w.leases) }
func (w *renewWork) left()                        {}
func (w *renewWork) over(error)                   {}

// end gives back the leases of legs whose load is over, unless a write has done so:
// the others may try, or learn that there is nothing to share.
func (ls *leases[K, V]) end(legs []*leg[K, V]) {
	if ls == nil {
		return
	}
	back := map[LeaseNotice][]RemoteLease{}
	ls.mu.Lock()
	for _, l := range legs {
		delete(ls.held, l.loan)
		if l.lease.State != LeaseTaken || l.writ.used.Load() {
			continue
		}
		why := NoticeFree
		if !l.kept && (l.err == nil || l.absent) {
			why = NoticeNothing
		}
		back[why] = append(back[why], l.lease)
	}
	ls.mu.Unlock()
	for why, leases := range back {
		work := &releaseWork{ls.leaf.fenced, leases, why}
		_, _ = ls.leaf.caller.run(ls.core.ctx, new(call), work)
	}
}

// releaseWork gives leases back.
type releaseWork struct {
	engine LeaseEngine
	leases []RemoteLease
	why    LeaseNotice
}

func (w *releaseWork) do(ctx context.Context) error { return w.engine.Release(ctx, w.leases, w.why) }
func (w *releaseWork) left()                        {}
func (w *releaseWork) over(error)                   {}
