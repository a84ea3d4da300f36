package redistier

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
)

func TestOne(t *testing.T) {
	client := redistest.Shared(t).Client()
	e := New(client, limit)
	writes := []runtime.RemoteWrite{{Key: "k", Raw: runtime.Raw{Data: []byte("value")}}}
	check(t, e.Write(ctx(t), writes), nil)
	r := read(t, e, "k")[0]
	check(t, r.Found, true)
	check(t, string(r.Raw.Data), "value")
	check(t, r.Text, "value")
	check(t, read(t, e, "none")[0].Found, false)
	for _, want := range []int{1, 0} {
		removes := []runtime.RemoteRemove{{Key: "k"}}
		check(t, e.Remove(ctx(t), removes), nil)
		check(t, removes[0].Removed, want)
	}
	check(t, read(t, e, "k")[0].Found, false)
}

// TestKeys stores under keys that are no text.
func TestKeys(t *testing.T) {
	client := redistest.Shared(t).Client()
	e := New(client, limit)
	for _, key := range []string{"", "\x00", "\xff\xfe", "a b\r\n*1\r\n", strings.Repeat("k", 10_000)} {
		check(t, e.Write(ctx(t), []runtime.RemoteWrite{{Key: key, Raw: runtime.Raw{Data: []byte("of " + key[:min(len(key), 9)])}}}), nil)
		check(t, read(t, e, key)[0].Text, "of "+key[:min(len(key), 9)])
	}
}

// TestBatch reads, writes and removes many keys in one round trip each.
func TestBatch(t *testing.T) {
	client := redistest.Shared(t).Client()
	sent := &commands{}
	client.AddHook(sent)
	for name, e := range engines(client) {
		*sent = nil
		var writes []runtime.RemoteWrite
		var keys []string
		for i := range 50 {
			keys = append(keys, fmt.Sprint(name, i))
			writes = append(writes, runtime.RemoteWrite{Key: keys[i], Raw: runtime.Raw{Data: []byte(keys[i])}, Life: time.Duration(i) * time.Minute})
		}
		check(t, e.Write(ctx(t), writes), nil)
		for _, w := range writes {
			check(t, w.Err, nil)
		}
		for i, r := range read(t, e, append(keys, "none")...) {
			check(t, r.Err, nil)
			check(t, r.Found, i < len(keys))
			if r.Found {
				check(t, string(r.Raw.Data), r.Key)
				check(t, r.Text, r.Key)
				_ = append(r.Raw.Data, "reaches into no other"...)
			}
		}
		removes := []runtime.RemoteRemove{{Key: keys[0]}, {Key: "none"}, {Key: keys[1]}}
		check(t, e.Remove(ctx(t), removes), nil)
		check(t, fmt.Sprint(removes[0].Removed, removes[1].Removed, removes[2].Removed), "1 0 1")
		check(t, strings.Join(*sent, ", "), "set pipelined, "+map[string]string{"single": "mget", "pipelined": "get pipelined"}[name]+", del pipelined")
		for i, want := range map[int]time.Duration{2: 2 * time.Minute, 49: 49 * time.Minute} {
			if ttl := client.PTTL(ctx(t), keys[i]).Val(); ttl > want || ttl < want-time.Minute {
				t.Errorf("%s lives for %v, want %v", keys[i], ttl, want)
			}
		}
	}
}

// TestForeign reads keys that hold too much, nothing, or no string at all.
func TestForeign(t *testing.T) {
	client := redistest.Shared(t).Client()
	c := ctx(t)
	for _, cmd := range []redis.Cmder{
		client.Set(c, "good", "value", 0),
		client.Set(c, "exact", strings.Repeat("x", limit), 0),
		client.Set(c, "large", strings.Repeat("x", limit+1), 0),
		client.SetRange(c, "huge", 64<<20, "x"),
		client.Set(c, "empty", "", 0),
		client.LPush(c, "list", "x"),
		client.HSet(c, "hash", "x", "y"),
	} {
		if cmd.Err() != nil {
			t.Fatal(cmd.Err())
		}
	}
	for name, e := range engines(client) {
		for key, want := range map[string]error{"good": nil, "exact": nil, "large": runtime.ErrTooLarge, "huge": runtime.ErrTooLarge, "list": runtime.ErrWrongType, "hash": runtime.ErrWrongType} {
			r := read(t, e, key)[0]
			if !errors.Is(r.Err, want) || want == nil && !r.Found {
				t.Errorf("%s, %s: %v, found %v", name, key, r.Err, r.Found)
			}
			if len(r.Raw.Data) > limit+1 {
				t.Errorf("%s, %s: %d bytes were fetched", name, key, len(r.Raw.Data))
			}
		}
		check(t, read(t, e, "empty")[0].Found, false)
		reads := read(t, e, "list", "good", "large", "none", "hash")
		check(t, reads[1].Text, "value")
		check(t, reads[2].Err, runtime.ErrTooLarge)
		check(t, reads[3].Found, false)
		for _, i := range []int{0, 4} { // MGET does not tell another type from nothing
			if reads[i].Found || reads[i].Err != nil && !errors.Is(reads[i].Err, runtime.ErrWrongType) {
				t.Errorf("%s, %s: %v, found %v", name, reads[i].Key, reads[i].Err, reads[i].Found)
			}
		}
		reads = read(t, e, "list", "hash") // nothing but those is no failure of the tier
		check(t, reads[0].Found || reads[1].Found, false)

		// They can be replaced, and removed.
		check(t, e.Write(c, []runtime.RemoteWrite{{Key: "list", Raw: runtime.Raw{Data: []byte("v")}}}), nil)
		check(t, read(t, e, "list")[0].Text, "v")
		removes := []runtime.RemoteRemove{{Key: "list"}, {Key: "hash"}}
		check(t, e.Remove(c, removes), nil)
		check(t, removes[1].Removed, 1)
		client.LPush(c, "list", "x")
		client.HSet(c, "hash", "x", "y")
	}
	e := New(client, 0) // no limit
	check(t, len(read(t, e, "large")[0].Raw.Data), limit+1)
	check(t, errors.Is(read(t, e, "list")[0].Err, runtime.ErrWrongType), true)
	check(t, read(t, e, "none")[0].Found, false)
}

