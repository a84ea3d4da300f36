package shop

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/golden/foreign/money"
	"github.com/cachegen/cachegen/golden/foreign/redis"
	"github.com/cachegen/cachegen/internal/codectest"
	"github.com/cachegen/cachegen/internal/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(redistest.Main(m)) }

var sample = Order{
	ID: 1, Currency: "EUR", Total: money.Amount{Units: 100, Currency: "EUR"}, Taxes: []money.Amount{{Units: 19, Currency: "EUR"}},
	ByNode: map[redis.Mode]redis.Node{1: {Addr: "a", Mode: 1}}, Query: url.Values{"q": {"x", "y"}}, Weekday: time.Friday,
}

func TestCodec(t *testing.T) {
	codectest.Codec[Order]{Append: appendOrder, Decode: decodeOrder, Prefix: orderCachePrefix}.Check(t, Order{}, sample)
}

// TestThroughRedis uses a cache of which each key and field has a foreign type.
func TestThroughRedis(t *testing.T) {
	ctx := context.Background()
	client := redistest.Shared(t).Client()
	for range 2 { // the second one finds what the first has set
		c, err := NewOrderCache(OrderCacheConfig{Redis: client})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(ctx)
		got, err := c.GetOrLoad(ctx, OrderCacheKeyOf(sample), func(context.Context, OrderCacheKey) (Order, error) { return sample, nil })
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(sample, got); d != "" {
			t.Error(d)
		}
		if s := c.Stats(); s.Loads+s.Hits != 1 {
			t.Errorf("%+v", s)
		}
	}
}
