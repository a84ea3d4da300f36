package lease

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/internal/codectest"
	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
)

func TestCodec(t *testing.T) {
	codectest.Codec[Page]{Append: appendPage, Decode: decodePage, Prefix: pageCachePrefix}.Check(t, Page{}, Page{1, "text"})
	codectest.Codec[Line]{Append: appendLine, Decode: decodeLine, Prefix: lineCachePrefix}.Check(t, Line{}, Line{"a", 1, "text"})
}

// TestOneLoad shares a load between processes, of a value and of an absence.
func TestOneLoad(t *testing.T) {
	client := redistest.Shared(t).Client()
	a, b, u := pages(t, client), pages(t, client), held()
	u.put(1, "one")
	for id, want := range map[int64]error{1: nil, 2: runtime.ErrNotFound} {
		ofA := ask(a, id, u.load)
		check(t, <-u.began, id)
		ofB := ask(b, id, u.load)
		waiting(t, b, b.Stats().Leases.Shared+1)
		u.release()
		for _, got := range []answer{<-ofA, <-ofB} {
			check(t, got.err, want)
			check(t, got.page.Text, u.texts[id])
		}
		u.gate = make(chan struct{})
	}
	check(t, u.loads(), 2)
	check(t, a.Stats().Leases, runtime.LeaseStats{Taken: 2})
	check(t, b.Stats().Leases, runtime.LeaseStats{Waited: 2, Shared: 2})
	check(t, len(client.Keys(ctx(t), "*").Val()), 2) // nothing but the entries is left
	v, ok, err := b.Get(ctx(t), 1)
	check(t, err, nil)
	check(t, ok, true)
	check(t, v.Text, "one")
	check(t, b.Stats().Tiers[0].Hits, 1) // it was copied into memory
}

// TestNotShared has each process load what is not stored, and go on after failures.
func TestNotShared(t *testing.T) {
	client := redistest.Shared(t).Client()
	a, b := pages(t, client), pages(t, client)
	began, gate := make(chan struct{}), make(chan struct{})
	wrong := errors.New("wrong")
	for id, load := range map[int64]func(context.Context, int64) (Page, error){
		1: func(ctx context.Context, id int64) (Page, error) {
			runtime.NoStore(ctx)
			return Page{ID: id, Text: "own"}, nil
		},
		2: func(context.Context, int64) (Page, error) { return Page{}, wrong },
		3: func(context.Context, int64) (Page, error) { panic("wrong") },
		4: func(_ context.Context, id int64) (Page, error) {
			return Page{ID: id, Text: strings.Repeat("x", 2<<20)}, nil
		},
	} {
		waited := b.Stats().Leases.Waited
		ofA := ask(a, id, func(ctx context.Context, id int64) (Page, error) {
			close(began)
			<-gate
			return load(ctx, id)
		})
		<-began
		loads := 0
		ofB := ask(b, id, func(context.Context, int64) (Page, error) {
			loads++
			return Page{ID: id, Text: "of b"}, nil
		})
		waiting(t, b, waited+1)
		close(gate)
		got := <-ofA
		check(t, got.err != nil, id == 2 || id == 3)
		(<-ofB).want(t, "of b")
		check(t, loads, 1)
		began, gate = make(chan struct{}), make(chan struct{})
	}
	check(t, b.Stats().Leases.GivenUp, 0)
	check(t, b.Stats().Leases.Errors, 0)
}

// TestOvertaken has another process write or remove a key while it is loaded: what was
// loaded is for those who asked, and is in no tier.
func TestOvertaken(t *testing.T) {
	client := redistest.Shared(t).Client()
	a, b := pages(t, client), pages(t, client)
	for id, after := range map[int64]string{1: "", 2: "new"} {
		u := held()
		u.put(id, "old")
		got := ask(a, id, u.load)
		<-u.began
		if after == "" {
			_, err := b.Delete(ctx(t), id)
			check(t, err, nil)
		} else {
			check(t, b.Set(ctx(t), id, Page{ID: id, Text: after}), nil)
		}
		u.release()
		(<-got).want(t, "old")
		for _, c := range []*PageCache{a, b} {
			p, ok, err := c.Get(ctx(t), id)
			check(t, err, nil)
			check(t, ok, after != "")
			check(t, p.Text, after)
		}
	}
	check(t, a.Stats().Leases, runtime.LeaseStats{Taken: 2, Refused: 2})
}

