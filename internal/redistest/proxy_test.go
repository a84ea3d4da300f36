package redistest_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/internal/redistest"
)

// through returns a proxy to a database of the shared server, a client that goes
// through it on one connection, already open, and one that goes past it.
func through(t *testing.T) (p *redistest.Proxy, client, direct *redis.Client) {
	t.Helper()
	db := redistest.Shared(t)
	p = redistest.NewProxy(t, db.Addr())
	client = db.Client(func(o *redis.Options) { o.Addr, o.PoolSize = p.Addr(), 1 })
	if err := client.Set(t.Context(), "k", "old", 0).Err(); err != nil {
		t.Fatal(err)
	}
	return p, client, db.Client()
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// TestHeldWriteLandsLater is the fault that this proxy exists for: a write whose
// client gave up is applied all the same, when nobody expects it any more.
func TestHeldWriteLandsLater(t *testing.T) {
	p, client, direct := through(t)
	arrived := p.Hold(redistest.ToServer)
	if err := client.Set(within(t, 30*time.Millisecond), "k", "new", 0).Err(); err == nil {
		t.Fatal("a held write succeeded")
	}
	<-arrived
	if got := direct.Get(t.Context(), "k").Val(); got != "old" {
		t.Fatalf("while held: %q, want old", got)
	}
	p.Release(redistest.ToServer)
	await(t, func() bool { return direct.Get(t.Context(), "k").Val() == "new" })
}

func TestHeldReply(t *testing.T) {
	p, client, direct := through(t)
	arrived := p.Hold(redistest.ToClient)
	result := make(chan error)
	go func() { result <- client.Set(t.Context(), "k", "new", 0).Err() }()
	<-arrived
	if got := direct.Get(t.Context(), "k").Val(); got != "new" {
		t.Errorf("while the reply is held: %q, want new", got)
	}
	p.Release(redistest.ToClient)
	if err := <-result; err != nil {
		t.Error(err)
	}
}

func TestDelay(t *testing.T) {
	p, client, _ := through(t)
	const late = 30 * time.Millisecond
	p.Delay(redistest.ToClient, late)
	start := time.Now()
	if err := client.Ping(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took < late {
		t.Errorf("took %v, want at least %v", took, late)
	}
}

// TestDelayTogether has many pieces under way on one connection: none waits for those
// before it. A machine that is busy may make some late, but not half of them, each time.
func TestDelayTogether(t *testing.T) {
	p, _, _ := through(t)
	const pings, late = 20, 100 * time.Millisecond
	p.Delay(redistest.ToServer, late)
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	median := 2 * late
	for try := 0; try < 5 && median > late+late/4; try++ {
		sent := make(chan time.Time, pings)
		go func() {
			for range pings {
				sent <- time.Now()
				_, _ = io.WriteString(conn, "PING\r\n")
				time.Sleep(late / pings) // each is a piece
			}
		}()
		var took []time.Duration
		for reply := make([]byte, len("+PONG\r\n")); len(took) < pings; {
			if _, err := io.ReadFull(conn, reply); err != nil {
				t.Fatal(err)
			}
			took = append(took, time.Since(<-sent))
		}
		slices.Sort(took)
		median = took[pings/2]
		if took[0] < late {
			t.Errorf("%v, before its time", took[0])
		}
	}
	if median > late+late/4 {
		t.Errorf("half of all took %v or longer", median)
	}
}

func TestFilter(t *testing.T) {
	p, client, _ := through(t)
	p.Filter(redistest.ToClient, func(b []byte) []byte { return bytes.Replace(b, []byte("old"), []byte("0ld"), 1) })
	if got, err := client.Get(t.Context(), "k").Result(); got != "0ld" {
		t.Errorf("got %q, %v", got, err)
	}
	p.Filter(redistest.ToClient, func([]byte) []byte { return nil })
	if err := client.Get(t.Context(), "k").Err(); err == nil {
		t.Error("a cut reply was answered")
	}
	p.Filter(redistest.ToClient, nil)
	if got, err := client.Get(t.Context(), "k").Result(); got != "old" {
		t.Errorf("after the filter: %q, %v", got, err)
	}
}

func TestCut(t *testing.T) {
	p, client, _ := through(t)
	arrived := p.Hold(redistest.ToClient)
	result := make(chan error)
	go func() { result <- client.Get(t.Context(), "k").Err() }()
	<-arrived
	p.Cut()
	if err := <-result; err == nil {
		t.Error("a cut connection answered")
	}
	p.Release(redistest.ToClient)
	if err := client.Get(t.Context(), "k").Err(); err != nil {
		t.Errorf("on a new connection: %v", err)
	}
}

func TestDownUp(t *testing.T) {
	p, client, _ := through(t)
	p.Down()
	if err := client.Ping(t.Context()).Err(); err == nil {
		t.Error("answered while down")
	}
	p.Up()
	// The client needs a while to try a connection again.
	await(t, func() bool { return client.Ping(t.Context()).Err() == nil })
}

func TestServerGone(t *testing.T) {
	s := redistest.Start(t)
	p := redistest.NewProxy(t, s.Addr())
	s.Kill()
	client := s.Client(func(o *redis.Options) { o.Addr = p.Addr() })
	if err := client.Ping(t.Context()).Err(); err == nil {
		t.Error("answered without a server")
	}
}

// await polls until ok.
func await(t *testing.T, ok func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("it did not come to pass")
		}
	}
}
