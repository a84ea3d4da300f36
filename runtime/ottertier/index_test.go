package ottertier

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/cachegen/cachegen/runtime"
)

const far = int64(time.Hour)

// timed returns a tier of ints whose clock is set by hand, and the clock. At tick 1 a hit does not
// ask otter.
func timed(t *testing.T, entries int) (*Tier[int, int, int], *at) {
	clock := &at{time.Unix(0, 1)}
	tier := New[int, int, int](entries, runtime.NewTimebase(clock), itself)
	t.Cleanup(tier.Close)
	if oneIn(frequent, 1) || oneIn(seldom, 1) || oneIn(4, 1) {
		t.Fatal("tick 1 is drawn")
	}
	return tier, clock
}

func save(tier *Tier[int, int, int], key, value int) {
	tier.Save(key, one, runtime.Object[int]{Value: &value, Stale: far, Expire: far}, tier.time.Now())
}

// pointed returns what the index points out for a hash, or nil.
func pointed(tier *Tier[int, int, int], hash uint64) *entry[int, int] {
	return tier.index.find(hash)
}

// want asks for a key whose hash is given, and wants a value, or a miss for 0.
func want(t *testing.T, tier *Tier[int, int, int], key int, hash uint64, value int) {
	t.Helper()
	v, status, _ := tier.Get(key, hash)
	if (status == runtime.Hit) != (value != 0) || v != nil && *v != value {
		t.Errorf("key %d has status %v and value %v, want %d", key, status, v, value)
	}
}

// TestIndexFollows: what has been pointed out is found, until it is replaced or removed, and no
// place keeps it after that.
func TestIndexFollows(t *testing.T) {
	tier, _ := timed(t, 10)
	save(tier, 1, 10)
	if pointed(tier, 1) != nil {
		t.Error("nobody has asked for it")
	}
	want(t, tier, 1, 1, 10)
	e := pointed(tier, 1)
	if e == nil || e.value != 10 {
		t.Fatal("it has been asked for")
	}
	want(t, tier, 1, 1, 10)

	save(tier, 1, 11)
	if e.there() || pointed(tier, 1) != nil {
		t.Error("replaced, it is still there")
	}
	want(t, tier, 1, 1, 11)
	if e = pointed(tier, 1); e == nil {
		t.Fatal("it has been asked for again")
	}
	if !tier.Drop(1, one, 1) || e.there() || pointed(tier, 1) != nil {
		t.Error("removed, it is still there")
	}
	want(t, tier, 1, 1, 0)
}

// TestIndexLate: an entry that leaves between being found and being pointed out is not.
func TestIndexLate(t *testing.T) {
	tier, _ := timed(t, 10)
	save(tier, 1, 10)
	e, _ := tier.cache.GetIfPresent(1)
	save(tier, 1, 11)
	tier.index.put(1, e, 1)
	if pointed(tier, 1) != nil {
		t.Error("an entry that is gone has a place")
	}
	want(t, tier, 1, 1, 11)
}

// TestIndexShared: keys whose hashes are the same are told apart, and who has the place keeps it
// but for some.
func TestIndexShared(t *testing.T) {
	tier, clock := timed(t, 10)
	save(tier, 1, 10)
	save(tier, 2, 20)
	for range 3 {
		want(t, tier, 1, 7, 10)
		want(t, tier, 2, 7, 20)
	}
	if e := pointed(tier, 7); e.key != 1 {
		t.Error("the second one has displaced the first")
	}
	for clock.t = time.Unix(0, 1); !oneIn(4, clock.t.UnixNano()); {
		clock.t = clock.t.Add(1)
	}
	want(t, tier, 2, 7, 20)
	if e := pointed(tier, 7); e.key != 2 {
		t.Error("no tick has the second one displace the first")
	}
	save(tier, 1, 11) // which has no place any more
	if e := pointed(tier, 7); e == nil || e.key != 2 {
		t.Error("an entry has taken the place of another one with it")
	}
}

// TestIndexUnused: absences have no place, and nothing has where nothing ends.
func TestIndexUnused(t *testing.T) {
	tier, _ := timed(t, 10)
	tier.Save(1, one, runtime.Object[int]{Value: new(10), Stale: runtime.Never, Expire: runtime.Never}, 1)
	if v, status, now := tier.Get(1, 1); status != runtime.Hit || *v != 10 || now != 0 {
		t.Errorf("endless: %v at %d", status, now)
	}
	if pointed(tier, 1) != nil {
		t.Error("what never ends has a place")
	}
	tier.Save(2, one, runtime.Object[int]{Stale: far, Expire: far}, 1)
	want(t, tier, 2, 2, 0)
	if tier.index.timed.Load() || tier.index.table.Load() != nil {
		t.Error("an absence has the clock read for all")
	}
	save(tier, 3, 30)
	want(t, tier, 1, 1, 10) // from now on, some entries end
	want(t, tier, 2, 2, 0)
	if pointed(tier, 1) == nil || pointed(tier, 2) != nil {
		t.Error("of a value and an absence, the value has a place")
	}
}

