package bare

import (
	"context"
	"testing"

	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(redistest.Main(m)) }

// TestDefaults uses the shortest annotation there is.
func TestDefaults(t *testing.T) {
	ctx := context.Background()
	client := redistest.Shared(t).Client()
	c, err := NewSessionCache(SessionCacheConfig{Redis: client})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	var keys []string
	for range 50 { // a busy machine may miss the 200 ms that a write to Redis has
		if err := c.Set(ctx, "s", Session{"s", 7}); err != nil {
			t.Fatal(err)
		}
		if keys = client.Keys(ctx, "session:*").Val(); len(keys) > 0 {
			break
		}
	}
	if v, ok, err := c.Get(ctx, "s"); !ok || err != nil || v.User != 7 {
		t.Errorf("Get: %v, %v, %v", v, ok, err)
	}
	const want = "session(memory:fastcache, redis:redis) read=sequential write=optimistic refill=never"
	if c.String() != want {
		t.Errorf("String: %s, want %s", c, want)
	}
	if len(keys) != 1 || client.PTTL(ctx, keys[0]).Val() >= 0 {
		t.Errorf("Redis has %q, want one key that does not expire", keys)
	}
	if _, err := NewSessionCache(SessionCacheConfig{}); err == nil {
		t.Error("a cache without its Redis client was made")
	}
}
