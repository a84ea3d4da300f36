package product

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/redistier"
)

var quiet = slog.New(slog.DiscardHandler)

// TestCorruptEntries puts everything but the entry under its key in Redis: each is
// a miss that is counted, and never an error or a value.
func TestCorruptEntries(t *testing.T) {
	ctx := context.Background()
	client := redistest.Shared(t).Client()
	writer := open(t, client, runtime.Options{})
	if err := writer.SetMany(ctx, map[int64]Product{1: sample(1), 2: sample(2)}); err != nil {
		t.Fatal(err)
	}
	name := func(id int) string {
		keys, err := client.Keys(ctx, fmt.Sprintf("products:*:%d", id)).Result()
		if err != nil || len(keys) != 1 {
			t.Fatal(keys, err)
		}
		return keys[0]
	}
	key, real, other := name(1), client.Get(ctx, name(1)).Val(), client.Get(ctx, name(2)).Val()

	bad := map[string]string{
		"empty": "", "garbage": "garbage", "a long one": strings.Repeat("x", 4096), "another key's entry": other,
		"a byte behind the end": real + "\x00", "twice": real + real, "too large": strings.Repeat("y", 2<<20),
	}
	for n := range real {
		bad[fmt.Sprintf("the first %d bytes", n)] = real[:n]
	}
	for i := range real {
		for bit := range 8 {
			flipped := []byte(real)
			flipped[i] ^= 1 << bit
			bad[fmt.Sprintf("bit %d of byte %d flipped", bit, i)] = string(flipped)
		}
	}
	c := open(t, client, runtime.Options{Logger: quiet})
	for what, data := range bad {
		if err := client.Set(ctx, key, data, 0).Err(); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := c.Get(ctx, 1); ok || err != nil {
			t.Fatalf("%s: Get returns %v, %v, want a miss", what, ok, err)
		}
		if vs, err := c.GetMany(ctx, []int64{1, 2}); len(vs) != 1 || vs[2].ID != 2 || err != nil {
			t.Fatalf("%s: GetMany returns %v, %v, want the other value", what, vs, err)
		}
	}
	stats := c.Stats().Tiers[1]
	// By each of the two. GETRANGE cannot tell "" from nothing, and there are two of these.
	if got, want := stats.Rejected, uint64(2*(len(bad)-2)); got != want {
		t.Errorf("%d entries were rejected, want %d", got, want)
	}
	for _, why := range []string{"payload", "codec panic"} {
		if n := stats.RejectedBy[why]; n != 0 {
			t.Errorf("%s: %d damaged entries came as far as the codec: what is before it is to notice", why, n)
		}
	}
	if err := errors.Join(client.Del(ctx, key).Err(), client.LPush(ctx, key, "a list").Err()); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := c.Get(ctx, 1); ok || err != nil {
		t.Errorf("a list: Get returns %v, %v, want a miss", ok, err)
	}
	if err := c.Set(ctx, 1, sample(1)); err != nil {
		t.Fatal(err)
	}
	expect(t, open(t, client, runtime.Options{}), 1, "products.redis", runtime.Hit)
}

// TestRedisKilledUnderLoad kills Redis while the cache is used, and starts it
// again.
func TestRedisKilledUnderLoad(t *testing.T) {
	ctx := context.Background()
	server := redistest.Start(t)
	client, err := redistier.Dial(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	c := open(t, client, runtime.Options{Logger: quiet})
	if err := c.Set(ctx, 1, sample(1)); err != nil {
		t.Fatal(err)
	}

	load := func(_ context.Context, id int64) (Product, error) { return sample(id), nil }
	stop := make(chan struct{})
	var users sync.WaitGroup
	var longest [8]time.Duration
	for g := range 8 {
		users.Go(func() {
			for id := int64(g * 1_000_000); ; id++ {
				select {
				case <-stop:
					return
				default:
				}
				start := time.Now()
				if v, err := c.GetOrLoad(ctx, id+2, load); err != nil || v.ID != id+2 {
					t.Errorf("GetOrLoad: %v, %v", v.ID, err)
				}
				longest[g] = max(longest[g], time.Since(start))
				if v, ok, err := c.Get(ctx, 1); !ok || err != nil || v.ID != 1 {
					t.Errorf("Get from memory: %v, %v, %v", v.ID, ok, err)
				}
			}
		})
	}
	within(t, 5*time.Second, "loads", func() bool { return c.Stats().Loads > 100 })
	server.Kill()
	before := c.Stats().Loads
	within(t, 5*time.Second, "loads without Redis", func() bool { return c.Stats().Loads > before+100 })
	server.Restart()
	up := time.Now()
	other := open(t, client, runtime.Options{Logger: quiet})
	within(t, 2*time.Second, "a hit from Redis", func() bool {
		_ = c.Set(ctx, 5_000_000_000, sample(5_000_000_000))
		e, err := other.Lookup(ctx, 5_000_000_000)
		return err == nil && e.Source == "products.redis"
	})
	t.Logf("the first hit from Redis came %v after its restart", time.Since(up))
	close(stop)
	users.Wait()
	for _, d := range longest {
		if d > time.Second { // a read and a write of 200ms each, on a busy machine
			t.Errorf("a GetOrLoad took %v", d)
		}
	}
}

// within waits until ok, and fails after d.
func within(t *testing.T, d time.Duration, what string, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(d)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("no %s within %v", what, d)
		}
	}
}

// TestHungRedis stops Redis without closing its connections, under a client with
// the defaults that wait for seconds.
func TestHungRedis(t *testing.T) {
	server := redistest.Start(t)
	hung(t, server, server.Client())
}

