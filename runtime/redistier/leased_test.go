package redistier

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
)

// process is what one process has of a leased tier.
type process struct {
	*Leased
	t     testing.TB
	woken chan runtime.LeaseNotice
}

func newProcess(t testing.TB, client redis.UniversalClient) *process {
	t.Helper()
	p := &process{NewLeased(client, limit, "c:1:"), t, make(chan runtime.LeaseNotice, 100)}
	t.Cleanup(p.Close)
	return p
}

func (p *process) token(key string) string {
	p.t.Helper()
	tokens := []runtime.RemoteToken{{Key: key}}
	check(p.t, p.Tokens(ctx(p.t), tokens), nil)
	check(p.t, tokens[0].Err, nil)
	check(p.t, tokens[0].Token != "", true)
	return tokens[0].Token
}

// write writes an entry and returns whether it was refused.
func (p *process) write(key, value, token string) (refused bool) {
	p.t.Helper()
	writes := []runtime.RemoteWrite{{Key: key, Raw: runtime.Raw{Data: []byte(value)}, Life: time.Minute, Token: token}}
	check(p.t, p.Write(ctx(p.t), writes), nil)
	if writes[0].Err != nil && !errors.Is(writes[0].Err, runtime.ErrOvertaken) {
		p.t.Fatal(writes[0].Err)
	}
	return writes[0].Err != nil
}

func (p *process) remove(key string) int {
	p.t.Helper()
	removes := []runtime.RemoteRemove{{Key: key}}
	check(p.t, p.Remove(ctx(p.t), removes), nil)
	check(p.t, removes[0].Err, nil)
	return removes[0].Removed
}

// acquire asks for a lease of a key that held an entry.
func (p *process) acquire(key, seen string) []runtime.RemoteLease {
	p.t.Helper()
	l := p.lease(key, seen)
	check(p.t, p.Acquire(ctx(p.t), l), nil)
	check(p.t, l[0].Err, nil)
	return l
}

func (p *process) lease(key, seen string) []runtime.RemoteLease {
	return []runtime.RemoteLease{{
		Key: key, Seen: []byte(seen[max(0, len(seen)-runtime.SeenEnd):]), Life: 20 * time.Second, Wanted: time.Minute,
		Wake: func(why runtime.LeaseNotice) { p.woken <- why },
	}}
}

// told waits for a notice.
func (p *process) told(want runtime.LeaseNotice) {
	p.t.Helper()
	select {
	case why := <-p.woken:
		check(p.t, string(why), string(want))
	case <-ctx(p.t).Done():
		p.t.Fatal("there is no notice")
	}
}

// TestLeased runs tests over a server, one found by Sentinel, and a cluster, each time
// with keys that name their slot and keys that do not.
func TestLeased(t *testing.T) {
	shared := redistest.Shared(t).Client()
	cluster := redistest.StartCluster(t, 3).Client()
	sentinel := redistest.StartSentinel(t, redistest.Start(t))
	failover, err := DialSentinel(sentinel.URL())
	check(t, err, nil)
	t.Cleanup(func() { _ = failover.Close() })
	for name, client := range map[string]redis.UniversalClient{"one": shared, "cluster": cluster, "sentinel": failover} {
		for _, key := range []string{"c:1:k", "c:1:{eu}:k", "c:1:", "d:2:{%}:x", "c:1:a%7B"} {
			t.Run(name+" tokens "+key, func(t *testing.T) { testTokens(t, client, key) })
			t.Run(name+" lease "+key, func(t *testing.T) { testLease(t, client, key) })
		}
		t.Run(name+" batch", func(t *testing.T) { testLeaseBatch(t, client) })
	}
}

// testTokens refuses writes that somebody has overtaken.
func testTokens(t *testing.T, client redis.UniversalClient, key string) {
	a, b := newProcess(t, client), newProcess(t, client)
	token := a.token(key)
	check(t, b.token(key), token) // whoever comes first is first
	check(t, a.write(key, "v1", token), false)
	check(t, b.write(key, "v0", token), true) // a has written
	check(t, b.write(key, "v2", b.token(key)), false)
	token = a.token(key)
	check(t, b.remove(key), 1)
	check(t, b.remove(key), 0)
	check(t, a.write(key, "v3", token), true) // b has removed it
	check(t, read(t, a.Engine, key)[0].Found, false)
	check(t, a.write(key, "v4", ""), true)
	check(t, a.write(key, "v5", nonce(tokenKind)), true)

	token = a.token(key)
	check(t, client.Del(ctx(t), a.keys(key)[1]).Err(), nil) // evicted
	check(t, a.write(key, "v6", token), true)
	token = a.token(key)
	check(t, a.write(key, "v7", token), false)
	check(t, read(t, a.Engine, key)[0].Text, "v7")
	for _, k := range a.keys(key)[1:] {
		check(t, client.Exists(ctx(t), k).Val(), 0) // nothing is left beside the entry
	}
	if life := client.PTTL(ctx(t), key).Val(); life <= 0 || life > time.Minute {
		t.Errorf("it lives for %v", life)
	}
	check(t, a.remove(key), 1)
}

