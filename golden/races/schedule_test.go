package races

import (
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cachegen/cachegen/runtime"
)

// cache is what the generated caches of this package have in common.
type cache interface {
	Get(ctx context.Context, key int64) (Item, bool, error)
	Set(ctx context.Context, key int64, v Item) error
	Delete(ctx context.Context, key int64) (int, error)
	GetOrLoad(ctx context.Context, key int64, load func(context.Context, int64) (Item, error)) (Item, error)
	Lookup(ctx context.Context, key int64) (runtime.Entry[Item], error)
	Store(ctx context.Context, key int64, e runtime.Entry[Item]) error
	Close(ctx context.Context) error
}

const (
	life  = 20 * time.Second // of a value in the caches of this package
	never = time.Duration(math.MaxInt64)
)

// schedule is one order of what several actors do to one key, drawn by a seed.
type schedule struct {
	*fixture
	seed    uint64
	key     int64
	start   time.Time
	actors  []*actor
	others  *actor // whoever works in the background
	failing atomic.Pointer[func(tier int, drawn time.Duration) bool]
	closed  atomic.Bool
	calm    atomic.Bool // tiers take no time any more
	users   sync.WaitGroup

	mu sync.Mutex
	history
}

func newSchedule(f *fixture, seed uint64) *schedule {
	s := &schedule{fixture: f, seed: seed, key: int64(seed), start: time.Now()}
	s.values = map[int64]value{}
	s.others = s.actor()
	for _, t := range f.tiers {
		t.now.Store(s)
	}
	return s
}

func (s *schedule) since() time.Duration { return time.Since(s.start) }

func (s *schedule) actor() *actor {
	a := &actor{seed: s.seed, id: len(s.actors)}
	s.actors = append(s.actors, a)
	return a
}

func (s *schedule) actorOf(ctx context.Context) *actor {
	if a, ok := ctx.Value(actorKey{}).(*actor); ok {
		return a
	}
	return s.others
}

// run lets another actor do something from a moment on.
func (s *schedule) run(do func(ctx context.Context, a *actor)) {
	a := s.actor()
	s.users.Go(func() {
		deepen()
		a.rest(2)
		do(context.WithValue(context.Background(), actorKey{}, a), a)
	})
}

// hasty returns the context of somebody whom no tier keeps waiting.
func (s *schedule) hasty() (context.Context, *actor) {
	a := s.actor()
	a.hasty = true
	return context.WithValue(context.Background(), actorKey{}, a), a
}

// touched notes that a tier was written: once a cache has been closed nobody may
// do so whom no caller waits for.
func (s *schedule) touched(ctx context.Context) {
	if s.closed.Load() && !s.actorOf(ctx).busy.Load() {
		s.fault("a tier was written in the background after Close")
	}
}

func (s *schedule) fault(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, what)
}

// version makes a version of a value.
func (s *schedule) version(v value) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := int64(len(s.values) + 1)
	s.values[n] = v
	return n
}

func (s *schedule) item(version int64) Item { return Item{Key: s.key, Version: version} }

// set writes a new version.
func (s *schedule) set(ctx context.Context, a *actor) {
	a.busy.Store(true)
	defer a.busy.Store(false)
	begun := s.since()
	n := s.version(value{begun: begun, ended: never, dies: begun + life})
	err := s.cache.Set(ctx, s.key, s.item(n))
	s.wrote(n, begun, err)
	time.Sleep(time.Nanosecond) // what the actor does next is later
}

// remove deletes the key.
func (s *schedule) remove(ctx context.Context, a *actor) {
	a.busy.Store(true)
	defer a.busy.Store(false)
	begun := s.since()
	_, err := s.cache.Delete(ctx, s.key)
	s.wrote(0, begun, err)
	time.Sleep(time.Nanosecond) // see set
}

func (s *schedule) wrote(version int64, begun time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ended := s.since()
	if v, ok := s.values[version]; ok {
		v.ended = ended
		s.values[version] = v
	}
	if err == nil {
		s.writes = append(s.writes, write{version, begun, ended})
	}
}

// get reads the key.
func (s *schedule) get(ctx context.Context, a *actor) {
	a.busy.Store(true)
	defer a.busy.Store(false)
	begun := s.since()
	v, _, err := s.cache.Get(ctx, s.key)
	s.saw(a, v, begun, err)
}

func (s *schedule) saw(a *actor, v Item, begun time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads = append(s.reads, read{a.id, v.Version, begun, s.since(), err})
	if v.Version != 0 && v.Key != s.key {
		s.faults = append(s.faults, "a value of another key")
	}
}

// load reads the key, or has it loaded.
func (s *schedule) load(ctx context.Context, a *actor) {
	a.busy.Store(true)
	defer a.busy.Store(false)
	begun := s.since()
	v, err := s.cache.GetOrLoad(ctx, s.key, s.source)
	s.saw(a, v, begun, err)
}

// source is the loader: it sees what is so when it begins.
func (s *schedule) source(ctx context.Context, _ int64) (Item, error) {
	n := s.version(value{loaded: true, begun: s.since()})
	time.Sleep(s.actorOf(ctx).moment(own))
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.values[n]
	v.dies = s.since() + life
	s.values[n] = v
	return s.item(n), nil
}

// miss is load with a source that has no value.
func (s *schedule) miss(ctx context.Context, a *actor) {
	a.busy.Store(true)
	defer a.busy.Store(false)
	begun := s.since()
	v, err := s.cache.GetOrLoad(ctx, s.key, func(ctx context.Context, _ int64) (Item, error) {
		s.mu.Lock()
		s.values[absent] = value{loaded: true, begun: s.since()}
		s.mu.Unlock()
		time.Sleep(s.actorOf(ctx).moment(own))
		return Item{}, runtime.ErrNotFound
	})
	s.saw(a, v, begun, err)
}

// look reads the key, entry and all. A remembered absence is a version too.
func (s *schedule) look(ctx context.Context, a *actor) runtime.Entry[Item] {
	a.busy.Store(true)
	defer a.busy.Store(false)
	begun := s.since()
	e, err := s.cache.Lookup(ctx, s.key)
	v := e.Value
	if e.Status == runtime.Absent {
		v = s.item(absent)
	}
	s.saw(a, v, begun, err)
	return e
}

// store refills, and must not fail.
func (s *schedule) store(ctx context.Context, a *actor, e runtime.Entry[Item]) {
	a.busy.Store(true)
	defer a.busy.Store(false)
	if err := s.cache.Store(ctx, s.key, e); err != nil && !errors.Is(err, runtime.ErrTimeout) {
		s.fault(err.Error())
	}
}
