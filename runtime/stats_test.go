package runtime

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cachegen/cachegen/internal/race"
)

// TestTierStats holds the figures of a tier outside the process after a script, with
// the durations of fake time.
func TestTierStats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		c := newCache(t, "r", nil)
		c.remote.hook(func(_ context.Context, op string) error {
			time.Sleep(map[string]time.Duration{"read": 3 * time.Millisecond, "write": 20 * time.Millisecond, "remove": 50 * time.Millisecond}[op])
			return nil
		})
		c.set(t, "a", "value")
		c.set(t, "b", "value")
		c.want(t, "a", "value")
		c.want(t, "x", "")
		c.remote.mu.Lock()
		b := c.remote.entries[textKey("b")]
		c.remote.entries[textKey("other")] = b
		b.Raw.Data = append(b.Raw.Data[:len(b.Raw.Data)-1:len(b.Raw.Data)-1], b.Raw.Data[len(b.Raw.Data)-1]^1)
		c.remote.entries[textKey("b")] = b
		c.remote.entries[textKey("short")] = RemoteWrite{Raw: Raw{Data: []byte("cg")}}
		c.remote.mu.Unlock()
		for _, key := range []string{"b", "other", "short"} {
			c.want(t, key, "")
		}
		c.remote.fail("wrong", ErrWrongType)
		c.remote.fail("huge", ErrTooLarge)
		if got, err := c.GetMany(ctx, []string{"a", "wrong", "huge"}); len(got) != 1 || err != nil {
			t.Errorf("GetMany: %v, %v", got, err)
		}
		c.remote.down()
		if _, _, err := c.Get(ctx, "a"); err == nil {
			t.Error("a tier that is down is no error")
		}
		c.remote.up()
		if n, err := c.Delete(ctx, "a"); n != 1 || err != nil {
			t.Errorf("Delete: %d, %v", n, err)
		}

		stats := c.Stats()
		s := stats.Tiers[0]
		check(t, s.Reads, 9)
		check(t, s.Hits, 2)
		check(t, s.Misses, 1)
		check(t, s.Rejected, 5)
		check(t, s.ReadErrors, 1)
		check(t, s.Writes, 2)
		check(t, s.Removes, 1)
		want := map[string]uint64{"checksum": 1, "key": 1, "length": 1, "wrong type": 1, "too large": 1}
		if !maps.Equal(s.RejectedBy, want) {
			t.Errorf("rejected by %v, want %v", s.RejectedBy, want)
		}
		check(t, s.Hits+s.Misses+s.Rejected+s.ReadErrors, s.Reads)
		check(t, stats.Hits, 2)
		check(t, stats.Misses, 7)

		took := func(n int, each time.Duration, bucket int) Timing {
			var want Timing
			want.Count, want.Sum, want.Buckets[bucket] = uint64(n), time.Duration(n)*each, uint64(n)
			return want
		}
		reads := took(6, 3*time.Millisecond, 7) // a batch is one
		reads.Count, reads.Buckets[0] = 7, 1    // the one that failed at once
		check(t, s.Times.Read, reads)
		check(t, s.Times.Write, took(2, 20*time.Millisecond, 9))
		check(t, s.Times.Encode, took(2, 0, 0))
		if n := s.Times.Decode.Count; n < 1 || n > 2 { // of a batch not every one is timed
			t.Errorf("decoded %d entries, want the single one, and perhaps one of the batch", n)
		}
		check(t, s.Times.Compress, Timing{})
	})
}

