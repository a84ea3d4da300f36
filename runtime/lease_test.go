package runtime

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// leaseServer is what processes share of a fake lease engine: a server with entries,
// guards and those who wait. It tells the time of the bubble.
type leaseServer struct {
	mu      sync.Mutex
	entries map[string]RemoteWrite
	guards  map[string]guard
	waiting map[string][]RemoteLease
	nonce   int
	deaf    bool         // notices get lost
	trip    atomic.Int64 // how long a round trip takes
}

type guard struct {
	token string
	lease bool
	until time.Time
}

// leased is a process's way to the server. Once it is dead nothing of it arrives.
type leased struct {
	*leaseServer
	mu    sync.Mutex
	dead  bool
	fail  error
	calls map[string]int
}

func newLeaseServer() *leaseServer {
	s := &leaseServer{entries: map[string]RemoteWrite{}, guards: map[string]guard{}, waiting: map[string][]RemoteLease{}}
	s.trip.Store(int64(time.Millisecond))
	return s
}

// do runs fn on the server in the middle of a round trip.
func (e *leased) do(ctx context.Context, op string, fn func()) error {
	trip := time.Duration(e.trip.Load())
	time.Sleep(trip / 2)
	e.mu.Lock()
	e.calls[op]++
	dead, fail := e.dead, e.fail
	e.mu.Unlock()
	if dead {
		<-ctx.Done()
		return ctx.Err()
	}
	if fail != nil {
		return fail
	}
	e.leaseServer.mu.Lock()
	fn()
	e.leaseServer.mu.Unlock()
	time.Sleep(trip - trip/2)
	return nil
}

func (s *leaseServer) guard(key string) (guard, bool) {
	g, ok := s.guards[key]
	if ok && !time.Now().Before(g.until) {
		delete(s.guards, key)
		ok = false
	}
	return g, ok
}

func (s *leaseServer) put(key string, lease bool, life time.Duration) string {
	s.nonce++
	s.guards[key] = guard{fmt.Sprint("token ", s.nonce), lease, time.Now().Add(life)}
	return s.guards[key].token
}

// tell is called with the lock.
func (s *leaseServer) tell(key string, why LeaseNotice) {
	if !s.deaf {
		for _, l := range s.waiting[key] {
			l.Wake(why)
		}
	}
	delete(s.waiting, key)
}

func (s *leaseServer) seen(key string) string {
	data := s.entries[key].Raw.Data
	return string(data[max(0, len(data)-SeenEnd):])
}

func (e *leased) Read(ctx context.Context, reads []RemoteRead) error {
	return e.do(ctx, "read", func() {
		for i := range reads {
			w, ok := e.entries[reads[i].Key]
			reads[i].Raw, reads[i].Found = Raw{Data: w.Raw.Data}, ok
			if reads[i].Fenced {
				reads[i].Token = e.token(reads[i].Key)
			}
		}
	})
}

func (s *leaseServer) token(key string) string {
	if g, ok := s.guard(key); ok {
		return g.token
	}
	return s.put(key, false, 10*time.Second)
}

func (e *leased) Tokens(ctx context.Context, keys []RemoteToken) error {
	return e.do(ctx, "tokens", func() {
		for i := range keys {
			keys[i].Token = e.token(keys[i].Key)
		}
	})
}

func (e *leased) Write(ctx context.Context, writes []RemoteWrite) error {
	return e.do(ctx, "write", func() {
		for i := range writes {
			w := &writes[i]
			if g, ok := e.guard(w.Key); !ok || g.token != w.Token {
				w.Err = ErrOvertaken
				continue
			}
			w.Err = nil
			e.entries[w.Key] = *w
			delete(e.guards, w.Key)
			e.tell(w.Key, NoticeFilled)
		}
	})
}

func (e *leased) Remove(ctx context.Context, removes []RemoteRemove) error {
	return e.do(ctx, "remove", func() {
		for i := range removes {
			if _, ok := e.entries[removes[i].Key]; ok {
				removes[i].Removed = 1
			}
			delete(e.entries, removes[i].Key)
			delete(e.guards, removes[i].Key)
			e.tell(removes[i].Key, NoticeFree)
		}
	})
}

func (e *leased) Acquire(ctx context.Context, leases []RemoteLease) error {
	return e.do(ctx, "acquire", func() {
		for i := range leases {
			l := &leases[i]
			g, ok := e.guard(l.Key)
			switch {
			case !l.Any && e.seen(l.Key) != string(l.Seen):
				l.State = LeaseFilled
			case ok && g.lease:
				l.State, l.Left = LeaseHeld, time.Until(g.until)
				e.waiting[l.Key] = append(e.waiting[l.Key], *l)
			default:
				l.State, l.Token = LeaseTaken, e.put(l.Key, true, l.Life)
			}
		}
	})
}

func (e *leased) Renew(ctx context.Context, leases []RemoteLease) error {
	return e.do(ctx, "renew", func() {
		for i := range leases {
			l := &leases[i]
			if g, ok := e.guard(l.Key); ok && g.token == l.Token {
				g.until = time.Now().Add(l.Life)
				e.guards[l.Key] = g
			} else {
				l.State = LeaseNone
			}
		}
	})
}

