package redistier

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http/httptest"
	goruntime "runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/push"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
)

var _ runtime.Cutter = (*Engine)(nil)

// patient are parameters of clients that wait for longer than anything here does, unless
// they are cut.
const patient = "?read_timeout=1m&write_timeout=1m&pool_timeout=1m&dial_timeout=1m"

func dialWith(t testing.TB, url, params string) *redis.Client {
	t.Helper()
	client, err := Dial(url + params)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// in is a context whose deadline is in a place.
type in struct {
	context.Context
	place *time.Location
}

func (c in) Deadline() (time.Time, bool) {
	d, ok := c.Context.Deadline()
	return d.In(c.place), ok
}

// heldRead reads a key as the runtime does for a caller who can leave.
func heldRead(parent context.Context, e *Engine, key string) (text string, err error) {
	inner, end := context.WithTimeout(context.WithoutCancel(parent), 30*time.Second)
	defer end()
	h := e.Hold()
	stop := context.AfterFunc(parent, func() { end(); h.Cut() })
	reads := []runtime.RemoteRead{{Key: key}}
	err = e.ReadEach(in{inner, h.Place()}, reads)
	h.Release(err == nil, !stop())
	return reads[0].Text, err
}

// left begins something, has its caller leave once it is under way, and holds that it
// ends then, long before its time is over.
func left(t *testing.T, begun func() bool, do func(ctx context.Context) error) {
	t.Helper()
	parent, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- do(parent) }()
	redistest.Until(t, "something under way", begun)
	select {
	case err := <-ended:
		t.Fatalf("it ended before it was left: %v", err)
	default:
	}
	began := time.Now()
	cancel()
	if err := <-ended; err == nil {
		t.Error("no error")
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it ended %v after it was left", took)
	}
}

// TestCut has callers leave in every state that a call can be in, under a server that
// hangs, and all be well afterwards.
func TestCut(t *testing.T) {
	server := redistest.Start(t)
	used, fresh, full := dialWith(t, server.URL(), patient), dialWith(t, server.URL(), patient), dialWith(t, server.URL(), patient+"&pool_size=1")
	check(t, used.Set(ctx(t), "k", "v", 0).Err(), nil)
	taken := full.Conn() // all that the pool has
	check(t, taken.Ping(ctx(t)).Err(), nil)
	begun := func(c *redis.Client) func() bool {
		busy := c.PoolStats().TotalConns - c.PoolStats().IdleConns
		return func() bool { s := c.PoolStats(); return s.TotalConns-s.IdleConns > busy }
	}
	server.Stop()
	for name, client := range map[string]*redis.Client{"used": used, "fresh": fresh} {
		t.Run(name, func(t *testing.T) {
			e := New(client, 0)
			left(t, begun(client), func(ctx context.Context) error { _, err := heldRead(ctx, e, "k"); return err })
		})
	}
	t.Run("pool", func(t *testing.T) {
		e := New(full, 0)
		waiting := func() bool { return full.PoolStats().PendingRequests > 0 }
		left(t, waiting, func(ctx context.Context) error { _, err := heldRead(ctx, e, "k"); return err })
	})
	check(t, taken.Close(), nil)
	server.Cont()
	for _, client := range []*redis.Client{used, fresh, full} {
		e := New(client, 0)
		check(t, e.Cuts(30*time.Second), true)
		for range 3 {
			text, err := heldRead(t.Context(), e, "k")
			check(t, err, nil)
			check(t, text, "v")
		}
	}
}

// TestCutOthers has many callers leave at any moment: nobody else's call fails for that,
// and everybody's answer is his own.
func TestCutOthers(t *testing.T) {
	client := dialWith(t, redistest.Shared(t).URL(), patient)
	e := New(client, 0)
	for i := range 20 {
		check(t, client.Set(ctx(t), fmt.Sprint(i), fmt.Sprint("value ", i), 0).Err(), nil)
	}
	var wg sync.WaitGroup
	var cut, answered atomic.Int64
	for g := range 16 {
		wg.Go(func() {
			for i := range 500 {
				key := fmt.Sprint((g + i) % 20)
				parent, cancel := context.WithCancel(t.Context())
				if g%2 == 0 {
					time.AfterFunc(time.Duration(rand.IntN(300))*time.Microsecond, cancel)
				}
				text, err := heldRead(parent, e, key)
				switch {
				case err == nil && text != "value "+key:
					t.Errorf("%q under %s", text, key)
				case err == nil:
					answered.Add(1)
				case parent.Err() == nil || g%2 != 0:
					t.Errorf("somebody who stays: %v", err)
				default:
					cut.Add(1)
				}
				cancel()
			}
		})
	}
	wg.Wait()
	t.Logf("%d answered, %d cut", answered.Load(), cut.Load())
	check(t, e.Cuts(time.Second), true)
}

