package fasttier

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/VictoriaMetrics/fastcache"

	"github.com/cachegen/cachegen/internal/race"
	"github.com/cachegen/cachegen/runtime"
)

// load checks what Load finds under a key; nil is nothing.
func load(t *testing.T, tier *Tier, k, want []byte) {
	t.Helper()
	e, ok := tier.Load(nil, k)
	if ok != (want != nil) || !bytes.Equal(e.Payload, want) && ok {
		t.Fatalf("Load(%q): %d bytes, %v, want %d", k, len(e.Payload), ok, len(want))
	}
}

func TestInstants(t *testing.T) {
	tier := newTier(t, nil)
	k := key("k")
	tier.Save(k, runtime.MemoryEntry{Payload: []byte("v"), Stale: 2000, Expire: 3000})
	for tick, want := range map[int64]runtime.Status{
		-5: runtime.Hit, 1999: runtime.Hit, 2000: runtime.Stale, 2999: runtime.Stale, 3000: runtime.Miss, runtime.Never - 1: runtime.Miss,
	} {
		tier.at(tick)
		b, _, status, _ := tier.Get(nil, k)
		check(t, status, want)
		check(t, string(b), map[bool]string{true: "v"}[want != runtime.Miss])
	}
	e, ok := tier.Load(nil, k)
	check(t, ok, true) // whoever asks looks at the instants
	check(t, e.Stale, 2000)
	check(t, e.Expire, 3000)

	tier.Save(k, entry(nil))
	b, _, status, _ := tier.Get(nil, k)
	check(t, status, runtime.Hit)
	check(t, len(b), 0)
	if _, _, status, _ := tier.Get(nil, key("none")); status != runtime.Miss {
		t.Error("a hit for a key that is not there")
	}
}

// TestAbsent stores an absence, which is no value.
func TestAbsent(t *testing.T) {
	tier := newTier(t, nil)
	k := key("k")
	tier.Save(k, entry([]byte("old")))
	tier.Save(k, runtime.MemoryEntry{Absent: true, Stale: 2000, Expire: 3000})
	_, _, status, _ := tier.Get(nil, k)
	check(t, status, runtime.Miss)
	e, ok := tier.Load(nil, k)
	check(t, ok, true)
	check(t, e.Absent, true)
	check(t, len(e.Payload), 0)
	check(t, tier.Drop(k, 2999), true)
	load(t, tier, k, nil)
}

func TestDrop(t *testing.T) {
	tier := newTier(t, nil)
	k := key("k")
	check(t, tier.Drop(k, 0), false)
	for _, n := range []int{1, 100_000} {
		tier.Save(k, runtime.MemoryEntry{Payload: payload(n, 'x'), Stale: 2000, Expire: 3000})
		check(t, tier.Drop(k, 2999), true)
		load(t, tier, k, nil)
		check(t, tier.Drop(k, 0), false)
		if tier.cache.Has(bigKeyOf(nil, k)) {
			t.Error("a payload is left")
		}
		tier.Save(k, runtime.MemoryEntry{Payload: payload(n, 'x'), Stale: 2000, Expire: 3000})
		check(t, tier.Drop(k, 3000), false) // it was over
		load(t, tier, k, nil)
	}
}

// TestSizes goes through the sizes around the limit of a small entry, all of those that
// are close, and beyond.
func TestSizes(t *testing.T) {
	tier := newTier(t, nil)
	k := key("size")
	small := limit - header - len(k) // and more than that is big
	for n := 65_000; n <= 66_000; n++ {
		if d := n - small; n%9 != 0 && (d < -20 || d > 60) {
			continue
		}
		p := payload(n, byte(n))
		tier.Save(k, entry(p))
		load(t, tier, k, p)
		tier.long.Store(false) // so that a big one is left to Load
		_, _, status, _ := tier.Get(nil, k)
		check(t, status == runtime.Hit, n < small)
	}
	for _, n := range []int{100_000, 1 << 20, 5 << 20} {
		p := payload(n, byte(n))
		tier.Save(k, entry(p))
		load(t, tier, k, p)
		check(t, tier.Drop(k, 0), true)
	}
	// The limit is what fastcache says it is.
	tier.cache.Set(k, make([]byte, limit-len(k)))
	check(t, tier.cache.Has(k), false)
	tier.cache.Set(k, make([]byte, limit-len(k)-1))
	check(t, tier.cache.Has(k), true)
}

// TestReplace never shows what was there before, whichever sizes follow each other.
func TestReplace(t *testing.T) {
	tier := newTier(t, nil)
	k := key("k")
	sizes := []int{0, 10, 65_000, 65_503, 65_504, 70_000, 200_000}
	for round := range 200 {
		p := payload(sizes[rand.IntN(len(sizes))], byte(round))
		tier.Save(k, entry(p))
		load(t, tier, k, p)
	}
}

