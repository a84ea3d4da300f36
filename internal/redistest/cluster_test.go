package redistest_test

import (
	"fmt"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/internal/redistest"
)

func TestCluster(t *testing.T) {
	ctx := t.Context()
	c := redistest.StartCluster(t, 3)
	client := c.Client()
	for i := range 100 {
		if err := client.Set(ctx, fmt.Sprint("key", i), i, 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
	all := int64(0)
	for i, node := range c.Nodes {
		n := node.Client().DBSize(ctx).Val()
		if n == 0 {
			t.Errorf("node %d has no keys", i)
		}
		all += n
	}
	if all != 100 {
		t.Errorf("the nodes have %d keys, want 100", all)
	}
	opts, err := redis.ParseClusterURL(c.URL())
	if err != nil || len(opts.Addrs) != 3 {
		t.Errorf("URL %q: %v, %v", c.URL(), opts, err)
	}
}

func TestSentinel(t *testing.T) {
	ctx := t.Context()
	s := redistest.Start(t)
	watcher := redistest.StartSentinel(t, s)
	opts, err := redis.ParseFailoverURL(watcher.URL())
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewFailoverClient(opts)
	defer func() { _ = client.Close() }()
	if err := client.Set(ctx, "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if got := s.Client().Get(ctx, "k").Val(); got != "v" {
		t.Errorf("the watched server has %q", got)
	}
}