// testLease has one process load, and tells the other when it has.
func testLease(t *testing.T, client redis.UniversalClient, key string) {
	a, b := newProcess(t, client), newProcess(t, client)
	held := a.acquire(key, "")
	check(t, held[0].State, runtime.LeaseTaken)
	waits := b.acquire(key, "")
	check(t, waits[0].State, runtime.LeaseHeld)
	if left := waits[0].Left; left <= 0 || left > 20*time.Second {
		t.Errorf("%v are left", left)
	}
	check(t, a.write(key, "value", held[0].Token), false)
	b.told(runtime.NoticeFilled)
	b.Forget(waits)
	check(t, b.acquire(key, "")[0].State, runtime.LeaseFilled)
	check(t, len(b.waiters), 0)

	// It has become stale, and is loaded again.
	held = b.acquire(key, "value")
	check(t, held[0].State, runtime.LeaseTaken)
	waits = a.acquire(key, "value")
	check(t, waits[0].State, runtime.LeaseHeld)
	check(t, b.Release(ctx(t), held, runtime.NoticeNothing), nil)
	a.told(runtime.NoticeNothing)

	// A holder that is overtaken does not fill, and keeps nobody waiting.
	held = b.acquire(key, "value")
	check(t, held[0].State, runtime.LeaseTaken)
	check(t, a.acquire(key, "value")[0].State, runtime.LeaseHeld)
	check(t, a.remove(key), 1)
	a.told(runtime.NoticeFree)
	next := a.acquire(key, "")
	check(t, next[0].State, runtime.LeaseTaken)
	check(t, b.write(key, "old", held[0].Token), true)
	check(t, b.Renew(ctx(t), held), nil)
	check(t, held[0].State, runtime.LeaseNone)
	check(t, b.Release(ctx(t), held, runtime.NoticeFree), nil)
	check(t, a.Renew(ctx(t), next), nil)
	check(t, next[0].State, runtime.LeaseTaken)
	check(t, a.write(key, "new", next[0].Token), false)

	// A write voids a lease.
	held = a.acquire(key, "new")
	check(t, b.write(key, "written", b.token(key)), false)
	check(t, a.write(key, "old", held[0].Token), true)
	check(t, read(t, a.Engine, key)[0].Text, "written")

	// What the key holds is no string, or too much.
	client.Del(ctx(t), key)
	client.LPush(ctx(t), key, "x")
	held = a.acquire(key, "")
	check(t, held[0].State, runtime.LeaseTaken)
	check(t, a.write(key, "v", held[0].Token), false)
	unknown := a.lease(key, "")
	unknown[0].Any = true
	check(t, a.Acquire(ctx(t), unknown), nil)
	check(t, unknown[0].State, runtime.LeaseTaken)
	check(t, a.remove(key), 1)
}

// TestLeaseTwice has a client send again what has been done already.
func TestLeaseTwice(t *testing.T) {
	client := redistest.Shared(t).Client()
	a := newProcess(t, client)
	l := a.acquire("k", "")
	for range 2 {
		reply, err := acquireScript.Run(ctx(t), client, a.keys("k"), l[0].Token, 1000, "", false, "", 1, runtime.SeenEnd).Int64Slice()
		check(t, err, nil)
		check(t, runtime.LeaseState(reply[0]), runtime.LeaseTaken)
	}
}

// TestLeaseEnds has the lease of a process that has died end by itself.
func TestLeaseEnds(t *testing.T) {
	client := redistest.Shared(t).Client()
	a, b := newProcess(t, client), newProcess(t, client)
	l := a.lease("k", "")
	l[0].Life = 50 * time.Millisecond
	check(t, a.Acquire(ctx(t), l), nil)
	check(t, l[0].State, runtime.LeaseTaken)
	for {
		next := b.acquire("k", "")
		if next[0].State == runtime.LeaseTaken {
			break
		}
		check(t, next[0].Left <= 50*time.Millisecond, true)
	}
	check(t, a.write("k", "old", l[0].Token), true)
}

