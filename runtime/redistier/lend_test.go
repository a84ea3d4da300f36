package redistier

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"weak"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
)

// isLent reports whether the pool has lent a connection to an engine.
func isLent(e *Engine) bool {
	e.lent[0].mu.Lock()
	defer e.lent[0].mu.Unlock()
	return e.lent[0].conn != nil
}

// lend reads a key until a connection is lent.
func lend(t *testing.T, e *Engine, key string) {
	t.Helper()
	redistest.Until(t, "a connection that is lent", func() bool {
		for range 2 * several {
			if err := e.ReadEach(ctx(t), []runtime.RemoteRead{{Key: key}}); err != nil {
				t.Fatal(err)
			}
		}
		return isLent(e)
	})
}

// readLent reads a key by a connection that is lent.
func readLent(t *testing.T, e *Engine, key string) runtime.RemoteRead {
	t.Helper()
	read := []runtime.RemoteRead{{Key: key}}
	redistest.Until(t, "a read of "+key, func() bool {
		lend(t, e, "none")
		e.lent[0].mu.Lock()
		defer e.lent[0].mu.Unlock()
		if e.lent[0].conn == nil {
			return false
		}
		read[0] = runtime.RemoteRead{Key: key}
		e.lent[0].some.reads = read
		done, err := e.lent[0].direct(ctx(t), &e.lent[0].some, time.Now())
		check(t, err, nil)
		return done
	})
	return read[0]
}

// TestLent reads what there is on a connection that is lent, and by a client whose
// connections nobody lends: it is the same.
func TestLent(t *testing.T) {
	db := redistest.Shared(t)
	client := dialWith(t, db.URL(), patient)
	values := map[string]string{
		"small": "v", "lines": "a\r\n$3\r\nb\r\n", "zeros": "\x00\x00", "empty": "",
		"limit": strings.Repeat("x", limit), "over": strings.Repeat("x", limit+1), "far over": strings.Repeat("x", 10*limit),
		"scratch": strings.Repeat("s", scratch-len("\r\n")), "more": strings.Repeat("m", scratch-1), "big": strings.Repeat("b", 1<<20),
		strings.Repeat("long key", 5000): "v",
	}
	for key, value := range values {
		check(t, client.Set(ctx(t), key, value, 0).Err(), nil)
	}
	values["not there"] = ""
	for _, maxValue := range []int64{0, limit, 1 << 30} {
		lent, plain := New(client, maxValue), New(db.Client(), maxValue)
		for key := range values {
			got, want := readLent(t, lent, key), read(t, plain, key)[0]
			check(t, got.Found, want.Found)
			check(t, string(got.Raw.Data), string(want.Raw.Data))
			check(t, got.Err, want.Err)
			check(t, got.Text == want.Text || got.Text == "" && len(got.Raw.Data) > scratch/2, true)
		}
	}
}

// TestLentTogether reads many keys in one round trip on a connection that is lent: what is
// wrong with one is no matter of the others, and of the connection.
func TestLentTogether(t *testing.T) {
	db := redistest.Shared(t)
	client := dialWith(t, db.URL(), patient)
	check(t, client.RPush(ctx(t), "list", "x").Err(), nil)
	check(t, client.MSet(ctx(t), "a", "of a", "large", strings.Repeat("x", 10*limit), "huge", strings.Repeat("x", 3*scratch)).Err(), nil)
	keys := []string{"a", "none", "list", "large", "huge", "a", "list", "none"}
	reads := func() []runtime.RemoteRead {
		all := make([]runtime.RemoteRead, len(keys))
		for i, key := range keys {
			all[i].Key = key
		}
		return all
	}
	for _, maxValue := range []int64{0, limit} {
		e, want, got := New(client, maxValue), reads(), reads()
		check(t, New(db.Client(), maxValue).ReadEach(ctx(t), want), nil)
		lend(t, e, "none")
		b := e.lent[0]
		b.mu.Lock()
		b.some.reads = got
		done, err := b.borrow(ctx(t), &b.some, time.Now()) // anew
		check(t, done && err == nil && b.conn != nil, true)
		again := reads()
		b.some.reads = again
		done, err = b.direct(ctx(t), &b.some, time.Now())
		check(t, done && err == nil && b.conn != nil, true)
		b.mu.Unlock()
		for i := range keys {
			for _, r := range []runtime.RemoteRead{got[i], again[i]} {
				check(t, string(r.Raw.Data), string(want[i].Raw.Data))
				check(t, r.Found, want[i].Found)
				check(t, errors.Is(r.Err, want[i].Err), true)
			}
		}
		check(t, errors.Is(got[2].Err, runtime.ErrWrongType), true)
		lend(t, e, "none")
		check(t, read(t, e, "list")[0].Err, runtime.ErrWrongType)
		check(t, read(t, e, "none")[0].Err, nil)
	}
}

