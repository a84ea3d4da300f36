package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// job is the loading of the keys that one call leads: of one, or of some of a batch.
//
//	GetOrLoad, GetOrLoadMany ── look ── detach ──> fetch ── loader ── store ── land
//	Reload ── later ──> offload ── detach ──> restart ── look ── fetch ...
//	with lease=: fetch ── begin ──> load, or wait ──> look, or load
//
// Its keys land one by one, each in the round of its flight.
type job[K comparable, V any] struct {
	core *Core[K, V]
	legs []*leg[K, V]                            // the keys that have not been found
	call func(j *job[K, V], ctx context.Context) // calls the loader, and sets what each leg comes to

	decisions[K]
	atWork atomic.Bool // the loader is
	loaded atomic.Bool // the legs have what they come to, and are not changed any more
	failed atomic.Bool // the loader has failed, and that has been counted

	found    *atomic.Uint64 // counts the keys that are found; may be nil
	first    *job[K, V]     // that it was split from; nil: none
	over     chan struct{}  // of a reload: closed when there is nothing to wait for
	overOnce sync.Once
}

// leg is one key of a job.
type leg[K comparable, V any] struct {
	key    K
	id     string
	stripe stripe[V]
	part   *part[V]
	round  *round[V] // that the job's own caller waits for; nil: none

	look  bool                       // the tiers are to be asked first
	spare atomic.Pointer[slot[K, V]] // what is served if loading fails
	aside uint64                     // tiers that have an outdated entry
	silence
	job   atomic.Pointer[job[K, V]] // that loads it now
	*loan                           // nil without lease=

	landing[V]
}

// landing is what a key of a job comes to.
type landing[V any] struct {
	outcome[V]
	copies[V]
}

func (c *Core[K, V]) job(call func(*job[K, V], context.Context)) *job[K, V] {
	return &job[K, V]{core: c, call: call}
}

// add gives the job a part in the flight of a slot's key.
func (j *job[K, V]) add(s *slot[K, V], p *part[V], r *round[V]) *leg[K, V] {
	l := &leg[K, V]{
		key: s.key, id: s.id(), stripe: j.core.fence.stripe(s.stripe), part: p, round: r,
		aside: s.aside, silence: s.rest().silence,
	}
	l.job.Store(j)
	l.loan = j.core.leases.loan(s)
	l.spare.Store(s.spare)
	j.legs = append(j.legs, l)
	return l
}

// demand says what is an answer to somebody who could load, or to a reload.
func (c *Core[K, V]) demand(reload bool) demand {
	return demand{fresh: reload || c.spec.Revalidate, early: reload, grace: c.spec.FailSafe}
}

// look asks the tiers for the job's keys, which are those of op, and lands the ones
// that they have an answer to.
func (j *job[K, V]) look(op *Op[K, V]) {
	op.demand = j.core.demand(j.over != nil)
	op.ask()
	left := j.legs[:0]
	for i, l := range j.legs {
		s := &op.slots[i]
		if s.status == Miss {
			m := s.rest()
			l.aside, l.silence = s.aside, m.silence
			l.spare.Store(s.spare)
			l.asked(s.text, m.seen)
			left = append(left, l)
			continue
		}
		op.refillSlot(s, op.refill(s))
		if j.found != nil {
			j.found.Add(1)
		}
		j.land(l, j.core.answer(s))
	}
	j.legs = left
}

// answer is how a flight lands with what a tier has said.
func (c *Core[K, V]) answer(s *slot[K, V]) landing[V] {
	l := landing[V]{outcome: outcome[V]{value: s.value, status: s.status, err: absence(s.status), absent: s.status == Absent}}
	l.encoded, l.format = c.encoded(s)
	l.object = s.object
	return l
}

// later runs the job in the offload.
func (j *job[K, V]) later(ctx context.Context) {
	c := j.core
	j.over = make(chan struct{})
	drop := func() {
		for _, l := range j.legs {
			l.stripe.drop(l.id, l.part)
		}
	}
	if !c.tasks.begin() {
		drop()
		return
	}
	ctx = context.WithValue(context.WithoutCancel(ctx), traceKey{}, (*trace)(nil)) // a request of its own
	ran := false
	end := func() {
		if !ran {
			drop()
		}
		c.tasks.end()
	}
	// A loader that hangs keeps its goroutine, but no worker of the offload.
	if !c.offload.submit(j, kindReload, "", func(closing context.Context) {
		ran = true
		if !j.start() {
			return
		}
		j.detach(ctx, j.restart)
		select {
		case <-j.over:
		case <-closing.Done():
		}
	}, end) {
		end()
	}
}

