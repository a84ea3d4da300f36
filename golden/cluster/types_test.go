package cluster

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/redistier"
)

func TestMain(m *testing.M) {
	logging.Disable() // the client's own, which says of every dial that it failed
	// The client looks for a lost node once a second, and ends only then.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"))
}

// trips counts what a node is sent.
type trips struct {
	mu     sync.Mutex
	counts map[string]int
}

func (c *trips) take() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	counts := c.counts
	c.counts = map[string]int{}
	return counts
}

// watch counts the round trips to each node of a cluster, without those in which the
// client learns about the cluster.
func watch(client *redis.ClusterClient) *trips {
	t := &trips{counts: map[string]int{}}
	client.OnNewNode(func(node *redis.Client) { node.AddHook(hook{t, node.Options().Addr}) })
	return t
}

type hook struct {
	trips *trips
	addr  string
}

func (h hook) DialHook(next redis.DialHook) redis.DialHook { return next }

func (h hook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		switch cmd.Name() {
		case "hello", "cluster", "command":
		default:
			h.count()
		}
		return next(ctx, cmd)
	}
}

func (h hook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		h.count()
		return next(ctx, cmds)
	}
}

func (h hook) count() {
	h.trips.mu.Lock()
	defer h.trips.mu.Unlock()
	h.trips.counts[h.addr]++
}

// batch has 60 orders of six tenants.
func batch() (keys []TogetherKey, orders map[TogetherKey]Order) {
	orders = map[TogetherKey]Order{}
	for i := range 60 {
		k := TogetherKey{Tenant: fmt.Sprint("tenant", i%6), ID: int64(i)}
		keys = append(keys, k)
		orders[k] = Order{Tenant: k.Tenant, ID: k.ID, Note: "note"}
	}
	return keys, orders
}