// TestLentTogetherShifted has an error come that is the reply to nothing, so that each key
// would get what is another's: the client reads, and nothing is left of that.
func TestLentTogetherShifted(t *testing.T) {
	proxy, e := throughProxy(t)
	for _, reply := range []string{
		"$4\r\nof a\r\n-WRONGTYPE x\r\n-ERR out of turn\r\n",
		"$4\r\nof a\r\n$4\r\nof b\r\n$4\r\nof c\r\n$4\r\nof d\r\n",
		"$4\r\nof a\r\n",
	} {
		lend(t, e, "a")
		var said atomic.Bool
		proxy.Filter(redistest.ToClient, func(p []byte) []byte {
			if said.Swap(true) {
				return p
			}
			return []byte(reply)
		})
		reads := []runtime.RemoteRead{{Key: "none"}, {Key: "a"}, {Key: "none"}}
		short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		err := e.ReadEach(short, reads)
		cancel()
		if err == nil {
			check(t, reads[1].Text, "of a")
		}
		for _, i := range []int{0, 2} {
			check(t, reads[i].Found || reads[i].Err != nil || reads[i].Text != "", false)
		}
		proxy.Filter(redistest.ToClient, nil)
	}
}

// TestLentRefused has the server refuse reads: who asked is told so by the client.
func TestLentRefused(t *testing.T) {
	server := redistest.Start(t)
	client := dialWith(t, "redis://reader:secret@"+server.Addr(), "")
	allow := func(rules ...any) {
		check(t, server.Client().Do(ctx(t), append([]any{"acl", "setuser", "reader", "on", ">secret", "~*"}, rules...)...).Err(), nil)
	}
	for _, maxValue := range []int64{0, limit} {
		e := New(client, maxValue)
		allow("+@all")
		lend(t, e, "k")
		allow("-get", "-getrange")
		for _, n := range []int{1, 3} {
			err := e.ReadEach(ctx(t), make([]runtime.RemoteRead, n))
			check(t, err != nil && strings.HasPrefix(err.Error(), "NOPERM"), true)
		}
		allow("+@all")
		check(t, read(t, e, "k")[0].Err, nil)
	}
}

// throughProxy returns an engine over a client that can be told what a server has not said.
func throughProxy(t *testing.T) (*redistest.Proxy, *Engine) {
	t.Helper()
	proxy := redistest.NewProxy(t, redistest.Start(t).Addr())
	client := dialWith(t, "redis://"+proxy.Addr(), "")
	check(t, client.MSet(ctx(t), "a", "of a", "b", "of b").Err(), nil)
	return proxy, New(client, 0)
}

// TestLentRefusedByNobody has an error come that is the reply to nothing: the connection is
// not used again, since the reply to the read is on its way.
func TestLentRefusedByNobody(t *testing.T) {
	proxy, e := throughProxy(t)
	lend(t, e, "a")
	e.lent[0].mu.Lock()
	proxy.Filter(redistest.ToClient, func([]byte) []byte { return []byte("-ERR out of turn\r\n") })
	e.lent[0].some.reads = []runtime.RemoteRead{{Key: "a"}}
	done, err := e.lent[0].direct(ctx(t), &e.lent[0].some, time.Now())
	proxy.Filter(redistest.ToClient, nil)
	e.lent[0].mu.Unlock()
	check(t, done, false)
	check(t, errors.Is(err, errRefused), true)
	check(t, e.single.PoolStats().TotalConns, 0)
	check(t, read(t, e, "b")[0].Text, "of b")
}