// TestDeleteAndLoad has a caller who comes after a Delete not wait for a load from before.
func TestDeleteAndLoad(t *testing.T) {
	client := redistest.Shared(t).Client()
	a, b := pages(t, client), pages(t, client)
	before, after := held(), newUpstream()
	before.put(1, "before")
	after.put(1, "after")
	ofA := ask(a, 1, before.load)
	<-before.began
	ofB := ask(b, 1, after.load)
	waiting(t, b, 1)
	_, err := a.Delete(ctx(t), 1)
	check(t, err, nil)
	(<-ofB).want(t, "after") // woken by the delete
	p, err := a.GetOrLoad(ctx(t), 1, after.load)
	check(t, err, nil)
	check(t, p.Text, "after")
	before.release()
	(<-ofA).want(t, "before")
	check(t, after.loads(), 1)
	p, ok, err := a.Get(ctx(t), 1)
	check(t, err, nil)
	check(t, ok, true)
	check(t, p.Text, "after")
}

// TestSetsAtOnce has many processes set one key: in the end all of them agree with Redis.
func TestSetsAtOnce(t *testing.T) {
	client := redistest.Shared(t).Client()
	var all []*PageCache
	for range 4 {
		all = append(all, pages(t, client))
	}
	var wg sync.WaitGroup
	for i, c := range all {
		wg.Go(func() {
			for n := range 50 {
				if err := c.Set(ctx(t), 1, Page{ID: 1, Text: fmt.Sprint(i, " ", n)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	check(t, all[0].Set(ctx(t), 1, Page{ID: 1, Text: "last"}), nil)
	p, ok, err := pages(t, client).Get(ctx(t), 1)
	check(t, err, nil)
	check(t, ok, true)
	check(t, p.Text, "last")
}

// TestBatches has two processes load overlapping batches: each page once.
func TestBatches(t *testing.T) {
	for name, client := range map[string]redis.UniversalClient{
		"one": redistest.Shared(t).Client(), "cluster": redistest.StartCluster(t, 3).Client(),
	} {
		t.Run(name, func(t *testing.T) {
			a, b, u := pages(t, client), pages(t, client), newUpstream()
			var wg sync.WaitGroup
			for from, c := range map[int64]*PageCache{0: a, 30: b} {
				var ids []int64
				for id := range int64(60) {
					ids = append(ids, from+id)
				}
				for range 3 {
					wg.Go(func() {
						found, err := c.GetOrLoadMany(ctx(t), ids, u.loadMany)
						check(t, err, nil)
						check(t, len(found), 60)
						for id, p := range found {
							check(t, p, Page{ID: id, Text: fmt.Sprint("page ", id)})
						}
					})
				}
			}
			wg.Wait()
			check(t, u.loads(), 90)
			check(t, a.Stats().Leases.Taken+b.Stats().Leases.Taken, 90)
			check(t, a.Stats().Leases.Errors+b.Stats().Leases.Errors, 0)
		})
	}
}

// hands is a clock that is moved by hand.
type hands struct {
	mu sync.Mutex
	t  time.Time
}

func (h *hands) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.t
}

func (h *hands) move(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.t = h.t.Add(d)
}

// TestReload reloads a stale value in one process, and the other takes it from there.
func TestReload(t *testing.T) {
	client := redistest.Shared(t).Client()
	clock := &hands{t: time.Now()}
	var caches []*LineCache
	for range 2 {
		c, err := NewLineCache(LineCacheConfig{Redis: client, Options: runtime.Options{Clock: clock}})
		check(t, err, nil)
		t.Cleanup(func() { check(t, c.Close(context.Background()), nil) })
		caches = append(caches, c)
	}
	key := LineCacheKey{"eu", 1}
	check(t, caches[0].Set(ctx(t), key, Line{"eu", 1, "old"}), nil)
	clock.move(2 * time.Minute)
	began, gate := make(chan struct{}, 9), make(chan struct{})
	load := func(context.Context, LineCacheKey) (Line, error) {
		began <- struct{}{}
		<-gate
		return Line{"eu", 1, "new"}, nil
	}
	for i, c := range caches {
		v, err := c.GetOrLoad(ctx(t), key, load)
		check(t, err, nil)
		check(t, v.Text, "old")
		if i == 0 {
			<-began
		}
	}
	waiting(t, caches[1], 1)
	close(gate)
	redistest.Until(t, "the other process has loaded", func() bool { return caches[1].Stats().Leases.Shared > 0 })
	for _, c := range caches {
		v, ok, err := c.Get(ctx(t), key)
		check(t, err, nil)
		check(t, ok, true)
		check(t, v.Text, "new")
	}
	check(t, len(began), 0)
}

// TestSlowLoader has others load by themselves when they have waited for lease=.
func TestSlowLoader(t *testing.T) {
	client := redistest.Shared(t).Client()
	var caches []*LineCache
	for range 2 {
		c, err := NewLineCache(LineCacheConfig{Redis: client})
		check(t, err, nil)
		t.Cleanup(func() { check(t, c.Close(context.Background()), nil) })
		caches = append(caches, c)
	}
	key, gate, began := LineCacheKey{"eu", 1}, make(chan struct{}), make(chan struct{})
	first := make(chan error, 1)
	go func() {
		_, err := caches[0].GetOrLoad(context.Background(), key, func(context.Context, LineCacheKey) (Line, error) {
			close(began)
			<-gate
			return Line{"eu", 1, "slow"}, nil
		})
		first <- err
	}()
	<-began
	v, err := caches[1].GetOrLoad(ctx(t), key, func(context.Context, LineCacheKey) (Line, error) { return Line{"eu", 1, "own"}, nil })
	check(t, err, nil)
	check(t, v.Text, "own")
	s := caches[1].Stats().Leases
	check(t, s.GivenUp+s.Taken, 1) // the lease may have ended just before
	close(gate)
	check(t, <-first, nil)
	v, ok, err := caches[0].Get(ctx(t), key)
	check(t, err, nil)
	check(t, ok, true)
	check(t, v.Text, "own") // what was slow came too late
}

// TestArchive fences two servers and what is refilled into them.
func TestArchive(t *testing.T) {
	near, far := redistest.Shared(t).Client(), redistest.Shared(t).Client()
	store := fakebackend.New("store")
	offload := runtime.NewOffload(runtime.OffloadOptions{})
	t.Cleanup(func() { check(t, offload.Close(context.Background()), nil) }) // after the caches
	settle := func() {                                                       // refills and the losers of races have ended
		t.Helper()
		check(t, offload.Wait(ctx(t)), nil)
	}
	var all []*ArchiveCache
	for range 2 {
		c, err := NewArchiveCache(ArchiveCacheConfig{Near: near, Far: far, Store: store, Options: runtime.Options{Offload: offload}})
		check(t, err, nil)
		t.Cleanup(func() { check(t, c.Close(context.Background()), nil) })
		all = append(all, c)
	}
	a, b := all[0], all[1]
	source := func(id int64) string {
		t.Helper()
		e, err := b.Lookup(ctx(t), id)
		check(t, err, nil)
		return e.Source
	}
	_, err := a.GetOrLoad(ctx(t), 1, func(context.Context, int64) (Archive, error) { return Archive{1, "loaded"}, nil })
	check(t, err, nil)
	settle()
	check(t, source(1), "archives.redises.near")
	check(t, len(store.Entries()), 1)

	near.FlushDB(ctx(t))
	far.FlushDB(ctx(t))
	check(t, source(1), "archives.store")
	_, ok, err := a.Get(ctx(t), 1) // refills both
	check(t, err, nil)
	check(t, ok, true)
	settle()
	check(t, source(1), "archives.redises.near")
	near.FlushDB(ctx(t))
	check(t, source(1), "archives.redises.far")

	// One process has read the store when the other removes the key.
	near.FlushDB(ctx(t))
	far.FlushDB(ctx(t))
	var once sync.Once
	store.Before(func(_ context.Context, op, _ string) {
		if op == "read" {
			once.Do(func() {
				entry := store.Entries()
				_, err := b.Delete(context.Background(), 1)
				check(t, err, nil)
				for key, raw := range entry {
					store.Put(key, raw) // which a has read before that
				}
			})
		}
	})
	_, ok, err = a.Get(ctx(t), 1)
	check(t, err, nil)
	check(t, ok, true)
	settle()
	check(t, a.Stats().Leases.Refused, 2)
	check(t, source(1), "archives.store")
}
