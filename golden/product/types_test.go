package product

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/codectest"
	"github.com/cachegen/cachegen/internal/race"
	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/redistier"
)

func TestMain(m *testing.M) {
	logging.Disable() // the client's own, which says of every dial that it failed
	goleak.VerifyTestMain(redistest.Main(m))
}

func sample(id int64) Product {
	parent := id - 1
	return Product{
		ID: id, SKU: "A-1", Name: "Lamp", Description: "A lamp for a desk.", Price: 49.9, Stock: 12, Active: true,
		Tags: []string{"light", "desk"}, Attributes: map[string]string{"color": "red", "power": "7W"},
		Maker: Maker{"Lumen", "SE"}, Variants: []Variant{{"A-1-R", "red", "S", 49.9}, {"A-1-B", "blue", "", 0}},
		Parent: &parent, Created: time.Unix(1700000000, 5).UTC(), Updated: time.Unix(1750000000, 0), Warranty: 2 * time.Hour,
	}
}

func open(t testing.TB, client redis.UniversalClient, opts runtime.Options) *ProductCache {
	t.Helper()
	c, err := NewProductCache(ProductCacheConfig{Redis: client, Options: opts})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// expect looks a key up and compares where it was found.
func expect(t *testing.T, c *ProductCache, id int64, source string, status runtime.Status) runtime.Entry[Product] {
	t.Helper()
	e, err := c.Lookup(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	if e.Source != source || e.Status != status {
		t.Fatalf("%d: %s from %q, want %s from %q", id, e.Status, e.Source, status, source)
	}
	return e
}

var (
	codec  = codectest.Codec[Product]{Append: appendProduct, Decode: decodeProduct, Prefix: productCachePrefix}
	smalls = codectest.Codec[Small]{Append: appendSmall, Decode: decodeSmall, Prefix: smallCachePrefix}

	zoned = Small{ID: 7, Name: "seven", Score: 0.7, Live: true, At: time.Unix(1700000000, 7).In(time.FixedZone("", 3600))}
)

func TestCodec(t *testing.T) {
	codec.Check(t, Product{}, sample(7), Product{Tags: []string{}, Attributes: map[string]string{}, Variants: []Variant{}})
	smalls.Check(t, Small{}, zoned)
}

func FuzzDecode(f *testing.F) { codec.Fuzz(f, Product{}, sample(7)) }
func FuzzSmall(f *testing.F)  { smalls.Fuzz(f, Small{}, zoned) }

// TestThroughRedis is the main job: what one process sets, another gets from
// Redis, and then from its memory.
func TestThroughRedis(t *testing.T) {
	ctx := context.Background()
	db := redistest.Shared(t)
	want := sample(1)
	if err := open(t, db.Client(), runtime.Options{}).Set(ctx, 1, want); err != nil {
		t.Fatal(err)
	}
	c := open(t, db.Client(), runtime.Options{})
	if d := cmp.Diff(want, expect(t, c, 1, "products.redis", runtime.Hit).Value); d != "" {
		t.Error(d)
	}
	got, ok, err := c.Get(ctx, 1)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(want, expect(t, c, 1, "products.memory", runtime.Hit).Value); d != "" {
		t.Error(d)
	}
}

// TestRedisExpiry looks that nothing outlives its entry in Redis.
func TestRedisExpiry(t *testing.T) {
	ctx := context.Background()
	db := redistest.Shared(t)
	c := open(t, db.Client(), runtime.Options{})
	if err := c.SetMany(ctx, map[int64]Product{1: sample(1), 2: sample(2)}); err != nil {
		t.Fatal(err)
	}
	client := db.Client()
	keys, err := client.Keys(ctx, "*").Result()
	if err != nil || len(keys) != 2 {
		t.Fatal(keys, err)
	}
	for _, key := range keys {
		if d := client.PTTL(ctx, key).Val(); d > 11*time.Minute || d < 10*time.Minute {
			t.Errorf("%s lives for %v, want ttl and stale: 11m", key, d)
		}
	}
}

// TestBatchIsOneRoundTrip counts the commands of batches.
func TestBatchIsOneRoundTrip(t *testing.T) {
	ctx := context.Background()
	client := redistest.Shared(t).Client()
	trips := &counter{}
	client.AddHook(trips)
	c := open(t, client, runtime.Options{})
	all := map[int64]Product{}
	ids := make([]int64, 100)
	for i := range ids {
		ids[i] = int64(i)
		all[int64(i)] = sample(int64(i))
	}
	if err := c.SetMany(ctx, all); err != nil {
		t.Fatal(err)
	}
	other := open(t, client, runtime.Options{})
	got, err := other.GetMany(ctx, append(ids, 0, 1, 1000))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(all, got); d != "" {
		t.Error(d)
	}
	if got, err = other.GetMany(ctx, ids); len(got) != 100 || err != nil { // from memory
		t.Errorf("%d, %v", len(got), err)
	}
	if n, err := c.DeleteMany(ctx, ids); n != 200 || err != nil {
		t.Errorf("DeleteMany: %d, %v, want 200", n, err)
	}
	if trips.single != 1 || trips.pipelines != 2 {
		t.Errorf("%d commands and %d pipelines, want MGET and two pipelines", trips.single, trips.pipelines)
	}
}

// counter counts round trips.
type counter struct{ single, pipelines int }

func (c *counter) DialHook(next redis.DialHook) redis.DialHook { return next }
func (c *counter) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if slices.Contains([]string{"get", "getrange", "mget", "set", "del"}, cmd.Name()) {
			c.single++
		}
		return next(ctx, cmd)
	}
}