// start begins a reload and reports whether there is anything left to load.
func (j *job[K, V]) start() bool {
	j.legs = slices.DeleteFunc(j.legs, func(l *leg[K, V]) bool { return !l.stripe.start(l.id, l.part) })
	for _, l := range j.legs {
		l.look = true
	}
	return len(j.legs) > 0
}

// split makes a job of some of the legs, which are not the job's own any more.
func (j *job[K, V]) split(legs []*leg[K, V]) *job[K, V] {
	part := &job[K, V]{core: j.core, legs: legs, call: j.call, first: j.root()}
	if j.over != nil {
		part.over = make(chan struct{})
	}
	for _, l := range legs {
		l.job.Store(part)
	}
	return part
}

// root is the job that a call has begun.
func (j *job[K, V]) root() *job[K, V] {
	if j.first != nil {
		return j.first
	}
	return j
}

// detach runs fn in a goroutine of its own, with the values of ctx, until the
// load's timeout or the end of Close.
func (j *job[K, V]) detach(ctx context.Context, fn func(context.Context)) {
	j.run(ctx, j.core.spec.LoadTimeout, fn)
}

// run is detach with another timeout.
func (j *job[K, V]) run(ctx context.Context, timeout time.Duration, fn func(context.Context)) {
	c := j.core
	if !c.tasks.begin() {
		j.fail(ErrClosed)
		return
	}
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), timeout, ErrLoadTimeout)
	closing := context.AfterFunc(c.ctx, cancel)
	legs := j.legs
	late := context.AfterFunc(ctx, func() { j.late(legs, context.Cause(ctx)) })
	go func() {
		defer c.tasks.end()
		defer cancel()
		defer closing()
		defer late()
		defer j.end()
		deepen(-1)
		fn(ctx)
	}()
}

// end is called when nobody has to wait for the job any more.
func (j *job[K, V]) end() {
	if j.over != nil {
		j.overOnce.Do(func() { close(j.over) })
	}
}

// late lands what has not landed when the time is over, for the reason of cause. A
// value that has been loaded and is only waiting for a slow tier is as good as a
// stored one.
func (j *job[K, V]) late(legs []*leg[K, V], cause error) {
	defer j.end()
	loaded := j.loaded.Load()
	for _, l := range legs {
		switch {
		case l.job.Load() != j:
		case loaded:
			j.land(l, l.landing)
		case errors.Is(cause, ErrLoadTimeout):
			j.land(l, landing[V]{outcome: outcome[V]{err: cause, loaded: true}})
		default:
			j.land(l, landing[V]{outcome: outcome[V]{err: ErrClosed}})
		}
	}
}

// restart looks into the tiers again before it loads: the leader has left while he
// did so, or much may have happened since.
func (j *job[K, V]) restart(ctx context.Context) {
	for _, l := range j.legs {
		l.look = true
	}
	j.again(ctx)
}

// again looks up the keys of which that is said, and loads those that are left.
func (j *job[K, V]) again(ctx context.Context) {
	all := j.legs
	var rest []*leg[K, V]
	j.legs = nil
	for _, l := range all {
		if l.look {
			j.legs = append(j.legs, l)
		} else {
			rest = append(rest, l)
		}
	}
	op, err := j.operation(ctx)
	if err != nil {
		j.fail(err)
	} else {
		j.look(op)
		op.end()
	}
	if j.legs = append(j.legs, rest...); len(j.legs) > 0 {
		j.fetch(ctx)
	}
}

// operation returns an operation on the job's keys, in its goroutine.
func (j *job[K, V]) operation(ctx context.Context) (op *Op[K, V], err error) {
	if len(j.legs) == 1 {
		op, err = j.core.begin(ctx, j.legs[0].key)
	} else {
		op, err = j.core.beginMany(ctx, j.keys())
	}
	if err == nil {
		op.unattended = true
	}
	return op, err
}

func (j *job[K, V]) keys() []K {
	keys := make([]K, len(j.legs))
	for i, l := range j.legs {
		keys[i] = l.key
	}
	return keys
}