// TestLentWithPushes has the server push something behind each reply, of which the client
// may have begun to read: such a connection is not lent.
func TestLentWithPushes(t *testing.T) {
	proxy, e := throughProxy(t)
	read(t, e, "a")
	proxy.Filter(redistest.ToClient, func(p []byte) []byte { return append(p, ">1\r\n$3\r\nBAD\r\n"...) })
	for i := range 10 * several {
		key := []string{"a", "b"}[i%2]
		check(t, read(t, e, key)[0].Text, "of "+key)
		check(t, isLent(e), false)
	}
	proxy.Filter(redistest.ToClient, nil)
	lend(t, e, "a")
}

// TestLentGoesBack holds that a connection goes back by itself when nobody reads.
func TestLentGoesBack(t *testing.T) {
	client := dialWith(t, redistest.Shared(t).URL(), patient)
	e := New(client, 0)
	lend(t, e, "k")
	redistest.Until(t, "all connections in the pool", func() bool {
		s := client.PoolStats()
		return s.TotalConns == 1 && s.IdleConns == 1 && !isLent(e)
	})
	e.lent[0].mu.Lock()
	defer e.lent[0].mu.Unlock()
	check(t, e.lent[0].of, nil) // else a client would be kept
	check(t, e.lent[0].armed, false)
}

// TestLentNoLonger has a read go on beyond the moment for which a connection is lent: that
// goes back with the end of the read.
func TestLentNoLonger(t *testing.T) {
	proxy, e := throughProxy(t)
	lend(t, e, "a")
	b := e.lent[0]
	b.mu.Lock()
	defer b.mu.Unlock()
	over := make(chan struct{})
	time.AfterFunc(2*moment, func() { close(over) })
	proxy.Filter(redistest.ToClient, func(p []byte) []byte { <-over; return p })
	b.last = time.Now()
	b.some.reads = []runtime.RemoteRead{{Key: "a"}}
	done, err := b.run(ctx(t), &b.some)
	check(t, done, true)
	check(t, err, nil)
	check(t, b.some.reads[0].Text, "of a")
	check(t, b.loan, nil)
}

// TestLentWhileOthersRead holds that a connection is lent to one caller at a time, of all
// the caches of a client, and the others go to the pool.
func TestLentWhileOthersRead(t *testing.T) {
	client := dialWith(t, redistest.Shared(t).URL(), "")
	for i := range 20 {
		check(t, client.Set(ctx(t), fmt.Sprint(i), fmt.Sprint("value ", i), 0).Err(), nil)
	}
	var wg sync.WaitGroup
	var lent atomic.Int64
	for g := range 4 {
		e := New(client, 0)
		wg.Go(func() {
			for i := range 2000 {
				r := []runtime.RemoteRead{{Key: fmt.Sprint((g + i) % 20)}}
				if err := e.ReadEach(context.Background(), r); err != nil || r[0].Text != "value "+r[0].Key {
					t.Errorf("%q, %v under %s", r[0].Text, err, r[0].Key)
				}
				if i%100 == 0 && isLent(e) {
					lent.Add(1)
				}
			}
		})
	}
	wg.Wait()
	t.Logf("lent in %d of 80 looks", lent.Load())
}

// TestLentEnds has the server end the connection that is lent: nobody notices.
func TestLentEnds(t *testing.T) {
	db := redistest.Shared(t)
	client, other := dialWith(t, db.URL(), "?client_name=lent"), db.Client()
	check(t, client.Set(ctx(t), "k", "v", 0).Err(), nil)
	e := New(client, 0)
	for range 10 {
		lend(t, e, "k")
		check(t, other.ClientKillByFilter(ctx(t), "type", "normal", "skipme", "yes").Err(), nil)
		check(t, read(t, e, "k")[0].Text, "v")
	}
}