// TestSpread has batches cost one round trip to each node, wherever the keys lie.
func TestSpread(t *testing.T) {
	ctx := context.Background()
	nodes := redistest.StartCluster(t, 3)
	client, err := redistier.DialCluster(nodes.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	trips := watch(client)
	c, err := NewSpread(SpreadConfig{Spreadredis: client})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	keys := make([]SpreadKey, 60)
	orders := map[SpreadKey]Order{}
	for i := range keys {
		keys[i] = SpreadKey{Tenant: "{t}", ID: int64(i)}
		orders[keys[i]] = Order{Tenant: "{t}", ID: int64(i)}
	}
	expect := func(what string, most int) {
		t.Helper()
		counts := trips.take()
		if len(counts) != 3 {
			t.Errorf("%s: %d nodes were asked, want 3", what, len(counts))
		}
		for addr, n := range counts {
			if n > most {
				t.Errorf("%s: %d round trips to %s", what, n, addr)
			}
		}
	}
	if err := c.SetMany(ctx, orders); err != nil {
		t.Fatal(err)
	}
	expect("SetMany", 1)
	got, err := c.GetMany(ctx, keys)
	if err != nil || len(got) != len(keys) {
		t.Fatalf("GetMany: %d orders, %v", len(got), err)
	}
	for k, want := range orders {
		if got[k] != want {
			t.Errorf("order %v is %v", k, got[k])
		}
	}
	expect("GetMany", 1)
	for i, node := range nodes.Nodes { // braces in a key do not choose its slot
		if n := node.Client().DBSize(ctx).Val(); n < 5 || n > 40 {
			t.Errorf("node %d has %d of 60 keys", i, n)
		}
	}
	for _, k := range keys[:5] {
		if v, ok, err := c.Get(ctx, k); !ok || err != nil || v != orders[k] {
			t.Errorf("Get of %v: %v, %v, %v", k, v, ok, err)
		}
	}
	trips.take()
	if n, err := c.DeleteMany(ctx, keys); n != len(keys) || err != nil {
		t.Errorf("DeleteMany: %d, %v", n, err)
	}
	expect("DeleteMany", 1)
	if s := c.Stats().Tiers[0]; s.ReadErrors+s.WriteErrors+s.RemoveErrors != 0 {
		t.Errorf("errors: %+v", s)
	}
}

// TestTogether keeps the orders of a tenant in one slot.
func TestTogether(t *testing.T) {
	ctx := context.Background()
	nodes := redistest.StartCluster(t, 3)
	client := nodes.Client()
	c, err := NewTogether(TogetherConfig{Togetherredis: client})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	behind, err := NewBehind(BehindConfig{Behindredis: client})
	if err != nil {
		t.Fatal(err)
	}
	defer behind.Close(ctx)
	keys, orders := batch()
	if err := c.SetMany(ctx, orders); err != nil {
		t.Fatal(err)
	}
	if err := behind.Set(ctx, BehindKey{ID: 1, Tenant: "tenant0"}, Order{ID: 1}); err != nil {
		t.Fatal(err)
	}
	if got, err := c.GetMany(ctx, keys); err != nil || len(got) != len(keys) {
		t.Fatalf("GetMany: %d orders, %v", len(got), err)
	}
	slots := map[int64]map[string]bool{}
	for _, node := range nodes.Nodes {
		all := node.Client().Keys(ctx, "*").Val()
		for _, key := range all {
			_, tag, _ := strings.Cut(key, "{")
			tag, _, _ = strings.Cut(tag, "}")
			slot := client.ClusterKeySlot(ctx, key).Val()
			if slots[slot] == nil {
				slots[slot] = map[string]bool{}
			}
			slots[slot][tag] = true
		}
	}
	if len(slots) != 6 {
		t.Errorf("the orders of 6 tenants lie in %d slots: %v", len(slots), slots)
	}
}

// TestNodeLost goes on with the keys of the nodes that are left.
func TestNodeLost(t *testing.T) {
	ctx := context.Background()
	nodes := redistest.StartCluster(t, 3)
	opts := runtime.Options{Logger: slog.New(slog.DiscardHandler)}
	c, err := NewTogether(TogetherConfig{Togetherredis: nodes.Client(), Options: opts})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	keys, orders := batch()
	if err := c.SetMany(ctx, orders); err != nil {
		t.Fatal(err)
	}
	lost := nodes.Nodes[0].Client().DBSize(ctx).Val()
	nodes.Nodes[0].Kill()
	got, err := c.GetMany(ctx, keys)
	if len(got) != len(keys)-int(lost) || (err == nil) != (lost == 0) {
		t.Errorf("GetMany: %d orders, %v; a node with %d of %d was lost", len(got), err, lost, len(keys))
	}
	if _, err := c.GetOrLoad(ctx, keys[0], func(context.Context, TogetherKey) (Order, error) { return Order{}, nil }); err != nil {
		t.Errorf("GetOrLoad: %v", err)
	}
}

func TestSentinel(t *testing.T) {
	ctx := context.Background()
	server := redistest.Start(t)
	client, err := redistier.DialSentinel(redistest.StartSentinel(t, server).URL())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	c, err := NewTogether(TogetherConfig{Togetherredis: client})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	keys, orders := batch()
	if err := c.SetMany(ctx, orders); err != nil {
		t.Fatal(err)
	}
	if got, err := c.GetMany(ctx, keys); err != nil || len(got) != len(keys) {
		t.Errorf("GetMany: %d orders, %v", len(got), err)
	}
	if n := server.Client().DBSize(ctx).Val(); n != int64(len(keys)) {
		t.Errorf("the server has %d keys", n)
	}
}

// TestEmptySlot gives an empty part a hash tag too: Redis ignores one without text.
func TestEmptySlot(t *testing.T) {
	ctx := context.Background()
	back := fakebackend.New("b")
	c, err := NewShelves(ShelvesConfig{Shelvesback: back})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if err := c.Set(ctx, ShelvesKey{Box: 7}, Order{}); err != nil {
		t.Fatal(err)
	}
	for key := range back.Entries() {
		if !strings.HasSuffix(key, ":{%}:7") {
			t.Errorf("key %q", key)
		}
	}
}

// TestTextKeys holds that keys with a slot are one to one with what they stand for.
func TestTextKeys(t *testing.T) {
	awkward := []string{
		"", "%", "%25", "{", "}", "{}", "a", "a}", "a}:1", "a:1", "%~", strings.Repeat("k", 127), strings.Repeat("k", 128),
		strings.Repeat("k", 129), strings.Repeat("k", 130), strings.Repeat("k", 1000), strings.Repeat("{", 1000),
	}
	seen := map[string]TogetherKey{}
	for _, tenant := range awkward {
		tag := ""
		for id := range int64(3) {
			k := TogetherKey{Tenant: tenant, ID: id}
			text := string(appendTogetherText(nil, k))
			if first, ok := seen[text]; ok {
				t.Errorf("%v and %v are both %q", first, k, text)
			}
			seen[text] = k
			end := strings.IndexByte(text, '}')
			if text[0] != '{' || end < 2 || end > 130 || strings.Count(text, "{") != 1 || strings.Count(text, "}") != 1 {
				t.Errorf("key %q has no hash tag of its own", text)
			}
			if id > 0 && text[:end] != tag {
				t.Errorf("hash tags %q and %q of one tenant", tag, text[:end])
			}
			tag = text[:end]
		}
	}
	if text := string(appendSpreadText(nil, SpreadKey{Tenant: "{a}", ID: 1})); strings.ContainsAny(text, "{}") {
		t.Errorf("key %q has a hash tag without slot=", text)
	}
}