// TestDecodeTimes times the entries of tiers behind memory: of single keys all, also when
// memory has decoded something before, and of batches one in sixteen, however small they are.
func TestDecodeTimes(t *testing.T) {
	c := newCache(t, "mr", func(c *config) { c.spec.Revalidate = true })
	c.set(t, "0", "v")
	bin, _ := binaryKey(nil, "0")
	for range 10 {
		e, _ := c.mem.Load(nil, bin)
		e.Stale = c.Time.Now() - 1
		c.mem.Save(bin, e)
		if _, err := c.GetOrLoad(t.Context(), "0", failing(errDown)); err != nil {
			t.Fatal(err)
		}
	}
	check(t, c.Stats().Tiers[1].Times.Decode.Count, 10)

	const batches, size = 100, 8
	keys := []string{"0"}
	for i := range size {
		keys = append(keys, fmt.Sprint(i+1))
		c.set(t, fmt.Sprint(i+1), "v")
	}
	before := c.Stats().Tiers[1].Times.Decode.Count
	for range batches {
		c.mem.evict()
		c.want(t, "0", "v")
		c.settle(t)
		before++
		if found, err := c.GetMany(t.Context(), keys); len(found) != size+1 || err != nil {
			t.Fatal(len(found), err)
		}
	}
	n := c.Stats().Tiers[1].Times.Decode.Count - before
	if want := uint64(batches * size / sampledEntries); n < want || n > 2*want && !race.Enabled { // more where operations are new
		t.Errorf("timed %d of %d entries of batches", n, batches*size)
	}
}

// TestLoadTime times loaders, those that fail too.
func TestLoadTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "m", nil)
		for i := range 3 {
			_, err := c.GetOrLoad(t.Context(), fmt.Sprint(i), func(context.Context, string) (item, error) {
				time.Sleep(time.Second)
				if i == 0 {
					return item{}, errDown
				}
				return it("v"), nil
			})
			if (err != nil) != (i == 0) {
				t.Error(err)
			}
		}
		s := c.Stats()
		check(t, s.LoadErrors, 1)
		check(t, s.LoadTime, Timing{Count: 3, Sum: 3 * time.Second, Buckets: [buckets]uint64{buckets - 1: 3}})
	})
}

// TestMemoryIsSampled times one operation of a memory tier in 128.
func TestMemoryIsSampled(t *testing.T) {
	c := newCache(t, "m", nil)
	for range 2*sampling + 1 {
		c.set(t, "a", "v")
		c.want(t, "a", "v")
	}
	s := c.Stats().Tiers[0]
	check(t, s.Reads, 2*sampling+1)
	check(t, s.Times.Read.Count, 3)
	check(t, s.Times.Write.Count, 3)
}

// TestHotReadsAreSampled counts every hit of generated code and times one in 128,
// whether the clock runs, stands still or is not looked at.
func TestHotReadsAreSampled(t *testing.T) {
	const n = 1 << 20
	for name, tick := range map[string]func(i int64) int64{
		"running":       func(i int64) int64 { return 1 + 347*i },
		"standing":      func(int64) int64 { return 1 << 50 },
		"not looked at": func(int64) int64 { return 0 },
	} {
		var h HotCounters
		for i := range int64(n) {
			status := Hit
			if i%4 == 0 {
				status = Stale
			}
			h.End(h.Begin(), tick(i), 10, status)
		}
		hits, stale, bytes := h.sum()
		if hits != n/4*3 || stale != n/4 || bytes != 10*n {
			t.Errorf("%s: %d hits, %d stale, %d bytes", name, hits, stale, bytes)
		}
		// Each stripe, and of it each counter, can be one ahead or behind.
		if timed := int(h.times.stats().Count); timed < n/sampling-2*hotStripes || timed > n/sampling+2*hotStripes {
			t.Errorf("%s: %d of %d were timed", name, timed, n)
		}
		if avg := testing.AllocsPerRun(1000, func() { h.End(h.Begin(), tick(1), 1, Hit) }); avg != 0 {
			t.Errorf("%s: %v allocations", name, avg)
		}
	}
}

// TestStripes: goroutines spread over all stripes, whatever size their stacks have and wherever
// those lie.
func TestStripes(t *testing.T) {
	const n = 100 * hotStripes
	for _, size := range []uint64{2 << 10, 8 << 10, 32 << 10, 1 << 20} {
		for _, now := range []int64{0, 1, 1e15} {
			var count [hotStripes]int
			for i := range uint64(n) {
				count[hotStripe(0xc000_0000_0000+i*size+size/3, now)]++
			}
			for i, c := range count {
				if c < 100/4 || c > 100*4 {
					t.Errorf("stacks of %d at %d: %d of %d on stripe %d", size, now, c, n, i)
				}
			}
		}
	}
}

