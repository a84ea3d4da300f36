package fasttier

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/cachegen/cachegen/internal/race"
	"github.com/cachegen/cachegen/runtime"
)

// TestLong reads entries of all lengths in any order, with room for few of them, and holds
// two at a time: each is whole for as long as it is not freed.
func TestLong(t *testing.T) {
	tier := newTier(t, nil)
	sizes := []int{0, 10, 236, 237, 1000, 20_000, 65_000, 65_503, 65_504, 70_000, 300_000}
	for i, n := range sizes {
		tier.Save(key(string(rune('a'+i))), entry(payload(n, byte(i))))
	}
	type held struct {
		i int
		b []byte
		s *Scratch
	}
	var last held
	for range 3000 {
		// Now many short ones in a row, now long ones among them.
		i := rand.IntN(len(sizes))
		if !tier.long.Load() || rand.IntN(40) > 0 {
			i = rand.IntN(3)
		}
		b, s, status, _ := tier.Get(make([]byte, 0, 256), key(string(rune('a'+i))))
		if status == runtime.Miss {
			if sizes[i] < limit-100 {
				t.Fatalf("%d bytes are not found", sizes[i])
			}
			continue // until it is known that there are big ones
		}
		if last.b != nil && !bytes.Equal(last.b, payload(sizes[last.i], byte(last.i))) {
			t.Fatalf("the %d bytes held have changed", sizes[last.i])
		}
		if !bytes.Equal(b, payload(sizes[i], byte(i))) {
			t.Fatalf("%d bytes of another entry, want %d", len(b), sizes[i])
		}
		last.s.Free()
		last = held{i, b, s}
	}
}

// TestLongInstants compares what a Scratch is used for with the clock as all else is.
func TestLongInstants(t *testing.T) {
	tier := newTier(t, nil)
	for _, n := range []int{5000, 100_000} {
		k, want := key("k"), payload(n, 'x')
		for _, e := range []runtime.MemoryEntry{
			{Payload: want, Stale: 2000, Expire: 3000},
			{Payload: want, Stale: 2000, Expire: 3000, Eager: 1500},
		} {
			tier.Save(k, e)
			for tick, want := range map[int64]runtime.Status{1499: runtime.Hit, 1500: runtime.Hit, 1999: runtime.Hit, 2000: runtime.Stale, 2999: runtime.Stale, 3000: runtime.Miss} {
				tier.at(tick)
				tier.long.Store(true)
				b, s, status, now, due := tier.GetEager(nil, k)
				check(t, status, want)
				check(t, now, tick)
				check(t, due, e.Eager != 0 && want == runtime.Hit && tick >= e.Eager)
				check(t, len(b), map[bool]int{true: n}[want != runtime.Miss])
				check(t, s != nil, want != runtime.Miss)
				s.Free()
			}
		}
		tier.Save(k, runtime.MemoryEntry{Absent: true, Stale: 2000, Expire: 3000})
		tier.at(0)
		_, s, status, _, _ := tier.GetEager(nil, k)
		check(t, status, runtime.Miss)
		check(t, s, nil)
	}
}

// TestSeldom goes back to the room of the caller when that has been enough for a while, and
// not before.
func TestSeldom(t *testing.T) {
	tier := newTier(t, nil)
	tier.Save(key("short"), entry(payload(100, 's')))
	tier.Save(key("long"), entry(payload(1000, 'l')))
	get := func(name string) {
		_, s, status, _ := tier.Get(make([]byte, 0, 256), key(name))
		check(t, status, runtime.Hit)
		s.Free()
	}
	get("short")
	check(t, tier.long.Load(), false)
	get("long")
	check(t, tier.long.Load(), true)
	get("short")
	check(t, tier.long.Load(), true)

	s := &Scratch{home: &tier.scratch} // one for all, whichever the pool would have
	for range 2 {
		for range seldom - 1 {
			tier.measure(s, false)
		}
		check(t, tier.long.Load(), true)
		tier.measure(s, true)
	}
	for range seldom {
		tier.measure(s, false)
	}
	check(t, tier.long.Load(), false)
}

// TestLongAllocs holds long entries to no memory of their own, read and written.
func TestLongAllocs(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector has pools forget")
	}
	for _, n := range []int{1000, 5000, 60_000, 100_000, 1 << 20} {
		tier := newTier(t, nil)
		k, want := key("k"), payload(n, 'x')
		tier.Save(k, entry(want))
		var buf [256]byte
		tier.Get(buf[:0], k) // and finds out
		check(t, testing.AllocsPerRun(100, func() {
			b, s, _, _ := tier.Get(buf[:0], k)
			check(t, len(b), n)
			s.Free()
		}), 0)
		if n < limit { // of those that are larger, fastcache cuts pieces from chunks that it allocates
			check(t, testing.AllocsPerRun(100, func() { tier.Save(k, entry(want)) }), 0)
		}
	}
}

// TestWhole saves entries that have room in front of their payload, of all kinds and
// lengths, and keeps nothing of what it was given.
func TestWhole(t *testing.T) {
	tier := newTier(t, nil)
	k := key("k")
	for i, n := range []int{1, 10, 237, 1000, 65_480, 65_503, 65_504, 70_000, 300_000} {
		for _, e := range []runtime.MemoryEntry{{Stale: 2000, Expire: 3000}, {Stale: 2000, Expire: 3000, Eager: 1500}} {
			want := payload(n, byte(i))
			e.Whole = append(bytes.Repeat([]byte{0xee}, runtime.MemoryFront), want...)
			e.Payload = e.Whole[runtime.MemoryFront:]
			tier.Save(k, e)
			clear(e.Whole)
			got, ok := tier.Load(nil, k)
			check(t, ok && bytes.Equal(got.Payload, want), true)
			check(t, got.Stale == 2000 && got.Expire == 3000 && got.Eager == e.Eager, true)
		}
	}
}
