package runtime

import (
	"context"
	"sync"
	"time"
)

// Tracer is what a Recorder can be besides: it sees requests as they happen. Only
// those that leave memory are shown to it; a request that memory answers is only
// counted.
type Tracer interface {
	// Start is called when a step begins. It returns the context for what is done
	// in the step, and a function that is called once when the step has ended. The
	// functions may be called from any goroutine.
	Start(ctx context.Context, s Step) (context.Context, func(Outcome))
}

// Step is a request of a cache, or a part of one. Neither keys nor values are in it.
type Step struct {
	Cache string // name of the generated type
	Tier  string // source path of the tier that is asked; "" for the request and its load
	Op    string // read, write, remove, load
	Keys  int
	Began time.Time

	// Request is the context that Start has returned for the request of which this
	// is a part; nil for the request itself, and for work in the background.
	Request context.Context
}

// Outcome is how a step has ended.
type Outcome struct {
	Found  int    // keys that a read has found
	Status string // of a read of one key: "hit", "stale", "absent" or "miss"
	Err    error  // its text can hold what a backend of the user's has put there
}

// trace is one request, as a Tracer sees it. It begins when the request does and is
// shown when it leaves memory.
type trace struct {
	tracer Tracer
	parent context.Context // the caller's
	cache  string
	began  time.Time

	mu    sync.Mutex
	ctx   context.Context // of the request's step
	op    string
	end   func(Outcome) // not nil while the step is under way
	ended bool
}

type traceKey struct{}

// traced returns ctx with a new trace in it, which the caller is to finish, if
// anybody wants to see it and ctx does not belong to a request of the cache already.
func (c *Core[K, V]) traced(ctx context.Context) (context.Context, *trace) {
	if c.tracer == nil {
		return ctx, nil
	}
	if t, ok := ctx.Value(traceKey{}).(*trace); ok && t != nil && t.tracer == c.tracer && t.cache == c.spec.Name {
		return ctx, nil
	}
	t := &trace{tracer: c.tracer, parent: ctx, cache: c.spec.Name, began: time.Now()}
	return context.WithValue(ctx, traceKey{}, t), t
}

// enter shows the request, if that has not been done, and returns the context that
// belongs to it, or nil if the request is over.
func (t *trace) enter(op string, keys int) context.Context {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ctx == nil && !t.ended {
		t.op = op
		t.ctx, t.end = t.tracer.Start(t.parent, Step{Cache: t.cache, Op: op, Keys: keys, Began: t.began})
	}
	return t.ctx
}

// finish ends the request.
func (t *trace) finish(o Outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	if t.end == nil {
		return
	}
	if t.op != "read" {
		o = Outcome{Err: o.Err}
	}
	t.end(o)
	t.end = nil
}

// step begins a part of the request that ctx belongs to. end is nil if nobody wants
// to see it.
func (c *Core[K, V]) step(ctx context.Context, s Step) (in context.Context, end func(Outcome)) {
	if c.tracer == nil {
		return ctx, nil
	}
	s.Cache, s.Began = c.spec.Name, time.Now()
	if t, ok := ctx.Value(traceKey{}).(*trace); ok && t != nil {
		op := s.Op
		if op == "load" {
			op = "read"
		}
		s.Request = t.enter(op, s.Keys)
	}
	return c.tracer.Start(ctx, s)
}

// outcome says what the operation has found.
func (op *Op[K, V]) outcome() (o Outcome) {
	for i := range op.slots {
		s := &op.slots[i]
		if s.status != Miss {
			o.Found++
		} else if s.err != nil {
			o.Err = s.err
		}
	}
	if len(op.slots) == 1 {
		o.Status = op.slots[0].status.String()
	}
	return o
}

// watch is an operation of a tier outside the process under way: it is timed, and
// traced if somebody wants to see it.
type watch struct {
	at  time.Time // when it began
	end func(Outcome)
}

// began is the tick at which it did.
func (w watch) began() int64 { return tickAt(w.at) }

// watch begins an operation of the tier on so many keys.
func (l *RemoteLeaf[K, V]) watch(ctx context.Context, op string, keys int) (context.Context, watch) {
	in, end := l.core.step(ctx, Step{Tier: l.Path, Op: op, Keys: keys})
	return in, watch{at: time.Now(), end: end}
}

// done ends the watch of a write or a remove with what became of the keys.
func (w watch) done(res []Result) {
	if w.end == nil {
		return
	}
	var o Outcome
	for i := range res {
		if o.Err = res[i].Err; o.Err != nil {
			break
		}
	}
	w.end(o)
}

// seen ends the watch of a read with what became of the slots.
func (l *RemoteLeaf[K, V]) seen(w watch, op *Op[K, V], asked int, err error) {
	if w.end == nil {
		return
	}
	o := Outcome{Err: err}
	status := Miss
	for i := range op.slots {
		switch s := &op.slots[i]; {
		case s.status != Miss && int(s.leaf) == l.Index:
			o.Found++
			status = s.status
		case s.status == Miss && o.Err == nil:
			o.Err = s.err
		}
	}
	if asked == 1 {
		o.Status = status.String()
	}
	w.end(o)
}