// TestStripesPart: who counts on one stripe stays there for a while, and two that do part soon.
func TestStripesPart(t *testing.T) {
	const ms = 1 << 20
	rng := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		a, b := rng.Uint64()>>16, rng.Uint64()>>16
		if hotStripe(a, 7*ms) != hotStripe(a, 8*ms-1) || hotStripe(a, 7*ms) != hotStripe(a>>11<<11, 7*ms) {
			t.Errorf("the stack at %#x has two stripes at one time", a)
		}
		together := 0
		for i := range int64(1000) {
			if hotStripe(a, i*ms) == hotStripe(b, i*ms) {
				together++
			}
		}
		if together > 1000/4 {
			t.Errorf("stacks at %#x and %#x share a stripe in %d of 1000 ms", a, b, together)
		}
	}
}

// TestHere: goroutines that are there at once are in places of their own. A stack that grows
// moves, and another goroutine may get the place that it leaves.
func TestHere(t *testing.T) {
	const n = 100
	var places [n]uint64
	var all, done sync.WaitGroup
	all.Add(n)
	for i := range n {
		done.Go(func() {
			places[i] = here() >> 11
			all.Done()
			all.Wait()
		})
	}
	done.Wait()
	slices.Sort(places[:])
	if different := len(slices.Compact(places[:])); different < n/2 {
		t.Errorf("%d goroutines were at %d places", n, different)
	}
}

func TestTimingBounds(t *testing.T) {
	var tm timing
	for i, bound := range TimingBounds() {
		tm.since(tick() - int64(bound)*2) // in a later bucket than its own
		if s := tm.stats(); s.Buckets[i] > uint64(i) || s.Count != uint64(i+1) {
			t.Errorf("bound %v: %+v", bound, s)
		}
		if i > 0 && bound <= TimingBounds()[i-1] {
			t.Errorf("bound %v is not in order", bound)
		}
	}
	var sum Timing
	sum.Add(Timing{Count: 2, Sum: 3, Buckets: [buckets]uint64{1: 2}})
	sum.Add(Timing{Count: 2, Sum: 5, Buckets: [buckets]uint64{1: 1, 2: 1}})
	check(t, sum, Timing{Count: 4, Sum: 8, Buckets: [buckets]uint64{1: 3, 2: 1}})
	check(t, sum.String(), "4, 2ns on average")
	check(t, Timing{}.String(), "none")
}

// recorderOnly is a Recorder that does not want to see requests.
type recorderOnly struct{ registered, gone string }

func (r *recorderOnly) Register(cache string, stats func() Stats) func() {
	r.registered = fmt.Sprint(cache, " ", len(stats().Tiers))
	return func() { r.gone = cache }
}

func TestRecorder(t *testing.T) {
	var r recorderOnly
	c := newCache(t, "mr", func(conf *config) { conf.opts.Metrics = &r })
	check(t, r.registered, "Test 2")
	c.set(t, "a", "v")
	c.want(t, "a", "v")
	if err := c.Close(t.Context()); err != nil {
		t.Error(err)
	}
	check(t, r.gone, "Test")
}

// TestOffloadInStats shows the background work of a cache's own Offload.
func TestOffloadInStats(t *testing.T) {
	c := newCache(t, "rr", nil)
	c.set(t, "a", "v")
	c.remotes[0].mu.Lock()
	clear(c.remotes[0].entries)
	c.remotes[0].mu.Unlock()
	c.want(t, "a", "v")
	c.settle(t)
	kinds := c.Stats().Offload.Kinds
	if len(kinds) != 1 || kinds[0] != (KindStats{Kind: "refill", Started: 1, Done: 1}) {
		t.Errorf("background work: %+v", kinds)
	}
	shared := NewOffload(OffloadOptions{})
	other := newCache(t, "rr", func(conf *config) { conf.opts.Offload = shared })
	if s := other.Stats(); s.Offload.Kinds != nil {
		t.Errorf("a shared Offload is shown as the cache's own: %+v", s.Offload)
	}
}