func (e *leased) Release(ctx context.Context, leases []RemoteLease, why LeaseNotice) error {
	return e.do(ctx, "release", func() {
		for i := range leases {
			if g, ok := e.guard(leases[i].Key); ok && g.token == leases[i].Token {
				delete(e.guards, leases[i].Key)
				e.tell(leases[i].Key, why)
			}
		}
	})
}

func (e *leased) Forget([]RemoteLease) {}
func (e *leased) Close()               {}

func (e *leased) die() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.dead = true
}

func (e *leased) called(op string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.calls[op]
}

// node is one process: memory in front of the server.
type node struct {
	*cache
	engine *leased
}

const testLease = 8 * time.Second

func (s *leaseServer) node(t *testing.T, change func(*config)) *node {
	t.Helper()
	n := &node{engine: &leased{leaseServer: s, calls: map[string]int{}}}
	n.cache = newCache(t, "mr", func(c *config) {
		c.engine = func(int) RemoteEngine { return n.engine }
		c.spec.Lease = testLease
		if change != nil {
			change(c)
		}
	})
	return n
}

// load asks for "k" with a loader that takes so long.
func (n *node) load(value string, takes time.Duration) <-chan answer {
	got := make(chan answer, 1)
	began := time.Now()
	go func() {
		v, err := n.GetOrLoad(context.Background(), "k", func(context.Context, string) (item, error) {
			time.Sleep(takes)
			if value == "" {
				return item{}, errLoad
			}
			return it(value), nil
		})
		got <- answer{string(v.B), err, time.Since(began)}
	}()
	return got
}

var errLoad = errors.New("loader failed")

type answer struct {
	value string
	err   error
	after time.Duration
}

// TestLeaseSchedules plays what can happen to a lease in the time of a bubble.
func TestLeaseSchedules(t *testing.T) {
	for name, play := range map[string]func(t *testing.T, s *leaseServer, a, b *node){
		"one load": func(t *testing.T, _ *leaseServer, a, b *node) {
			ofA := a.load("v", 3*time.Second) // renewed on the way
			time.Sleep(10 * time.Millisecond)
			ofB := b.load("other", 0)
			for _, got := range []answer{<-ofA, <-ofB} {
				check(t, got.value, "v")
				check(t, got.after < 3100*time.Millisecond, true)
			}
			check(t, a.engine.called("renew") >= 8, true)
			check(t, b.Stats().Leases, LeaseStats{Waited: 1, Shared: 1})
			check(t, b.Stats().Loads, 0)
			b.want(t, "k", "v")
		},
		"the notice gets lost": func(t *testing.T, s *leaseServer, a, b *node) {
			s.deaf = true
			ofA := a.load("v", 2*time.Second)
			time.Sleep(10 * time.Millisecond)
			ofB := b.load("other", 0)
			check(t, (<-ofA).value, "v")
			got := <-ofB
			check(t, got.value, "v")
			check(t, got.after < 2*time.Second+leaseLife+100*time.Millisecond, true)
			check(t, b.Stats().Leases, LeaseStats{Waited: 1, Shared: 1})
		},
		"the holder dies": func(t *testing.T, _ *leaseServer, a, b *node) {
			ofA := a.load("dead", 2*time.Second)
			time.Sleep(time.Second)
			a.engine.die()
			ofB := b.load("v", 0)
			got := <-ofB
			check(t, got.value, "v")
			check(t, got.after < leaseLife+100*time.Millisecond, true)
			check(t, b.Stats().Leases, LeaseStats{Taken: 1, Waited: 1})
			check(t, (<-ofA).value, "dead") // to its own caller
		},
		"the loader is slower than the lease": func(t *testing.T, _ *leaseServer, a, b *node) {
			ofA := a.load("slow", 9500*time.Millisecond)
			time.Sleep(10 * time.Millisecond)
			got := <-b.load("v", time.Second)
			check(t, got.value, "v")
			check(t, got.after > 7*time.Second && got.after < testLease+1100*time.Millisecond, true)
			check(t, (<-ofA).value, "slow")
			check(t, a.Stats().Leases.Refused, 1)
			a.want(t, "k", "v") // what came too late is in no tier
		},
		"the loader fails": func(t *testing.T, _ *leaseServer, a, b *node) {
			ofA := a.load("", time.Second)
			time.Sleep(10 * time.Millisecond)
			ofB := b.load("v", time.Second)
			check(t, (<-ofA).err, errLoad)
			got := <-ofB
			check(t, got.value, "v")
			check(t, got.after < 2100*time.Millisecond, true)
			check(t, b.Stats().Leases, LeaseStats{Taken: 1, Waited: 1})
		},
		"a delete while it loads": func(t *testing.T, _ *leaseServer, a, b *node) {
			ofA := a.load("old", time.Second)
			time.Sleep(10 * time.Millisecond)
			if _, err := b.Delete(context.Background(), "k"); err != nil {
				t.Fatal(err)
			}
			check(t, (<-ofA).value, "old")
			a.want(t, "k", "")
			b.want(t, "k", "")
		},
		"a set while it loads": func(t *testing.T, _ *leaseServer, a, b *node) {
			ofA := a.load("old", time.Second)
			time.Sleep(10 * time.Millisecond)
			b.set(t, "k", "new")
			check(t, (<-ofA).value, "old")
			a.want(t, "k", "new")
		},
		"its own delete while it loads": func(t *testing.T, _ *leaseServer, a, b *node) {
			ofA := a.load("old", time.Second)
			time.Sleep(10 * time.Millisecond)
			if _, err := a.Delete(context.Background(), "k"); err != nil {
				t.Fatal(err)
			}
			got := <-a.load("new", 0)
			check(t, got.value, "new")
			check(t, got.after < 100*time.Millisecond, true) // does not wait for the old one
			check(t, (<-ofA).value, "old")
			a.want(t, "k", "new")
			b.want(t, "k", "new")
		},
		"the server cannot be asked": func(t *testing.T, s *leaseServer, a, _ *node) {
			a.engine.fail = errDown
			got := <-a.load("v", 0)
			check(t, got.value, "v")
			check(t, a.Stats().Leases.Taken, 0)
			check(t, len(s.entries), 0)
			a.want(t, "k", "v") // from memory
		},
		"the server hangs": func(t *testing.T, _ *leaseServer, a, _ *node) {
			a.engine.die()
			got := <-a.load("v", 0)
			check(t, got.value, "v")
			check(t, got.after <= 200*time.Millisecond, true) // of the read; nothing is asked after it
		},
		"the waiting cache is closed": func(t *testing.T, _ *leaseServer, a, b *node) {
			ofA := a.load("v", 3*time.Second)
			time.Sleep(10 * time.Millisecond)
			ofB := b.load("other", 0)
			time.Sleep(10 * time.Millisecond)
			ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
			defer cancel()
			check(t, b.Close(ctx), context.DeadlineExceeded)
			check(t, (<-ofB).err, ErrClosed)
			check(t, (<-ofA).value, "v")
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newLeaseServer()
				play(t, s, s.node(t, nil), s.node(t, nil))
			})
		})
	}
}

