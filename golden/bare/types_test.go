package bare

import (
	"context"
	"testing"

	"github.com/cachegen/cachegen/internal/redistest"
)

func TestMain(m *testing.M) { redistest.Main(m).Run() }

// TestDefaults uses the shortest annotation there is.
func TestDefaults(t *testing.T) {
	ctx := context.Background()
	client := redistest.Shared(t).Client()
	c, err := NewSessionCache(SessionCacheConfig{Redis: client})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if err := c.Set(ctx, "s", Session{"s", 7}); err != nil {
		t.Fatal(err)
	}
	if v, ok, err := c.Get(ctx, "s"); !ok || err != nil || v.User != 7 {
		t.Errorf("Get: %v, %v, %v", v, ok, err)
	}
	const want = "session(memory:fastcache, redis:redis) read=sequential write=optimistic refill=never"
	if c.String() != want {
		t.Errorf("String: %s, want %s", c, want)
	}
	key := client.Keys(ctx, "session:*").Val()
	if len(key) != 1 || client.PTTL(ctx, key[0]).Val() >= 0 {
		t.Errorf("Redis has %q, want one key that does not expire", key)
	}
	if _, err := NewSessionCache(SessionCacheConfig{}); err == nil {
		t.Error("a cache without its Redis client was made")
	}
}