// TestHungRedisPunctual does the same under a client that keeps deadlines, which
// callers who cannot leave wait for themselves.
func TestHungRedisPunctual(t *testing.T) {
	server := redistest.Start(t)
	client, err := redistier.Dial(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	hung(t, server, client)
}

// TestStuckClient waits for a connection that never comes, in a client that would do so
// for long, in the goroutine of a caller who cannot leave.
func TestStuckClient(t *testing.T) {
	server := redistest.Start(t)
	dial := make(chan struct{})
	t.Cleanup(func() { close(dial) })
	for name, set := range map[string]func(*redis.Options){
		"pool": func(o *redis.Options) { o.PoolSize, o.PoolTimeout = 1, time.Minute },
		"dial": func(o *redis.Options) {
			o.Dialer = func(context.Context, string, string) (net.Conn, error) { <-dial; return nil, errors.New("never") }
		},
	} {
		t.Run(name, func(t *testing.T) {
			options := &redis.Options{Addr: server.Addr(), ContextTimeoutEnabled: true, DialTimeout: time.Minute}
			set(options)
			client := redis.NewClient(options)
			t.Cleanup(func() { _ = client.Close() })
			if name == "pool" {
				taken := client.Conn()
				defer taken.Close()
				if err := taken.Ping(t.Context()).Err(); err != nil {
					t.Fatal(err)
				}
			}
			c := open(t, client, runtime.Options{Logger: quiet})
			start := time.Now()
			_, _, err := c.Get(context.Background(), 2)
			if took := time.Since(start); !errors.Is(err, runtime.ErrTimeout) || took > 10*time.Second {
				t.Errorf("Get: %v after %v, want the timeout of the tier", err, took)
			}
		})
	}
}

func hung(t *testing.T, server *redistest.Server, client redis.UniversalClient) {
	t.Helper()
	c := open(t, client, runtime.Options{Logger: quiet})
	ctx := context.Background()
	if err := c.Set(ctx, 1, sample(1)); err != nil {
		t.Fatal(err)
	}
	server.Stop()

	start := time.Now()
	_, _, err := c.Get(ctx, 2)
	if took := time.Since(start); !errors.Is(err, runtime.ErrTimeout) || took > 400*time.Millisecond {
		t.Errorf("Get: %v after %v, want the timeout of the tier", err, took)
	}
	start = time.Now()
	found, err := c.GetMany(ctx, []int64{1, 2, 3})
	if took := time.Since(start); !errors.Is(err, runtime.ErrTimeout) || len(found) != 1 || took > 400*time.Millisecond {
		t.Errorf("GetMany: %d, %v after %v, want what memory has and the timeout of the tier", len(found), err, took)
	}
	if _, ok, err := c.Get(ctx, 1); !ok || err != nil {
		t.Errorf("Get from memory: %v, %v", ok, err)
	}

	for what, read := range map[string]func(ctx context.Context) error{
		"Get":     func(ctx context.Context) error { _, _, err := c.Get(ctx, 3); return err },
		"GetMany": func(ctx context.Context) error { _, err := c.GetMany(ctx, []int64{3, 4, 5}); return err },
	} {
		cancelled, cancel := context.WithCancel(ctx)
		ended := make(chan error)
		reads := c.Stats().Tiers[1].Reads
		go func() { ended <- read(cancelled) }()
		within(t, time.Second, "read under way", func() bool { return c.Stats().Tiers[1].Reads > reads })
		start = time.Now()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want the context's error", what, err)
		}
		if took := time.Since(start); took > 50*time.Millisecond {
			t.Errorf("a cancelled %s returned after %v", what, took)
		}
	}

	// A value set while Redis hangs is seen, and the old one is not.
	if err := c.Set(ctx, 1, sample(99)); err != nil {
		t.Errorf("Set: %v, want none: memory has the value", err)
	}
	if v, ok, err := c.Get(ctx, 1); !ok || err != nil || v.ID != 99 {
		t.Errorf("Get after Set: %v, %v, %v", v.ID, ok, err)
	}
	server.Cont()
	within(t, 2*time.Second, "a hit from Redis", func() bool {
		if err := c.Set(ctx, 4, sample(4)); err != nil {
			return false
		}
		other := open(t, client, runtime.Options{Logger: quiet})
		e, err := other.Lookup(ctx, 4)
		return err == nil && e.Source == "products.redis"
	})
}

// TestDeleteDuringOutage deletes while Redis is away: what it holds must not come
// back with it.
func TestDeleteDuringOutage(t *testing.T) {
	ctx := context.Background()
	server := redistest.Start(t)
	c := open(t, server.Client(), runtime.Options{Logger: quiet})
	if err := c.Set(ctx, 1, sample(1)); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	if n, err := c.Delete(ctx, 1); n != 1 || err != nil {
		t.Errorf("Delete: %d, %v, want the copy in memory", n, err)
	}
	server.Cont()
	if _, ok, err := c.Get(ctx, 1); ok || err != nil {
		t.Errorf("Get after Delete: %v, %v, want a miss", ok, err)
	}
	other := open(t, server.Client(), runtime.Options{Logger: quiet})
	within(t, 3*time.Second, "repair", func() bool {
		e, err := other.Lookup(ctx, 1)
		return err == nil && e.Status == runtime.Miss
	})
	if _, ok, err := c.Get(ctx, 1); ok || err != nil {
		t.Errorf("Get after the repair: %v, %v, want a miss", ok, err)
	}
}