// TestLeaseBatches has batches wait for each other's keys without waiting in a circle.
func TestLeaseBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newLeaseServer()
		a, b := s.node(t, nil), s.node(t, nil)
		var mu sync.Mutex
		loads := map[string]int{}
		load := func(_ context.Context, keys []string) (map[string]item, error) {
			time.Sleep(time.Second)
			mu.Lock()
			defer mu.Unlock()
			found := map[string]item{}
			for _, k := range keys {
				loads[k]++
				found[k] = it("value of " + k)
			}
			return found, nil
		}
		var wg sync.WaitGroup
		for n, keys := range map[*node][]string{a: {"1", "2", "3", "4"}, b: {"3", "4", "5", "1"}} {
			wg.Go(func() {
				found, err := n.GetOrLoadMany(context.Background(), keys, load)
				check(t, err, nil)
				for _, k := range keys {
					check(t, string(found[k].B), "value of "+k)
				}
			})
		}
		wg.Wait()
		for k, n := range loads {
			if n != 1 {
				t.Errorf("%s was loaded %d times", k, n)
			}
		}
		check(t, len(loads), 5)
	})
}

// TestLeaseTokens has what is written bring tokens, and insist where it is the truth.
func TestLeaseTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newLeaseServer()
		a, b := s.node(t, nil), s.node(t, nil)
		var wg sync.WaitGroup
		for _, n := range []*node{a, b} {
			wg.Go(func() { n.set(t, "k", "v") })
		}
		wg.Wait()
		check(t, a.engine.called("write")+b.engine.called("write"), 3) // the later one twice
		check(t, a.Stats().Tiers[1].WriteErrors+b.Stats().Tiers[1].WriteErrors, 0)

		// A write that hangs and ends when the key has been removed by others.
		s.trip.Store(int64(time.Second))
		ctx, cancel := context.WithTimeout(context.Background(), 150*time.Millisecond)
		defer cancel()
		err := a.Set(ctx, "k", it("late"))
		check(t, errors.Is(err, context.DeadlineExceeded) || err == nil, true)
		s.trip.Store(int64(time.Millisecond))
		if _, err := b.Delete(context.Background(), "k"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		b.want(t, "k", "")
	})
}

// TestLeaseBatchTimeout has a batch that waits for another process outlive the timeout of
// its own load.
func TestLeaseBatchTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newLeaseServer()
		short := func(c *config) { c.spec.LoadTimeout = time.Second }
		a, b := s.node(t, nil), s.node(t, short)
		ofA := a.load("v", 3*time.Second)
		time.Sleep(10 * time.Millisecond)
		found, err := b.GetOrLoadMany(context.Background(), []string{"k", "slow"}, func(ctx context.Context, keys []string) (map[string]item, error) {
			check(t, fmt.Sprint(keys), "[slow]")
			<-ctx.Done()
			return nil, ctx.Err()
		})
		check(t, errors.Is(err, ErrLoadTimeout), true)
		check(t, len(found), 1)
		check(t, string(found["k"].B), "v")
		check(t, (<-ofA).value, "v")
	})
}