// TestIndexAsks: otter is asked now and then, and more often for a while after something had to go.
func TestIndexAsks(t *testing.T) {
	tier, clock := timed(t, 10)
	// An entry that otter does not have is found only by those who do not ask it.
	asks := func() (n int) {
		for range 6_400 {
			clock.t = clock.t.Add(time.Microsecond)
			e := &entry[int, int]{fresh: far, key: 1_000}
			tier.index.put(1_000, e, 0) // which displaces
			if _, status, _ := tier.Get(1_000, 1_000); status != runtime.Hit {
				n++
			}
			tier.index.left(otter.DeletionEvent[int, *entry[int, int]]{Key: 1_000, Value: e, Cause: otter.CauseInvalidation})
		}
		return n
	}
	about := func(n, wanted int) {
		t.Helper()
		if n < wanted/2 || n > wanted*2 {
			t.Errorf("%d of 6,400 asked otter, want %d", n, wanted)
		}
	}
	about(asks(), 100)
	for key := range 10 {
		save(tier, key, key)
	}
	tier.cache.CleanUp()
	about(asks(), 100) // there was room for all
	for key := range 10 {
		save(tier, key, key)
		tier.Drop(key, one, 1)
	}
	about(asks(), 100) // nothing had to go
	clock.t = clock.t.Add(recently * 5)
	for key := range 100 {
		save(tier, key, key)
	}
	tier.cache.CleanUp()
	about(asks(), 1_600)
	clock.t = clock.t.Add(recently)
	about(asks(), 100)
	places := tier.index.table.Load().places
	for i := range places {
		if e := places[i].Load(); e != nil && !has(tier, e.key, one) {
			t.Errorf("key %d had to go, and has a place", e.key)
		}
	}
}

// TestIndexLearns: who is asked for through the index is not forgotten by otter.
func TestIndexLearns(t *testing.T) {
	const entries = 200
	tier := New[int, int, int](entries, runtime.NewTimebase(nil), itself)
	defer tier.Close()
	endless := runtime.Never - 1
	put := func(key int) {
		tier.Save(key, one, runtime.Object[int]{Value: &key, Stale: endless, Expire: endless}, tier.time.Now())
	}
	for key := range entries {
		put(key)
	}
	for range 4_000 { // with room for all
		for key := range entries / 2 {
			tier.Get(key, uint64(key))
		}
		tier.cache.CleanUp()
	}
	for key := entries; key < 5*entries; key++ { // which nobody wants twice
		put(key)
		hot := rand.IntN(entries / 2)
		tier.Get(hot, uint64(hot))
		if key%8 == 0 {
			tier.cache.CleanUp() // on one processor its turn would come too late
		}
	}
	tier.cache.CleanUp()
	kept := 0
	for key := range entries / 2 {
		if has(tier, key, one) {
			kept++
		}
	}
	if kept < entries/2*9/10 {
		t.Errorf("of %d that are asked for, %d are left", entries/2, kept)
	}
}

// TestIndexRatio: with an index, as many are hits as without one.
func TestIndexRatio(t *testing.T) {
	const entries, keys, reads = 500, 25_000, 100_000
	ratio := func(get func(key int) bool, set func(key int)) float64 {
		rng := rand.New(rand.NewPCG(1, 2))
		zipf := rand.NewZipf(rng, 1.01, 1, keys-1)
		hits := 0
		for range reads {
			key := int(zipf.Uint64())
			if get(key) {
				hits++
			} else {
				set(key)
			}
		}
		return float64(hits) / reads
	}
	bare := otter.Must(&otter.Options[int, int]{MaximumSize: entries})
	defer bare.StopAllGoroutines()
	want := ratio(
		func(key int) bool { _, ok := bare.GetIfPresent(key); return ok },
		func(key int) { bare.Set(key, key) },
	)
	tier := New[int, int, int](entries, runtime.NewTimebase(nil), itself)
	defer tier.Close()
	endless := runtime.Never - 1
	got := ratio(
		func(key int) bool { _, status, _ := tier.Get(key, uint64(key)); return status == runtime.Hit },
		func(key int) {
			tier.Save(key, one, runtime.Object[int]{Value: &key, Stale: endless, Expire: endless}, tier.time.Now())
		},
	)
	t.Logf("%.4f of the reads are hits; of a bare otter %.4f", got, want)
	if got < want*0.97 {
		t.Error("there are fewer hits")
	}
}

// TestDraws: however coarse a clock is, one tick in so many is drawn.
func TestDraws(t *testing.T) {
	for _, step := range []int64{1, 2, 41, 100, 1000, 15_625_000} {
		drawn := 0
		for i := range int64(32_000) {
			if oneIn(seldom, i*step) {
				drawn++
			}
		}
		if drawn < 250 || drawn > 1000 {
			t.Errorf("%d of 32,000 ticks that are %d apart", drawn, step)
		}
	}
}

// TestIndexOrder: nobody who has found a value finds an older one later, and none at all once it
// is removed, while keys that share places come and go.
func TestIndexOrder(t *testing.T) {
	const keys, writes = 4, 3_000
	tier := New[int, int, int](keys, runtime.NewTimebase(nil), itself)
	defer tier.Close()
	endless := runtime.Never - 1
	var written [keys]atomic.Int64 // what is there at least
	var writing atomic.Int32
	var all sync.WaitGroup
	get := func(key int) (v *int, ok bool) {
		v, status, _ := tier.Get(key, uint64(key%2))
		return v, status == runtime.Hit
	}
	for key := range keys {
		writing.Add(1)
		all.Go(func() {
			defer writing.Add(-1)
			for i := 1; i <= writes; i++ {
				tier.Save(key, one, runtime.Object[int]{Value: &i, Stale: endless, Expire: endless}, 1)
				written[key].Store(int64(i))
				if v, ok := get(key); ok && *v != i {
					t.Errorf("after writing %d there is %d", i, *v)
				}
				if i%16 == 0 {
					tier.Drop(key, one, 1)
					if v, ok := get(key); ok {
						t.Errorf("removed, there is %d", *v)
					}
				}
			}
		})
	}
	for range 3 {
		all.Go(func() {
			for writing.Load() > 0 {
				for key := range keys {
					least := written[key].Load()
					for range 2 {
						if v, ok := get(key); ok {
							if int64(*v) < least {
								t.Errorf("%d is older than %d", *v, least)
							}
							least = int64(*v)
						}
					}
				}
			}
		})
	}
	all.Wait()
}