// fetch has the job's keys loaded: with lease=, those that no other process loads. It
// is the one place where anybody decides that this cache is to load.
func (j *job[K, V]) fetch(ctx context.Context) {
	j.core.leases.begin(ctx, j)
	if len(j.legs) > 0 {
		j.load(ctx)
	}
}

// load calls the loader, stores what the job's keys come to, and lands them.
func (j *job[K, V]) load(ctx context.Context) {
	j.core.counters.loads.Add(1)
	defer j.core.leases.end(j.legs)
	defer func() { // also when the loader leaves its goroutine
		for _, l := range j.legs {
			j.land(l, l.landing)
		}
	}()
	j.ask(ctx)
	if ctx.Err() != nil { // whatever the loader calls it
		j.late(j.legs, context.Cause(ctx))
		return
	}
	j.store(ctx)
}

// ask calls the loader.
func (j *job[K, V]) ask(ctx context.Context) {
	c := j.core
	for _, l := range j.legs {
		l.outcome = outcome[V]{err: errGoexit, loaded: true}
	}
	err := errGoexit
	ctx, end := c.step(ctx, Step{Op: "load", Keys: len(j.legs)})
	if end != nil {
		defer func() { end(Outcome{Err: err}) }()
		ctx = context.WithValue(ctx, traceKey{}, (*trace)(nil)) // what a loader asks for is a request of its own
	}
	began := tick()
	defer func() { c.counters.loadTime.since(began) }()
	j.atWork.Store(true)
	defer j.atWork.Store(false)
	err = protect(func() error {
		j.call(j, &loading{ctx, j})
		return nil
	})
	panicked := err
	for _, l := range j.legs {
		if panicked != nil {
			l.err, l.absent = panicked, false
		}
		if l.err == nil {
			l.status = Hit
			continue
		}
		var zero V
		l.value, err = zero, l.err
	}
}

// loads implements loadingJob.
func (j *job[K, V]) loads(cache any, id string) bool {
	return cache == any(j.core) && j.atWork.Load() &&
		slices.ContainsFunc(j.legs, func(l *leg[K, V]) bool { return l.id == id })
}

// land ends what the job has in the flight of a key, unless it has ended.
func (j *job[K, V]) land(l *leg[K, V], end landing[V]) {
	r, first := l.stripe.land(l.id, l.part)
	if !first {
		return
	}
	if end.loaded {
		end = j.outcome(l, end)
	}
	if r == nil {
		return
	}
	if l.round == r {
		r.owner = j.root()
	}
	r.by = j
	r.outcome, r.copies = end.outcome, end.copies
	shared := r.waiting > 1 || l.round != r
	if shared && r.err == nil && r.encoded == nil && r.object == nil && r.failed == nil && !j.core.spec.Plain {
		r.encoded, r.failed = j.encode(r.value)
	}
	close(r.done)
}

// outcome counts a load, and puts the spare of a key into the place of a failure.
func (j *job[K, V]) outcome(l *leg[K, V], end landing[V]) landing[V] {
	c := j.core
	failed := end.err != nil && !end.absent
	if failed && !j.failed.Swap(true) {
		c.counters.loadErrors.Add(1)
		if j.over != nil {
			c.warn(&c.warnings, "cachegen: reloading in the background has failed", "cache", c.spec.Name, "error", end.err)
		} else if l.spare.Load() != nil {
			c.warn(&c.warnings, "cachegen: loading has failed, and an older value is served", "cache", c.spec.Name, "error", end.err)
		}
	}
	spare := l.spare.Load()
	fallback := failed && spare != nil
	if fallback {
		end = c.answer(spare)
		end.loaded = true
	}
	switch {
	case j.over != nil: // nobody has asked for it
	case fallback:
		c.counters.stale.Add(1)
	default:
		c.counters.misses.Add(1)
	}
	return end
}

// fail lands a job that has not come to its load.
func (j *job[K, V]) fail(err error) {
	for _, l := range j.legs {
		j.land(l, landing[V]{outcome: outcome[V]{err: err}})
	}
	j.legs = nil
	j.end()
}

// encode returns an encoding of v in the first format.
func (j *job[K, V]) encode(v V) (data []byte, err error) {
	err = protect(func() (err error) {
		data, err = j.core.spec.Formats[0].Append([]byte{}, &v)
		return err
	})
	if err != nil {
		err = fmt.Errorf("cachegen: a loaded value cannot be copied for every caller: %w", err)
	}
	return data, err
}