func (c *counter) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if len(cmds) > 10 { // not the handshake of a connection
			c.pipelines++
		}
		return next(ctx, cmds)
	}
}

// fakeClock is a clock that tests set.
type fakeClock struct{ now time.Time }

func (c *fakeClock) Now() time.Time { return c.now }

// TestFreshness goes through the life of an entry, in both tiers.
func TestFreshness(t *testing.T) {
	ctx := context.Background()
	db := redistest.Shared(t)
	clock := &fakeClock{time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}
	start := clock.now
	c := open(t, db.Client(), runtime.Options{Clock: clock})
	if err := c.Set(ctx, 1, sample(1)); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		after  time.Duration
		status runtime.Status
	}{
		{0, runtime.Hit},
		{10*time.Minute - 1, runtime.Hit},
		{10 * time.Minute, runtime.Stale},
		{11*time.Minute - 1, runtime.Stale},
		{11 * time.Minute, runtime.Miss},
	} {
		clock.now = start.Add(step.after)
		for tier, c := range map[string]*ProductCache{"memory": c, "redis": open(t, db.Client(), runtime.Options{Clock: clock})} {
			e, err := c.Lookup(ctx, 1)
			if err != nil || e.Status != step.status {
				t.Errorf("after %v in %s: %s, %v, want %s", step.after, tier, e.Status, err, step.status)
			}
			_, ok, err := c.Get(ctx, 1)
			if err != nil || ok != (step.status != runtime.Miss) {
				t.Errorf("after %v from %s: Get returns %v, %v", step.after, tier, ok, err)
			}
			if ok && (!e.StaleAt.Equal(start.Add(10*time.Minute)) || !e.ExpireAt.Equal(start.Add(11*time.Minute))) {
				t.Errorf("after %v in %s: stale at %v, expires at %v", step.after, tier, e.StaleAt, e.ExpireAt)
			}
		}
	}
}

// TestAllocs holds memory hits to what their values need.
func TestAllocs(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	ctx := context.Background()
	client := redistest.Shared(t).Client()
	products := open(t, client, runtime.Options{})
	smalls, err := NewSmallCache(SmallCacheConfig{Redis: client})
	if err != nil {
		t.Fatal(err)
	}
	defer smalls.Close(ctx)
	if err := products.Set(ctx, 1, sample(1)); err != nil {
		t.Fatal(err)
	}
	if err := smalls.Set(ctx, 1, Small{ID: 1, Name: "twelve bytes", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		want float64
		read func()
	}{
		"Small: one string": {1, func() { _, _, _ = smalls.Get(ctx, 1) }},
		"Product: strings, two slices, a map (2) and a pointer": {6, func() { _, _, _ = products.Get(ctx, 1) }},
	} {
		if got := testing.AllocsPerRun(1000, test.read); got > test.want {
			t.Errorf("%s: %v allocations, want %v", name, got, test.want)
		}
	}
}

// TestAllocsRedis holds a hit behind memory to four allocations more than the bare
// command has: the string of the value is cut from the reply. A write by one who is alone
// is held to seven more, in two tiers.
func TestAllocsRedis(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	db := redistest.Shared(t)
	dialed, err := redistier.Dial(db.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer dialed.Close()
	request, cancel := context.WithCancel(t.Context())
	defer cancel()
	for name, client := range map[string]*redis.Client{"default": db.Client(), "dialed": dialed} {
		for what, ctx := range map[string]context.Context{"background": context.Background(), "request": request} {
			t.Run(name+"/"+what, func(t *testing.T) { allocsRedis(t, ctx, client) })
		}
	}
}

func allocsRedis(t *testing.T, ctx context.Context, client *redis.Client) {
	t.Helper()
	writer, err := NewSmallCache(SmallCacheConfig{Redis: client})
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close(ctx)
	if err := writer.Set(ctx, 1, Small{ID: 1, Name: "twelve bytes", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	keys := client.Keys(ctx, "smalls:*").Val()
	if len(keys) != 1 {
		t.Fatalf("Redis has %q, want one key", keys)
	}
	smalls, err := NewSmallCache(SmallCacheConfig{Redis: client}) // with nothing in memory
	if err != nil {
		t.Fatal(err)
	}
	defer smalls.Close(ctx)
	bare := testing.AllocsPerRun(1000, func() { _, _ = client.Get(ctx, keys[0]).Result() })
	hit := testing.AllocsPerRun(1000, func() {
		if e, err := smalls.Lookup(ctx, 1); err != nil || e.Source != "smalls.redis" { // a lookup refills nothing
			t.Fatalf("%v from %q, %v", e.Status, e.Source, err)
		}
	})
	t.Logf("%v allocations, %v bare", hit, bare)
	if hit > bare+4 {
		t.Errorf("%v allocations for a hit in Redis, %v for the bare command", hit, bare)
	}
	if ctx.Done() != nil {
		return // whoever could leave has a goroutine write for him
	}
	v, entry := Small{ID: 1, Name: "twelve bytes"}, []byte("twelve bytes")
	bare = testing.AllocsPerRun(1000, func() { _ = client.Set(ctx, "written:bare", entry, time.Hour).Err() })
	set := testing.AllocsPerRun(1000, func() {
		if err := smalls.Set(ctx, 1, v); err != nil {
			t.Fatal(err)
		}
	})
	t.Logf("%v allocations for a write, %v bare", set, bare)
	if set > bare+7 {
		t.Errorf("%v allocations for a write, %v for the bare command", set, bare)
	}
}
