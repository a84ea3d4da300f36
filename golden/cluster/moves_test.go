package cluster

import (
	"context"
	"log/slog"
	"testing"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/redistier"
)

// TestSlotMoves reads, writes and deletes while a slot is on its way from one node to
// another, and after it has come there: the client is told to ask elsewhere.
func TestSlotMoves(t *testing.T) {
	ctx := context.Background()
	nodes := redistest.StartCluster(t, 2)
	client, err := redistier.DialCluster(nodes.URL())
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
	slot := int(client.ClusterKeySlot(ctx, string(appendTogetherText(nil, keys[0]))).Val())
	from := slot * len(nodes.Nodes) / 16384
	use := func(when string) {
		t.Helper()
		if err := c.SetMany(ctx, orders); err != nil {
			t.Errorf("%s: SetMany: %v", when, err)
		}
		if got, err := c.GetMany(ctx, keys); err != nil || len(got) != len(keys) {
			t.Errorf("%s: GetMany: %d orders, %v", when, len(got), err)
		}
		if v, ok, err := c.Get(ctx, keys[0]); !ok || err != nil || v != orders[keys[0]] {
			t.Errorf("%s: Get: %v, %v, %v", when, v, ok, err)
		}
		if n, err := c.Delete(ctx, keys[6]); n != 1 || err != nil { // of the same tenant
			t.Errorf("%s: Delete: %d, %v", when, n, err)
		}
	}
	use("at first")
	nodes.BeginMigration(slot, from, 1-from)
	if n := nodes.Nodes[from].Client().ClusterCountKeysInSlot(ctx, slot).Val(); n != 0 {
		t.Fatalf("%d keys of the slot have not moved", n)
	}
	if v, ok, err := c.Get(ctx, keys[0]); !ok || err != nil || v != orders[keys[0]] {
		t.Errorf("Get of a key that has moved: %v, %v, %v", v, ok, err)
	}
	use("on the way")
	nodes.EndMigration(slot, 1-from)
	use("afterwards")
	if s := c.Stats().Tiers[0]; s.ReadErrors+s.WriteErrors+s.RemoveErrors != 0 {
		t.Errorf("errors: %+v", s)
	}
}

// TestFailover goes on with the replica when the master has died.
func TestFailover(t *testing.T) {
	ctx := context.Background()
	master := redistest.Start(t)
	replica := redistest.StartReplica(t, master)
	sentinel := redistest.StartSentinel(t, master)
	client, err := redistier.DialSentinel(sentinel.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	c, err := NewTogether(TogetherConfig{Togetherredis: client, Options: runtime.Options{Logger: slog.New(slog.DiscardHandler)}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	keys, orders := batch()
	if err := c.SetMany(ctx, orders); err != nil {
		t.Fatal(err)
	}
	if n, err := master.Client().Wait(ctx, 1, 0).Result(); n != 1 || err != nil {
		t.Fatalf("%d replicas have the orders: %v", n, err)
	}
	master.Kill()
	load := func(context.Context, TogetherKey) (Order, error) { return Order{Note: "loaded"}, nil }
	if _, err := c.GetOrLoad(ctx, TogetherKey{Tenant: "other"}, load); err != nil {
		t.Errorf("GetOrLoad without a master: %v", err)
	}
	sentinel.Failover(replica)
	redistest.Until(t, "the cache reads the new master", func() bool {
		got, err := c.GetMany(ctx, keys)
		return err == nil && len(got) == len(keys)
	})
	if err := c.Set(ctx, keys[1], Order{Note: "new"}); err != nil {
		t.Errorf("Set: %v", err)
	}
	if v, ok, err := c.Get(ctx, keys[1]); !ok || err != nil || v.Note != "new" {
		t.Errorf("Get: %v, %v, %v", v, ok, err)
	}
}