// testLeaseBatch takes what is free of many keys, on all nodes of a cluster.
func testLeaseBatch(t *testing.T, client redis.UniversalClient) {
	a, b := newProcess(t, client), newProcess(t, client)
	var tokens []runtime.RemoteToken
	var mine, all []runtime.RemoteLease
	for i := range 60 {
		key := fmt.Sprint("c:1:", i)
		tokens = append(tokens, runtime.RemoteToken{Key: key})
		all = append(all, b.lease(key, "")...)
		if i%2 == 0 {
			mine = append(mine, a.lease(key, "")...)
		}
	}
	check(t, a.Acquire(ctx(t), mine), nil)
	check(t, b.Acquire(ctx(t), all), nil)
	for i := range all {
		check(t, all[i].State, []runtime.LeaseState{runtime.LeaseHeld, runtime.LeaseTaken}[i%2])
	}
	check(t, len(b.waiters), 30)
	check(t, a.Release(ctx(t), mine, runtime.NoticeFree), nil)
	for range 30 {
		b.told(runtime.NoticeFree)
	}
	check(t, a.Tokens(ctx(t), tokens), nil)
	var writes []runtime.RemoteWrite
	var removes []runtime.RemoteRemove
	for i, token := range tokens {
		check(t, token.Err, nil)
		if i%2 == 1 {
			check(t, token.Token, all[i].Token)
		}
		writes = append(writes, runtime.RemoteWrite{Key: token.Key, Raw: runtime.Raw{Data: []byte("v")}, Token: token.Token})
		removes = append(removes, runtime.RemoteRemove{Key: token.Key})
	}
	for _, want := range []error{nil, runtime.ErrOvertaken} {
		check(t, a.Write(ctx(t), writes), nil)
		for _, w := range writes {
			check(t, w.Err, want)
		}
	}
	check(t, b.Remove(ctx(t), removes), nil)
	for _, r := range removes {
		check(t, r.Removed, 1)
	}
}

// TestFencedReads brings tokens with what is read.
func TestFencedReads(t *testing.T) {
	client := redistest.Shared(t).Client()
	a := newProcess(t, client)
	check(t, a.write("c:1:1", "v", a.token("c:1:1")), false)
	check(t, client.ScriptFlush(ctx(t)).Err(), nil)
	for range 2 { // without the script on the server, and with it
		reads := []runtime.RemoteRead{{Key: "c:1:1", Fenced: true}, {Key: "c:1:2", Fenced: true}}
		check(t, a.Read(ctx(t), reads), nil)
		check(t, reads[0].Text, "v")
		check(t, reads[1].Found, false)
		check(t, a.write("c:1:2", "w", reads[1].Token), false)
		check(t, a.write("c:1:1", "v", reads[0].Token), false)
		check(t, a.remove("c:1:2"), 1)
	}
}

// TestScriptsUnknown goes on when the server has forgotten the scripts.
func TestScriptsUnknown(t *testing.T) {
	client := redistest.Shared(t).Client()
	a, b := newProcess(t, client), newProcess(t, client)
	forget := func() { check(t, client.ScriptFlush(ctx(t)).Err(), nil) }
	forget()
	held := a.acquire("k", "")
	forget()
	check(t, b.acquire("k", "")[0].State, runtime.LeaseHeld)
	forget()
	check(t, a.Renew(ctx(t), held), nil)
	forget()
	check(t, a.write("k", "v", held[0].Token), false)
	b.told(runtime.NoticeFilled)
	forget()
	token := a.token("k")
	forget()
	check(t, a.remove("k"), 1)
	check(t, a.write("k", "v", token), true)
	held = a.acquire("k", "")
	forget()
	check(t, a.Release(ctx(t), held, runtime.NoticeFree), nil)
}

