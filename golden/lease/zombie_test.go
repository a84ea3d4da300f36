package lease

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime/redistier"
)

// batcher is what this test needs of a cache, whatever its values.
type batcher interface {
	DeleteMany(ctx context.Context, ids []int64) (int, error)
	Close(ctx context.Context) error
}

// TestZombies has a process send a thousand writes, which are held on the wire, and
// die. Another removes the keys, and then the writes arrive. With leases none of them
// is ever seen, and without all of them are.
func TestZombies(t *testing.T) {
	const rounds, size = 10, 100
	for kind, want := range map[string]int{"lease": 0, "loose": rounds * size} {
		t.Run(kind, func(t *testing.T) {
			server := redistest.Start(t)
			back := 0
			for round := range rounds {
				back += zombies(t, server, kind, int64(round*size), size)
			}
			t.Logf("%d of %d writes are seen after the delete", back, rounds*size)
			check(t, back, want)
		})
	}
}

// zombies forces n writes to come after the removes of their keys, and returns how
// many of them another process sees then.
func zombies(t *testing.T, server *redistest.Server, kind string, first, n int64) (back int) {
	proxy := redistest.NewProxy(t, server.Addr())
	dying, err := redistier.Dial("redis://" + proxy.Addr() + "?pool_size=1")
	check(t, err, nil)
	t.Cleanup(func() { _ = dying.Close() })
	var ids []int64
	pageOf, looseOf := map[int64]Page{}, map[int64]Loose{}
	for id := first; id < first+n; id++ {
		ids = append(ids, id)
		pageOf[id], looseOf[id] = Page{id, "zombie"}, Loose{id, "zombie"}
	}

	var a, b batcher
	var set func(ctx context.Context) error
	var get func() int
	trips := 1 // the round trip that is held
	command := "cmdstat_set:calls="
	if kind == "lease" {
		ca, err := NewPageCache(PageCacheConfig{Redis: dying})
		check(t, err, nil)
		cb, err := NewPageCache(PageCacheConfig{Redis: server.Client()})
		check(t, err, nil)
		check(t, cb.Set(ctx(t), -1, Page{}), nil) // the server knows the scripts from now on
		a, b, trips, command = ca, cb, 2, "cmdstat_evalsha:calls="
		set = func(ctx context.Context) error { return ca.SetMany(ctx, pageOf) }
		get = func() int { found, err := cb.GetMany(ctx(t), ids); check(t, err, nil); return len(found) }
	} else {
		ca, err := NewLooseCache(LooseCacheConfig{Redis: dying})
		check(t, err, nil)
		cb, err := NewLooseCache(LooseCacheConfig{Redis: server.Client()})
		check(t, err, nil)
		a, b = ca, cb
		set = func(ctx context.Context) error { return ca.SetMany(ctx, looseOf) }
		get = func() int { found, err := cb.GetMany(ctx(t), ids); check(t, err, nil); return len(found) }
	}
	defer func() { check(t, b.Close(context.Background()), nil) }()

	hold := &holder{proxy: proxy, at: int32(trips), held: make(chan struct{})}
	dying.AddHook(hold)
	gone, leave := context.WithCancel(ctx(t))
	done := make(chan struct{})
	go func() { defer close(done); _ = set(gone) }()
	<-hold.held
	leave()
	<-done
	_ = a.Close(gone) // it does not get to repairing anything

	_, err = b.DeleteMany(ctx(t), ids)
	check(t, err, nil)
	check(t, server.Client().ConfigResetStat(ctx(t)).Err(), nil)
	proxy.Release(redistest.ToServer)
	redistest.Until(t, "the writes arrive", func() bool { return calls(t, server, command) >= int(n) })
	return get()
}

// calls returns how often the server has run a command.
func calls(t *testing.T, server *redistest.Server, command string) (n int) {
	t.Helper()
	_, rest, _ := strings.Cut(server.Client().Info(ctx(t), "commandstats").Val(), command)
	_, _ = fmt.Sscanf(rest, "%d", &n)
	return n
}

// holder holds what a client sends from the n-th pipeline on.
type holder struct {
	proxy *redistest.Proxy
	at    int32
	count atomic.Int32
	held  chan struct{} // closed when there is something that is held
}

func (h *holder) DialHook(next redis.DialHook) redis.DialHook          { return next }
func (h *holder) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

func (h *holder) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if cmds[0].Name() == "hello" || cmds[0].Name() == "client" {
			return next(ctx, cmds)
		}
		if h.count.Add(1) == h.at {
			arrived := h.proxy.Hold(redistest.ToServer)
			go func() {
				<-arrived
				close(h.held)
			}()
		}
		return next(ctx, cmds)
	}
}

// TestZombieLoads has loads end on the wire, and the keys removed by another process
// before what was loaded arrives.
func TestZombieLoads(t *testing.T) {
	server := redistest.Start(t)
	proxy := redistest.NewProxy(t, server.Addr())
	client, err := redistier.Dial("redis://" + proxy.Addr() + "?pool_size=1")
	check(t, err, nil)
	t.Cleanup(func() { _ = client.Close() })
	a, b := pages(t, client), pages(t, server.Client())
	for id := range int64(100) {
		arrived := make(chan (<-chan struct{}), 1)
		got := ask(a, id, func(context.Context, int64) (Page, error) {
			arrived <- proxy.Hold(redistest.ToServer)
			return Page{id, "zombie"}, nil
		})
		<-<-arrived
		_, err := b.Delete(ctx(t), id)
		check(t, err, nil)
		proxy.Release(redistest.ToServer)
		(<-got).want(t, "zombie")
		for _, c := range []*PageCache{a, b} {
			if p, ok, err := c.Get(ctx(t), id); err != nil || ok {
				t.Fatalf("%d: %+v, %v", id, p, err)
			}
		}
	}
	check(t, a.Stats().Leases.Refused, 100)
}
