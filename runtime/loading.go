package runtime

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// loading marks the context of a loader, so that the cache can tell when it is
// asked for what it is loading, and so that the loader can decide about its values.
type loading struct {
	context.Context
	job loadingJob
}

// loadingJob is a job, whatever its types are.
type loadingJob interface {
	// loads reports whether the job's loader is at work on a key of the cache.
	loads(cache any, id string) bool
	// decide takes what the loader says of one key, or of all if key is nil.
	decide(key any, l lifetime)
}

type loadingKey struct{}

func (l *loading) Value(key any) any {
	if key == (loadingKey{}) {
		return l
	}
	return l.Context.Value(key)
}

// within reports whether ctx belongs to the loader of a key, however deep.
func within(ctx context.Context, cache any, id string) bool {
	for {
		l, ok := ctx.Value(loadingKey{}).(*loading)
		if !ok {
			return false
		}
		if l.job.loads(cache, id) {
			return true
		}
		ctx = l.Context
	}
}

// lifetime is what a loader has decided about a value.
type lifetime struct {
	ttl, stale time.Duration
}

// over reports whether the value is not to be stored.
func (l lifetime) over() bool { return l.ttl <= 0 && l.stale <= 0 }

// SetLifetime is for loaders: the value that is being loaded is fresh for ttl, and
// stale for so long after that, whatever ttl= and stale= say. In a loader of many
// it is about all of them. Without any life it is as NoStore; the longest duration
// is for ever. ctx is the context that the loader was given, or one made from it;
// with any other nothing happens.
//
//	func fetch(ctx context.Context, id int64) (Page, error) {
//		page, maxAge, err := get(ctx, id)
//		runtime.SetLifetime(ctx, maxAge, time.Minute)
//		return page, err
//	}
func SetLifetime(ctx context.Context, ttl, stale time.Duration) { decide(ctx, nil, ttl, stale) }

// SetLifetimeOf is SetLifetime for one of the keys of a loader of many. The key has
// the type of the cache's keys: another one is a panic, which the callers of the
// cache get as an error.
func SetLifetimeOf[K comparable](ctx context.Context, key K, ttl, stale time.Duration) {
	decide(ctx, key, ttl, stale)
}

// NoStore is for loaders: what is being loaded, a value or an absence, is for those
// who wait for it and is not stored. An older value that there is in the tiers is
// removed. In a loader of many it is about all of them. See SetLifetime for ctx.
func NoStore(ctx context.Context) { decide(ctx, nil, 0, 0) }

// NoStoreOf is NoStore for one of the keys of a loader of many. See SetLifetimeOf.
func NoStoreOf[K comparable](ctx context.Context, key K) { decide(ctx, key, 0, 0) }

func decide(ctx context.Context, key any, ttl, stale time.Duration) {
	if l, ok := ctx.Value(loadingKey{}).(*loading); ok {
		l.job.decide(key, lifetime{max(ttl, 0), max(stale, 0)})
	}
}

// decisions are what a loader has decided, by key. It can use goroutines.
type decisions[K comparable] struct {
	mu   sync.Mutex
	all  *lifetime
	some map[K]lifetime
}

func (d *decisions[K]) decide(key any, l lifetime) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if key == nil {
		d.all, d.some = &l, nil
		return
	}
	k, ok := key.(K)
	if !ok {
		panic(fmt.Sprintf("a loader decides about a key of type %T, and loads by %T", key, k))
	}
	if d.some == nil {
		d.some = map[K]lifetime{}
	}
	d.some[k] = l
}

// of returns what was decided about a key, or nil.
func (d *decisions[K]) of(key K) *lifetime {
	d.mu.Lock()
	defer d.mu.Unlock()
	if l, ok := d.some[key]; ok {
		return &l
	}
	return d.all
}
