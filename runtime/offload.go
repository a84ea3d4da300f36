package runtime

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// TimeoutPolicy says what happens to background work that takes too long.
type TimeoutPolicy uint8

const (
	// Ignore lets the work go on.
	Ignore TimeoutPolicy = iota
	// Cancel ends its context.
	Cancel
	// Warn logs a warning and lets it go on.
	Warn
)

// OffloadOptions bound the background work of the caches that share an Offload.
type OffloadOptions struct {
	Workers   int           // tasks that run at once; 0 is 16
	Queue     int           // tasks that wait; 0 is 1024
	Timeout   time.Duration // how long a task may take before OnTimeout; 0 is for ever
	OnTimeout TimeoutPolicy // what happens to a task that takes longer
	Logger    *slog.Logger  // nil: slog.Default()
}

// Offload runs work that no caller waits for: refills of slow tiers, losers of
// races, reloads. There is never more of it than its options allow. What does
// not fit is dropped and counted, so that no reader is ever held up by it.
//
// It has no goroutine while there is nothing to do.
type Offload struct {
	opts   OffloadOptions
	ctx    context.Context
	cancel context.CancelFunc

	mu      sync.Mutex
	queue   []task
	workers int
	adopted int              // work that was begun elsewhere
	known   map[taskKey]bool // queued or running
	idle    chan struct{}    // closed when there is no work; nil if nobody waits
	closed  bool
	kinds   map[string]*KindStats

	full atomic.Bool   // there is no room for a task more
	shed atomic.Uint64 // reloads that were refused for that

	warnings limiter
}

type taskKey struct {
	owner     any // whose keys these are
	kind, key string
}

type task struct {
	taskKey
	run  func(context.Context)
	done func()
}

// NewOffload returns an Offload with the options.
func NewOffload(opts OffloadOptions) *Offload {
	if opts.Workers <= 0 {
		opts.Workers = 16
	}
	if opts.Queue <= 0 {
		opts.Queue = 1024
	}
	o := &Offload{opts: opts, known: map[taskKey]bool{}, kinds: map[string]*KindStats{}}
	o.ctx, o.cancel = context.WithCancel(context.Background())
	return o
}

// submit takes a task, unless its owner has one of that kind and key there already or
// there is no room, and reports whether it did. done is called when it has ended or
// was dropped after having been taken.
func (o *Offload) submit(owner any, kind, key string, run func(context.Context), done func()) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	t, k := task{taskKey{owner, kind, key}, run, done}, o.of(kind)
	switch {
	case o.known[t.taskKey]:
		k.Deduplicated++
		return false
	case o.closed, o.workers >= o.opts.Workers && len(o.queue) >= o.opts.Queue:
		k.Shed++
		return false
	}
	o.known[t.taskKey] = true
	if o.workers < o.opts.Workers {
		o.workers++
		k.start()
		go o.work(t)
	} else {
		k.Queued++
		o.queue = append(o.queue, t)
	}
	o.room()
	return true
}

// room notes whether there is any. The lock must be held.
func (o *Offload) room() {
	o.full.Store(o.closed || o.workers >= o.opts.Workers && len(o.queue) >= o.opts.Queue)
}

// kindReload is the kind of reloads of single keys.
const kindReload = "reload"

// refuses reports whether there is no room for a reload, and counts it then. It takes no
// lock: hits that find a stale value ask.
func (o *Offload) refuses() bool {
	if !o.full.Load() {
		return false
	}
	o.shed.Add(1)
	return true
}

// kindLoser is the kind of adopted work.
const kindLoser = "loser"

// adopt makes room for work that runs already and that nobody waits for any more.
// release is to be called when it has ended. There is room for as much of it as
// for work that waits.
func (o *Offload) adopt() (release func(), ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	k := o.of(kindLoser)
	if o.closed || o.adopted >= o.opts.Queue {
		k.Shed++
		return nil, false
	}
	k.start()
	o.adopted++
	return o.release, true
}

// release is called when adopted work has ended.
func (o *Offload) release() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.of(kindLoser).end()
	o.adopted--
	o.rest()
}

// rest tells those who wait if there is no work left.
func (o *Offload) rest() {
	if o.workers+o.adopted == 0 && o.idle != nil {
		close(o.idle)
		o.idle = nil
	}
}

// work runs t and then whatever waits.
func (o *Offload) work(t task) {
	done := false
	defer func() {
		if done {
			return
		}
		// A task has left the goroutine by runtime.Goexit: another takes over.
		if t, more := o.next(t); more {
			go o.work(t)
		}
	}()
	for more := true; more; {
		o.run(t)
		t, more = o.next(t)
	}
	done = true
}

func (o *Offload) run(t task) {
	defer t.done()
	ctx := o.ctx
	if o.opts.Timeout > 0 && o.opts.OnTimeout != Ignore {
		if o.opts.OnTimeout == Cancel {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, o.opts.Timeout)
			defer cancel()
		}
		timer := time.AfterFunc(o.opts.Timeout, func() { o.late(t.kind) })
		defer timer.Stop()
	}
	err := errGoexit
	defer func() {
		if err != nil {
			o.count(t.kind, func(k *KindStats) { k.Panicked++ })
			o.warn("cachegen: background work panicked", "kind", t.kind, "error", err)
		}
	}()
	err = protect(func() error { t.run(ctx); return nil })
}

// late is called when a task has run for longer than the timeout.
func (o *Offload) late(kind string) {
	o.count(kind, func(k *KindStats) { k.TimedOut++ })
	if o.opts.OnTimeout == Warn {
		o.warn("cachegen: background work takes long", "kind", kind, "timeout", o.opts.Timeout)
	}
}

// warn logs a warning, unless there has been one just now.
func (o *Offload) warn(msg string, args ...any) {
	if missed, ok := o.warnings.pass(int64(time.Since(base))); ok {
		logger := o.opts.Logger
		if logger == nil {
			logger = slog.Default()
		}
		logger.Warn(msg, append(args, "suppressed", missed)...)
	}
}

// next forgets the task that has ended and returns one that waits, if any.
func (o *Offload) next(ended task) (task, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.known, ended.taskKey)
	o.of(ended.kind).end()
	if len(o.queue) > 0 {
		t := o.queue[0]
		o.queue[0] = task{}
		o.queue = o.queue[1:]
		k := o.of(t.kind)
		k.Queued--
		k.start()
		o.room()
		return t, true
	}
	o.workers--
	o.room()
	o.rest()
	return task{}, false
}

// Wait returns when there is no work left, or with the context's error when it
// ends before.
func (o *Offload) Wait(ctx context.Context) error {
	o.mu.Lock()
	if o.workers+o.adopted == 0 {
		o.mu.Unlock()
		return nil
	}
	if o.idle == nil {
		o.idle = make(chan struct{})
	}
	idle := o.idle
	o.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close takes no more work and waits for what there is. When the context ends
// first, it drops what waits, cancels what runs and returns the context's error.
func (o *Offload) Close(ctx context.Context) error {
	o.mu.Lock()
	o.closed = true
	o.room()
	o.mu.Unlock()
	err := o.Wait(ctx)
	o.mu.Lock()
	dropped := o.queue
	o.queue = nil
	for _, t := range dropped {
		delete(o.known, t.taskKey)
		k := o.of(t.kind)
		k.Queued--
		k.Shed++
	}
	o.mu.Unlock()
	for _, t := range dropped {
		t.done()
	}
	o.cancel()
	return err
}