// TestLeaseNotPermitted says so where a user may not run scripts or subscribe. What can be
// done without is.
func TestLeaseNotPermitted(t *testing.T) {
	server := redistest.Start(t)
	client := server.Client()
	a := newProcess(t, client)
	check(t, a.write("k", "v", a.token("k")), false)
	may := func(rules ...any) {
		t.Helper()
		check(t, client.Do(ctx(t), append([]any{"ACL", "SETUSER", "default"}, rules...)...).Err(), nil)
	}

	may("-@scripting")
	for what, err := range map[string]error{
		"Tokens":  a.Tokens(ctx(t), []runtime.RemoteToken{{Key: "k"}}),
		"Acquire": a.Acquire(ctx(t), a.lease("k", "v")),
		"Write":   a.Write(ctx(t), []runtime.RemoteWrite{{Key: "k", Token: "t"}}),
		"Release": a.Release(ctx(t), a.lease("k", ""), runtime.NoticeFree),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "NOPERM") {
			t.Errorf("%s: %v", what, err)
		}
	}
	check(t, len(a.waiters), 0)
	check(t, a.remove("k"), 1)
	check(t, read(t, a.Engine, "k")[0].Found, false)

	may("+@all", "-subscribe")
	held := a.acquire("k", "")
	b := newProcess(t, client)
	err := b.Acquire(ctx(t), b.lease("k", ""))
	if err == nil || !strings.HasPrefix(err.Error(), "NOPERM") {
		t.Errorf("Acquire without subscribe: %v", err)
	}
	check(t, len(b.waiters), 0)
	check(t, a.write("k", "v", held[0].Token), false) // as ever

	may("+@all")
	held = a.acquire("k", "v")
	check(t, b.acquire("k", "v")[0].State, runtime.LeaseHeld)
	may("-publish")
	check(t, a.write("k", "w", held[0].Token), false) // although it cannot tell
	check(t, read(t, a.Engine, "k")[0].Text, "w")
}

// TestInboxReconnects wakes everybody when notices may have been lost.
func TestInboxReconnects(t *testing.T) {
	client := redistest.Start(t).Client()
	a, b := newProcess(t, client), newProcess(t, client)
	held := a.acquire("k", "")
	waits := b.acquire("k", "")
	check(t, client.ClientKillByFilter(ctx(t), "TYPE", "pubsub").Err(), nil)
	b.told(runtime.NoticeFree)
	check(t, a.write("k", "v", held[0].Token), false)
	b.told(runtime.NoticeFilled)
	b.Forget(waits)
	check(t, len(b.waiters), 0)
	b.Close()
	b.Close()
	a.acquire("k", "v")
	err := b.Acquire(ctx(t), b.lease("k", "v"))
	check(t, errors.Is(err, errInboxClosed), true)
}

// TestZombieWrites holds a thousand writes on the wire until others have removed their
// keys: with tokens none of them comes back, without all of them do.
func TestZombieWrites(t *testing.T) {
	server := redistest.Start(t)
	const n = 1000
	for _, fenced := range []bool{true, false} {
		check(t, server.Client().FlushAll(ctx(t)).Err(), nil)
		proxy := redistest.NewProxy(t, server.Addr())
		slow, err := Dial("redis://" + proxy.Addr() + "?pool_size=1&read_timeout=30")
		check(t, err, nil)
		t.Cleanup(func() { _ = slow.Close() })
		var a, b runtime.RemoteEngine = New(slow, limit), New(server.Client(), limit)
		writes, removes := make([]runtime.RemoteWrite, n), make([]runtime.RemoteRemove, n)
		tokens, reads := make([]runtime.RemoteToken, n), make([]runtime.RemoteRead, n)
		for i := range n {
			key := fmt.Sprint("c:1:", i)
			tokens[i].Key, reads[i].Key, removes[i].Key = key, key, key
			writes[i] = runtime.RemoteWrite{Key: key, Raw: runtime.Raw{Data: []byte("zombie")}}
		}
		if fenced {
			la, lb := newProcess(t, slow), newProcess(t, server.Client())
			check(t, la.Tokens(ctx(t), tokens), nil)
			for i := range n {
				writes[i].Token = tokens[i].Token
			}
			a, b = la, lb
		}
		arrived := proxy.Hold(redistest.ToServer)
		done := make(chan error)
		go func() { done <- a.Write(ctx(t), writes) }()
		<-arrived
		check(t, b.Remove(ctx(t), removes), nil)
		proxy.Release(redistest.ToServer)
		check(t, <-done, nil)
		for _, w := range writes {
			check(t, w.Err, map[bool]error{true: runtime.ErrOvertaken}[fenced])
		}
		check(t, b.Read(ctx(t), reads), nil)
		back := 0
		for i := range reads {
			if reads[i].Found {
				back++
			}
		}
		check(t, back, map[bool]int{true: 0, false: n}[fenced])
	}
}
