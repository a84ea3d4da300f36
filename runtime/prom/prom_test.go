package prom_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/golden/memory"
	"github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/prom"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func scripted() runtime.Stats {
	redis := runtime.TierStats{
		Path: "products.redis", Engine: "redis",
		Reads: 10, Hits: 5, Misses: 2, Rejected: 2, ReadErrors: 1,
		Writes: 4, WriteErrors: 1, Removes: 3, RemoveErrors: 1, BytesIn: 400, BytesOut: 500,
		RejectedBy: map[string]uint64{"checksum": 2},
	}
	redis.Times.Read = runtime.Timing{Count: 3, Sum: 3 * time.Second, Buckets: [12]uint64{5: 1, 6: 1}}
	return runtime.Stats{
		Hits: 7, Stale: 1, Misses: 3, Absent: 1, Loads: 3, LoadErrors: 1, Joined: 2, Extra: 1,
		Leases:   runtime.LeaseStats{Taken: 6, Waited: 5, Shared: 4, GivenUp: 3, Refused: 2, Errors: 1},
		Tiers:    []runtime.TierStats{{Path: "products.memory", Engine: "fastcache", Reads: 12, Hits: 2, Misses: 10}, redis},
		LoadTime: runtime.Timing{Count: 1, Sum: time.Millisecond, Buckets: [12]uint64{6: 1}},
		Offload: runtime.OffloadStats{Kinds: []runtime.KindStats{
			{Kind: "refill", Started: 9, Done: 7, Shed: 6, Deduplicated: 5, Panicked: 4, TimedOut: 3, Running: 2, Queued: 1},
		}},
	}
}

// TestOutput holds all that a scrape shows.
func TestOutput(t *testing.T) {
	c := prom.New()
	unregister := c.Register("ProductCache", scripted)
	want, err := os.Open("testdata/metrics.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer want.Close()
	if err := testutil.CollectAndCompare(c, want); err != nil {
		t.Error(err)
	}
	if problems, err := testutil.CollectAndLint(c); err != nil || len(problems) != 0 {
		t.Errorf("lint: %v, %v", problems, err)
	}
	unregister()
	if n := testutil.CollectAndCount(c); n != 0 {
		t.Errorf("%d figures after the cache has been closed", n)
	}
}

// TestSameName adds up caches of one name: a registry refuses a series that is there
// twice.
func TestSameName(t *testing.T) {
	c := prom.New()
	for range 2 {
		defer c.Register("ProductCache", scripted)()
	}
	if err := prometheus.NewPedanticRegistry().Register(c); err != nil {
		t.Fatal(err)
	}
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(c)
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "cachegen_load_seconds" {
			if h := f.GetMetric()[0].GetHistogram(); h.GetSampleCount() != 2 || h.GetSampleSum() != 0.002 {
				t.Errorf("loads: %v", h)
			}
		}
	}
}

// TestCache shows a generated cache while it lives.
func TestCache(t *testing.T) {
	ctx := context.Background()
	metrics := prom.New()
	offload := runtime.NewOffload(runtime.OffloadOptions{})
	defer metrics.RegisterOffload("shared", offload)()
	points, err := memory.NewPointCache(memory.PointCacheConfig{Options: runtime.Options{Metrics: metrics, Offload: offload}})
	if err != nil {
		t.Fatal(err)
	}
	if n := testutil.CollectAndCount(metrics, "cachegen_requests_total"); n != 4 {
		t.Errorf("%d statuses, want 4", n)
	}
	if err := points.Close(ctx); err != nil {
		t.Error(err)
	}
	if n := testutil.CollectAndCount(metrics, "cachegen_requests_total"); n != 0 {
		t.Errorf("%d statuses after Close", n)
	}
}