// TestLentHangs has the server hang: a read ends in time, and its reply, which comes
// later, is nobody else's.
func TestLentHangs(t *testing.T) {
	server := redistest.Start(t)
	client := dialWith(t, server.URL(), "")
	check(t, client.MSet(ctx(t), "a", "of a", "b", "of b").Err(), nil)
	e := New(client, 0)
	for range 3 {
		lend(t, e, "a")
		server.Stop()
		late, end := context.WithTimeout(t.Context(), 50*time.Millisecond)
		err := e.ReadEach(late, []runtime.RemoteRead{{Key: "a"}})
		end()
		te, ok := errors.AsType[net.Error](err)
		check(t, ok && te.Timeout(), true)
		server.Cont()
		for range 2 * several {
			check(t, read(t, e, "b")[0].Text, "of b")
		}
	}
	check(t, e.ReadEach(ctx(t), []runtime.RemoteRead{{Key: "a"}}), nil)
}

// TestLentContextOver asks for nothing under a context that has ended, and keeps the
// connection.
func TestLentContextOver(t *testing.T) {
	client := dialWith(t, redistest.Shared(t).URL(), patient)
	e := New(client, 0)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	lend(t, e, "k")
	if err := e.ReadEach(over, []runtime.RemoteRead{{Key: "k"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	check(t, read(t, e, "k")[0].Err, nil)
	check(t, client.PoolStats().TotalConns, 1)
}

// TestLentHooked holds that a hook sees each read from the moment on in which it is there.
func TestLentHooked(t *testing.T) {
	client := dialWith(t, redistest.Shared(t).URL(), patient)
	e := New(client, limit)
	lend(t, e, "k")
	sent := &commands{}
	client.AddHook(sent)
	for range 2 * several {
		read(t, e, "k")
	}
	check(t, len(*sent), 2*several)
}

// TestLentPools holds who lends nothing: small pools, clients that somebody else has made
// and that may have hooks, and clients that do not let us see what they lend.
func TestLentPools(t *testing.T) {
	db := redistest.Shared(t)
	for _, params := range []string{
		"?pool_size=3", "?max_active_conns=50", "?pool_timeout=50ms", "?read_timeout=-1", "?write_timeout=-1",
		"?read_timeout=150ms", "?write_timeout=400ms", "?max_retries=1",
	} {
		check(t, len(New(dialWith(t, db.URL(), params), 0).lent), 0)
	}
	other := db.Client()
	check(t, len(New(other, 0).lent), 0)
	key := weak.Make(other)
	dialed.Store(key, &cuts{})
	defer dialed.Delete(key)
	e := New(other, 0)
	redistest.Until(t, "a loan in vain", func() bool {
		for range 2 * several {
			read(t, e, "k")
		}
		return e.lent[0].vain >= several
	})
	check(t, isLent(e), false)
	check(t, read(t, e, "k")[0].Found, false)
	check(t, other.PoolStats().IdleConns, 1)
}

// said is what the client has to say.
type said struct{ atomic.Int64 }

func (s *said) Printf(context.Context, string, ...any) { s.Add(1) }

// TestLentClosed closes a client that has lent a connection: it says nothing, and reads
// fail.
func TestLentClosed(t *testing.T) {
	said := &said{}
	redis.SetLogger(said)
	client := dialWith(t, redistest.Shared(t).URL(), patient)
	e := New(client, 0)
	lend(t, e, "k")
	check(t, client.Close(), nil)
	err := e.ReadEach(ctx(t), []runtime.RemoteRead{{Key: "k"}})
	check(t, errors.Is(err, redis.ErrClosed), true)
	redistest.Until(t, "the end of it", func() bool { return !isLent(e) })
	check(t, said.Load(), 0)
}

// TestLentTLS lends a connection over TLS, and discards it.
func TestLentTLS(t *testing.T) {
	server := redistest.Start(t)
	client := dialWith(t, overTLS(t, server), "?skip_verify=true")
	check(t, client.MSet(ctx(t), "a", "of a", "b", "of b").Err(), nil)
	e := New(client, 0)
	check(t, readLent(t, e, "a").Text, "of a")
	lend(t, e, "a")
	server.Stop()
	late, end := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer end()
	check(t, e.ReadEach(late, []runtime.RemoteRead{{Key: "a"}}) != nil, true)
	server.Cont()
	check(t, read(t, e, "b")[0].Text, "of b")
	check(t, readLent(t, e, "b").Text, "of b")
}