// TestTorn pairs a marker with the payload of another write, and with none.
func TestTorn(t *testing.T) {
	tier := newTier(t, nil)
	k := key("k")
	tier.Save(k, entry(payload(70_000, 'a')))
	marker := tier.cache.Get(nil, k)
	tier.Save(k, entry(payload(70_000, 'b')))
	tier.cache.Set(k, marker)
	load(t, tier, k, nil)
	tier.Save(k, entry(payload(70_000, 'c')))
	tier.cache.Del(bigKeyOf(nil, k))
	load(t, tier, k, nil)
}

// TestForeign looks at entries of other processes, and at what others keep in a cache
// that is shared: none of it is an entry of ours, and none of it hurts.
func TestForeign(t *testing.T) {
	shared := fastcache.New(roomy)
	defer shared.Reset()
	tier := newTier(t, shared)
	k := key("k")
	for _, n := range []int{5, 70_000} {
		tier.Save(k, entry(payload(n, 'x')))
		old := epoch
		epoch ^= 0x100 // as after a restart, with the cache from a file
		load(t, tier, k, nil)
		_, _, status, _ := tier.Get(nil, k)
		check(t, status, runtime.Miss)
		check(t, tier.Drop(k, 0), false)
		epoch = old
	}
	for n := range 64 {
		for _, fill := range []byte{0, 1, 3, 0xff} {
			shared.Set(k, payload(n, fill))
			load(t, tier, k, nil)
			_, _, status, _ := tier.Get(nil, k)
			check(t, status, runtime.Miss)
		}
	}
	// What others keep beside ours, in the form of fastcache's own big entries.
	mine := payload(70_000, 'm')
	tier.Save(k, entry(mine))
	shared.Set([]byte("theirs"), bytes.Repeat([]byte{0xff}, 16))
	shared.SetBig([]byte("their big one"), payload(100_000, 't'))
	shared.Set(bytes.Repeat([]byte{7}, 16), bytes.Repeat([]byte{0xff}, 16))
	load(t, tier, k, mine)
	load(t, tier, []byte("theirs"), nil)
}

// TestShared gives two tiers one cache. Closing a tier does not empty it.
func TestShared(t *testing.T) {
	shared := fastcache.New(smallest)
	defer shared.Reset()
	a, b := newTier(t, shared), newTier(t, shared)
	a.Save([]byte("\x00cache--ak"), entry([]byte("a")))
	b.Save([]byte("\x00cache--bk"), entry([]byte("b")))
	load(t, a, []byte("\x00cache--ak"), []byte("a"))
	load(t, b, []byte("\x00cache--bk"), []byte("b"))
	a.Close()
	load(t, b, []byte("\x00cache--bk"), []byte("b"))

	own := newTier(t, nil)
	own.Save(key("k"), entry([]byte("v")))
	own.Close()
	load(t, own, key("k"), nil)
}

// TestConcurrent writes, reads and drops keys at once: what is read is whole.
func TestConcurrent(t *testing.T) {
	tier := newTier(t, nil)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			var buf [256]byte
			for i := range 84 {
				k := key(fmt.Sprint(i % 7))
				switch (i + g) % 4 {
				case 0:
					tier.Save(k, entry(bytes.Repeat([]byte{byte(i % 7)}, 100)))
				case 1:
					tier.Save(k, entry(bytes.Repeat([]byte{byte(i % 7)}, 70_000)))
				case 2:
					tier.Drop(k, 0)
				}
				e, _ := tier.Load(nil, k)
				b, scratch, _, _ := tier.Get(buf[:0], k)
				for _, got := range [][]byte{e.Payload, b} {
					if n := len(got); n > 0 && (n != 100 && n != 70_000 || bytes.Count(got, []byte{byte(i % 7)}) != n) {
						t.Errorf("%d bytes of another value", n)
					}
				}
				scratch.Free()
			}
		})
	}
	wg.Wait()
}

func TestGetAllocs(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	tier := New(nil, roomy, runtime.NewTimebase(nil))
	defer tier.Close()
	tier.Save(key("k"), runtime.MemoryEntry{Payload: payload(100, 'x'), Stale: runtime.Never - 1, Expire: runtime.Never - 1})
	n := testing.AllocsPerRun(100, func() {
		var kb [16]byte
		var buf [256]byte
		b, _, status, _ := tier.Get(buf[:0], append(kb[:0], "\x00fingerprk"...))
		if status != runtime.Hit || len(b) != 100 {
			t.Errorf("%v, %d bytes", status, len(b))
		}
		if _, _, status, _ := tier.Get(buf[:0], append(kb[:0], "\x00fingerprnone"...)); status != runtime.Miss {
			t.Errorf("%v", status)
		}
	})
	check(t, n, 0.0)
}

func BenchmarkGet(b *testing.B) {
	tier := New(nil, smallest, runtime.NewTimebase(nil))
	defer tier.Close()
	k := key("k")
	tier.Save(k, runtime.MemoryEntry{Payload: payload(200, 'x'), Stale: runtime.Never - 1, Expire: runtime.Never - 1})
	var buf [512]byte
	for b.Loop() {
		if _, _, status, _ := tier.Get(buf[:0], k); status != runtime.Hit {
			b.Fatal(status)
		}
	}
}