// TestCutDeadlines holds when calls are not cut: if the client has deadlines of its own in
// their place, and of clients that Dial has not made.
func TestCutDeadlines(t *testing.T) {
	db := redistest.Shared(t)
	e := New(dialWith(t, db.URL(), ""), 0)
	check(t, e.Cuts(ioTimeout/2), true)
	check(t, e.Cuts(ioTimeout), false)
	check(t, New(db.Client(), 0).Cuts(time.Millisecond), false)
	_, err := heldRead(t.Context(), e, "k") // whose deadline is further away than the client waits
	check(t, err, nil)
	check(t, e.Cuts(ioTimeout/2), false) // it cannot be told that it waits for somebody
}

// overTLS returns the URL of a server that can be reached over TLS.
func overTLS(t *testing.T, server *redistest.Server) string {
	t.Helper()
	cert := httptest.NewTLSServer(nil)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", cert.TLS)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { listener.Close(); wg.Wait(); cert.Close() })
	wg.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", server.Addr())
			if err != nil {
				t.Error(err)
				return
			}
			wg.Go(func() { _, _ = io.Copy(far, near); _ = far.Close() })
			wg.Go(func() { _, _ = io.Copy(near, far); _ = near.Close() })
		}
	})
	return "rediss://" + listener.Addr().String()
}

// TestCutTLS cuts a call over TLS, whose connection the client cannot look into.
func TestCutTLS(t *testing.T) {
	server := redistest.Start(t)
	client := dialWith(t, overTLS(t, server), patient+"&skip_verify=true")
	e := New(client, 0)
	check(t, client.Set(ctx(t), "k", "v", 0).Err(), nil)
	text, err := heldRead(t.Context(), e, "k")
	check(t, err, nil)
	check(t, text, "v")
	check(t, e.Cuts(30*time.Second), true)
	server.Stop()
	left(t, func() bool { s := client.PoolStats(); return s.IdleConns == 0 }, func(ctx context.Context) error {
		_, err := heldRead(ctx, e, "k")
		return err
	})
	server.Cont()
	client.Close()
}

// idle is a hook that does nothing.
type idle struct{}

func (idle) DialHook(next redis.DialHook) redis.DialHook { return next }
func (idle) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error { return next(ctx, cmd) }
}
func (idle) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// TestHooked holds that a client with hooks is seen to have some, which may keep to no
// context: so nobody waits for its calls himself.
func TestHooked(t *testing.T) {
	client := dialWith(t, redistest.Shared(t).URL(), "")
	e := New(client, 0)
	conn := client.Conn() // which has hooks of its own, as every connection that is made
	check(t, conn.Ping(ctx(t)).Err(), nil)
	check(t, conn.Close(), nil)
	_, err := client.Pipelined(ctx(t), func(p redis.Pipeliner) error { return p.Ping(ctx(t)).Err() })
	check(t, err, nil)
	check(t, e.Punctual(), true)
	check(t, e.Cuts(time.Millisecond), true)
	client.AddHook(idle{})
	check(t, e.Punctual(), false)
	check(t, e.Cuts(time.Millisecond), false)
}

// TestDialedGone holds that clients are not kept, also not by what they know.
func TestDialedGone(t *testing.T) {
	count := func() (n int) {
		dialed.Range(func(_, _ any) bool { n++; return true })
		return n
	}
	before := count()
	for range 5 {
		client, err := Dial("redis://localhost:1")
		if err != nil {
			t.Fatal(err)
		}
		check(t, client.RegisterPushNotificationHandler("x", holder{client}, false), nil)
		check(t, client.Close(), nil)
	}
	redistest.Until(t, "an end of them", func() bool { goruntime.GC(); return count() <= before })
}

// holder is a handler that knows its client.
type holder struct{ client *redis.Client }

func (holder) HandlePushNotification(context.Context, push.NotificationHandlerContext, []any) error {
	return nil
}

// soon is a deadline of a call that a hold is for.
func soon(h *hold) time.Time { return time.Now().Add(time.Minute).In(h.Place()) }

// TestCutLate cuts a hold whose connection serves another by then, or none: that one is
// left alone.
func TestCutLate(t *testing.T) {
	cs := &cuts{}
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	c := cs.wrap(near)
	if _, ok := c.(syscall.Conn); ok {
		t.Error("a pipe can be asked whether it is there")
	}
	serve := func() *hold {
		h := cs.hold()
		check(t, c.SetWriteDeadline(soon(h)), nil)
		check(t, c.SetReadDeadline(soon(h)), nil)
		return h
	}
	wait := func() error {
		go func() { _, _ = far.Write([]byte("x")) }()
		_, err := c.Read(make([]byte, 1))
		return err
	}
	first := serve()
	serve()
	first.Cut()
	check(t, wait(), nil)
	third := serve()
	check(t, c.SetDeadline(time.Time{}), nil) // as the pool does
	third.Cut()
	check(t, wait(), nil)
	early := cs.hold()
	early.Cut() // before it has a connection
	check(t, c.SetReadDeadline(soon(early)), nil)
	_, err := c.Read(make([]byte, 1))
	ne, ok := errors.AsType[net.Error](err)
	check(t, ok && ne.Timeout(), true)
}
