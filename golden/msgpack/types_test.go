package msgpack

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/vmihailenco/msgpack/v5"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(redistest.Main(m)) }

var ctx = context.Background()

var order = Order{
	ID: 7, Lines: []Line{{SKU: "a", Count: 2}, {SKU: "b"}}, Meta: map[string]string{"k": "v"}, At: time.Unix(1<<31, 7),
	Next: &Order{ID: 8, At: time.Unix(9, 0)},
}

var options = cmp.Options{cmpopts.IgnoreUnexported(Line{}), cmpopts.EquateApproxTime(0)}

func open(t *testing.T, db *redistest.Database) *OrderCache {
	t.Helper()
	c, err := NewOrderCache(OrderCacheConfig{Redis: db.Client()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(ctx) })
	return c
}

// TestRoundTrip stores what package msgpack makes, and reads it from each tier.
func TestRoundTrip(t *testing.T) {
	db := redistest.Shared(t)
	noted := order
	noted.Note = "not stored"
	if err := open(t, db).Set(ctx, 7, noted); err != nil {
		t.Fatal(err)
	}
	client := db.Client()
	keys := client.Keys(ctx, "*").Val()
	if len(keys) != 1 {
		t.Fatalf("keys %q, want one", keys)
	}
	want, err := msgpack.Marshal(order)
	if err != nil {
		t.Fatal(err)
	}
	data := []byte(client.Get(ctx, keys[0]).Val())
	if !bytes.Contains(data, want) || data[3] != runtime.CodecMsgpack {
		t.Errorf("Redis has % x, without the MessagePack % x", data, want)
	}
	c := open(t, db)
	for _, source := range []string{"orders.redis", "orders.memory"} {
		e, err := c.Lookup(ctx, 7)
		if err != nil || e.Source != source {
			t.Fatalf("from %q, %v, want %q", e.Source, err, source)
		}
		if d := cmp.Diff(order, e.Value, options); d != "" {
			t.Error(d)
		}
		if _, _, err := c.Get(ctx, 7); err != nil {
			t.Fatal(err)
		}
	}
	fresh := open(t, db) // Lookup leaves its memory empty
	for i := range data {
		data[i] ^= 1 << (i % 8)
		client.Set(ctx, keys[0], data, 0)
		if e, err := fresh.Lookup(ctx, 7); e.Status != runtime.Miss || err != nil {
			t.Fatalf("a bit of byte %d is flipped: %v, %v", i, e.Status, err)
		}
		data[i] ^= 1 << (i % 8)
	}
}

// TestCycle has a value without end, which package msgpack would follow.
func TestCycle(t *testing.T) {
	db := redistest.Shared(t)
	c := open(t, db)
	endless := order
	endless.Next = &endless
	if err := c.Set(ctx, 7, endless); !errors.Is(err, runtime.ErrDepth) {
		t.Errorf("Set: %v, want %v", err, runtime.ErrDepth)
	}
	if n := db.Client().DBSize(ctx).Val(); n != 0 {
		t.Errorf("Redis has %d keys, want none", n)
	}
}