// TestExpiry gives Redis the life of an entry in whole milliseconds.
func TestExpiry(t *testing.T) {
	for life, want := range map[time.Duration]time.Duration{
		0:                          0, // for ever
		1:                          time.Millisecond,
		999 * time.Microsecond:     time.Millisecond,
		time.Millisecond:           time.Millisecond,
		1999 * time.Microsecond:    time.Millisecond,
		time.Second:                time.Second,
		time.Hour + 1:              time.Hour,
		-1:                         time.Millisecond, // not for ever, as go-redis would have it
		200 * 365 * 24 * time.Hour: 200 * 365 * 24 * time.Hour,
	} {
		check(t, expiry(life), want)
	}
	client := redistest.Shared(t).Client()
	e := New(client, limit)
	for _, life := range []time.Duration{0, time.Minute, time.Minute + 500*time.Microsecond, 200 * 365 * 24 * time.Hour, -1} {
		w := runtime.RemoteWrite{Key: "k", Raw: runtime.Raw{Data: []byte("v")}, Life: life}
		for range 2 { // alone, and in a batch
			check(t, e.Write(ctx(t), []runtime.RemoteWrite{w}), nil)
			ttl := client.PTTL(ctx(t), "k").Val()
			switch {
			case life == 0:
				check(t, ttl, -1)
			case life < 0:
				if ttl > time.Millisecond || ttl == -1 {
					t.Errorf("a life of %v is %v", life, ttl)
				}
			case ttl > life || ttl < life-10*time.Second:
				t.Errorf("a life of %v is %v", life, ttl)
			}
		}
	}
}

// TestFailures passes errors on: of keys where the server refuses them, else of the call.
func TestFailures(t *testing.T) {
	server := redistest.Start(t)
	client := server.Client()
	c := ctx(t)
	for name, e := range engines(client) {
		check(t, client.ConfigSet(c, "maxmemory", "1").Err(), nil)
		writes := []runtime.RemoteWrite{{Key: "a", Raw: runtime.Raw{Data: []byte("v")}}, {Key: "b", Raw: runtime.Raw{Data: []byte("v")}}}
		for _, batch := range [][]runtime.RemoteWrite{writes[:1], writes} {
			if err := e.Write(c, batch); err == nil || !strings.HasPrefix(err.Error(), "OOM") {
				t.Errorf("%s: Write without memory: %v", name, err)
			}
		}
		check(t, client.ConfigSet(c, "maxmemory", "0").Err(), nil)
		check(t, e.Write(c, writes), nil)

		// One key of a batch that the user may not touch.
		check(t, client.Do(c, "ACL", "SETUSER", "default", "resetkeys", "~a").Err(), nil)
		writes = []runtime.RemoteWrite{{Key: "a", Raw: runtime.Raw{Data: []byte("w")}}, {Key: "b", Raw: runtime.Raw{Data: []byte("w")}}}
		check(t, e.Write(c, writes), nil)
		check(t, writes[0].Err, nil)
		check(t, writes[1].Err != nil, true)
		removes := []runtime.RemoteRemove{{Key: "a"}, {Key: "b"}}
		check(t, e.Remove(c, removes), nil)
		check(t, removes[0].Removed, 1)
		check(t, removes[1].Err != nil, true)
		check(t, client.Do(c, "ACL", "SETUSER", "default", "allkeys").Err(), nil)

		ended, cancel := context.WithCancel(c)
		cancel()
		reads := []runtime.RemoteRead{{Key: "a"}, {Key: "b"}}
		for _, err := range []error{e.Read(ended, reads[:1]), e.Read(ended, reads), e.Write(ended, writes), e.Remove(ended, removes)} {
			check(t, errors.Is(err, context.Canceled), true)
		}
	}
	server.Kill()
	for _, e := range engines(client) {
		check(t, e.Read(c, make([]runtime.RemoteRead, 1)) != nil, true)
		check(t, e.Read(c, make([]runtime.RemoteRead, 2)) != nil, true)
		check(t, e.Write(c, make([]runtime.RemoteWrite, 2)) != nil, true)
		check(t, e.Remove(c, make([]runtime.RemoteRemove, 2)) != nil, true)
	}
	server.Restart()
	for _, e := range engines(client) { // and back again
		for c.Err() == nil && e.Read(c, make([]runtime.RemoteRead, 1)) != nil {
			continue
		}
		check(t, read(t, e, "a")[0].Found, false)
	}
}
