package fasttier

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	gort "runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/VictoriaMetrics/fastcache"
	"github.com/cespare/xxhash/v2"

	"github.com/cachegen/cachegen/internal/race"
	"github.com/cachegen/cachegen/runtime"
)

// fronted returns a tier whose front has places for entries of such a payload.
func fronted(t testing.TB, payload int) *Tier {
	t.Helper()
	tier := newTier(t, nil)
	if tier.front.fitting(len(key("k")), header+payload) == nil {
		t.Fatal("no front for entries of that length")
	}
	return tier
}

// holds reports whether the entry under a key is in front.
func (f *front) holds(k []byte) bool {
	t, h := f.table.Load(), xxhash.Sum64(k)
	if t == nil || t.place(h)[hashWord].Load() != h {
		return false
	}
	_, ok := t.place(h).read(make([]byte, 0, 1024), k)
	return ok
}

// get returns the payload that a hit of generated code has.
func get(t *Tier, k []byte) (string, runtime.Status) {
	var buf [1024]byte
	b, s, status, _ := t.Get(buf[:0], k)
	defer s.Free()
	return string(b), status
}

// The first of an empty place is in front at once, whatever its length, and what replaces or removes
// it takes it away.
func TestFront(t *testing.T) {
	tier := fronted(t, 300)
	for n := 1; n < 300; n++ {
		k := key(strings.Repeat("k", n%40))
		want := string(payload(n, byte(n)))
		tier.Save(k, entry([]byte(want)))
		for _, from := range []string{"fastcache", "front"} {
			if got, status := get(tier, k); status != runtime.Hit || got != want {
				t.Fatalf("%d bytes from %s: %v %q", n, from, status, got)
			}
			check(t, tier.front.holds(k), true)
			tier.cache.Del(k) // as if evicted
		}
		room := make([]byte, header+n)
		if e, _ := tier.Load(room[:0], k); &e.Payload[0] != &room[header] {
			t.Fatalf("%d bytes are not read into the room that there is for them", n)
		}
		load(t, tier, k, []byte(want))
		switch n % 3 {
		case 0:
			check(t, tier.Drop(k, 0), true)
			check(t, tier.Drop(k, 0), false)
			want = ""
		case 1:
			want = "another value"
			tier.Save(k, entry([]byte(want)))
		case 2:
			want = string(payload(70_000, 'b'))
			tier.Save(k, entry([]byte(want)))
		}
		check(t, tier.front.holds(k), false)
		if e, ok := tier.Load(nil, k); string(e.Payload) != want || ok != (want != "") {
			t.Fatalf("after a change of %d bytes: %d bytes, %t", n, len(e.Payload), ok)
		}
		tier.Drop(k, 0)
	}
}

// An entry in front has the life that it had.
func TestFrontInstants(t *testing.T) {
	tier, k := fronted(t, 10), key("k")
	tier.Save(k, runtime.MemoryEntry{Payload: []byte("v"), Stale: 2000, Expire: 3000, Eager: 1500})
	for tick, want := range map[int64]runtime.Status{1499: runtime.Hit, 1500: runtime.Hit, 2000: runtime.Stale, 2999: runtime.Stale, 3000: runtime.Miss} {
		tier.at(tick)
		var buf [64]byte
		_, _, status, now, due := tier.GetEager(buf[:0], k)
		check(t, status, want)
		check(t, now, tick)
		check(t, due, tick == 1500)
		check(t, tier.front.holds(k), true)
		tier.cache.Del(k)
	}
	check(t, tier.Drop(k, 3000), false)

	tier.Save(k, runtime.MemoryEntry{Absent: true, Stale: runtime.Never, Expire: runtime.Never})
	for range 2 {
		e, ok := tier.Load(make([]byte, 0, 64), k)
		check(t, ok && e.Absent, true)
		_, status := get(tier, k)
		check(t, status, runtime.Miss)
		check(t, tier.front.holds(k), true)
		tier.cache.Del(k)
	}
}

// What is in front only, since fastcache has evicted it, is removed like all else, also while
// another entry of its stripe is written; and who writes waits for his turn.
func TestFrontRemoved(t *testing.T) {
	tier := fronted(t, 100)
	keys := tier.front.rivals(2)
	k := keys[0]
	tier.Save(k, entry([]byte("v")))
	get(tier, k)
	tier.cache.Del(k) // as if evicted
	check(t, tier.front.holds(k), true)

	s, p := tier.front.begin(keys[1])
	check(t, p == nil, true) // of another key
	removed := make(chan bool)
	go func() { removed <- tier.Drop(k, 0) }()
	for range 1000 {
		gort.Gosched()
	}
	select {
	case <-removed:
		t.Fatal("removed while another one wrote")
	default:
	}
	s.end()
	check(t, <-removed, true)
	_, status := get(tier, k)
	check(t, status, runtime.Miss)
}

// What was read from the fastcache before a change does not come to the front after it, nor
// does it stay there if it came to other places meanwhile.
func TestFrontLate(t *testing.T) {
	tier, k := fronted(t, 100), key("k")
	h := xxhash.Sum64(k)
	late := func(change func()) {
		t.Helper()
		tier.Save(k, entry([]byte("old")))
		number := tier.front.locks[h%stripes].number.Load()
		old, _ := tier.cache.HasGet(nil, k)
		change()
		tier.front.offer(number, h, k, old)
		check(t, tier.front.holds(k), false)
	}
	late(func() { tier.Save(k, entry([]byte("new"))) })
	late(func() { tier.Drop(k, 0) })
	late(func() { tier.Drop(k, 0); tier.Save(k, entry([]byte("new"))) })
	late(func() { tier.Save(k, entry(payload(70_000, 'b'))) })
	late(tier.Close)
	_, status := get(tier, k)
	check(t, status, runtime.Miss)

	tier = fronted(t, 100)
	tier.Save(k, entry([]byte("old")))
	old, _ := tier.cache.HasGet(nil, k)
	s, _ := tier.front.begin(k)
	saved := make(chan bool)
	go func() {
		tier.Save(k, entry([]byte("new")))
		close(saved)
	}()
	for range 1000 {
		gort.Gosched() // until it waits, most likely
	}
	others := tier.front.newPlaces(len(k), 200)
	others.place(h).write(h, k, old)
	tier.front.table.Store(others)
	s.end()
	<-saved
	got, _ := get(tier, k)
	check(t, got, "new")
}

// Two keys of one hash are two keys.
func TestFrontKeys(t *testing.T) {
	tier, k := fronted(t, 100), key("k")
	h := xxhash.Sum64(k)
	b := append(appendHeader(nil, kindValue, entry(nil)), "of another key"...)
	tier.front.table.Load().place(h).write(h, key("K"), b)
	_, status := get(tier, k)
	check(t, status, runtime.Miss)
	tier.Save(k, entry([]byte("v")))
	got, _ := get(tier, k)
	check(t, got, "v")
}

// Whoever has a place gets ahead by each of its own look-ups that counts, up to a bound,
// and falls back by each of another.
func TestFrontVotes(t *testing.T) {
	tier := fronted(t, 100)
	keys := tier.front.rivals(2)
	for _, k := range keys {
		tier.Save(k, entry(k))
	}
	for range 1000 {
		get(tier, keys[0])
	}
	p := tier.front.table.Load().place(0)
	check(t, p[aheadWord].Load(), hottest)
	other, _ := tier.cache.HasGet(nil, keys[1])
	for n := range hottest + 1 {
		check(t, tier.front.holds(keys[0]), true)
		check(t, p[aheadWord].Load(), uint64(hottest-n))
		h := xxhash.Sum64(keys[1])
		tier.front.offer(tier.front.locks[h%stripes].number.Load(), h, keys[1], other)
	}
	check(t, tier.front.holds(keys[1]), true)
}

// rivals returns keys of one place.
func (f *front) rivals(n int) [][]byte {
	t := f.table.Load()
	var keys [][]byte
	for i := 0; len(keys) < n; i++ {
		k := key(fmt.Sprintf("%05d", i))
		if &t.place(xxhash.Sum64(k))[0] == &t.place(0)[0] {
			keys = append(keys, k)
		}
	}
	return keys
}

// A place is for the key that has most of the look-ups there, and for another one when that has.
func TestFrontMajority(t *testing.T) {
	tier := fronted(t, 200)
	keys := tier.front.rivals(4)
	for _, k := range keys {
		tier.Save(k, entry(k))
	}
	for _, hot := range [][]byte{keys[2], keys[0]} {
		in := 0
		for i := range 30_000 {
			k := hot
			if rand.IntN(4) == 0 {
				k = keys[rand.IntN(len(keys))]
			}
			if got, _ := get(tier, k); got != string(k) {
				t.Fatalf("%q under %q", got, k)
			}
			if i >= 10_000 && tier.front.holds(hot) {
				in++
			}
		}
		if in < 15_000 {
			t.Errorf("the hot key was in front %d times of 20000", in)
		}
	}
}

// Places are made for what is read, and made longer if it becomes longer; what is too
// long for any is read all the same.
func TestFrontLengths(t *testing.T) {
	tier := newTier(t, nil)
	check(t, tier.front.table.Load() == nil, true) // who only writes has none
	for _, n := range []int{10, 100, 60, 400, 30} {
		for i := range 20 {
			tier.Save(key(fmt.Sprint(i)), entry(payload(n, byte(n))))
		}
		for i := range 4000 {
			if got, _ := get(tier, key(fmt.Sprint(i%20))); len(got) != n {
				t.Fatalf("%d bytes, not %d", len(got), n)
			}
		}
		in := 0
		for i := range 20 {
			if tier.front.holds(key(fmt.Sprint(i))) {
				in++
			}
		}
		if in < 10 {
			t.Errorf("%d of 20 entries of %d bytes are in front", in, n)
		}
	}
	places := tier.front.table.Load()
	for i := range 4000 {
		n := 500 + i%400
		tier.Save(key("long"), entry(payload(n, 'l')))
		if got, _ := get(tier, key("long")); len(got) != n {
			t.Fatalf("%d bytes, not %d", len(got), n)
		}
	}
	check(t, tier.front.table.Load(), places)
	if n := len(places.words) * word; n > frontMost {
		t.Errorf("the places take %d bytes", n)
	}
}

// There is no front where others may change the cache.
func TestFrontShared(t *testing.T) {
	shared := fastcache.New(smallest)
	tier := newTier(t, shared)
	tier.Save(key("k"), entry([]byte("v")))
	for range 100 {
		_, status := get(tier, key("k"))
		check(t, status, runtime.Hit)
	}
	shared.Reset()
	_, status := get(tier, key("k"))
	check(t, status, runtime.Miss)
}

// What has been replaced or removed is not seen again, by nobody who has seen what came
// after, nor by one who begins when that has ended; and all that is seen is whole. The keys share a
// place, so each comes to the front again and again, and now and then there are other places.
func TestFrontOrder(t *testing.T) {
	tier := fronted(t, 200)
	keys := tier.front.rivals(3)
	var written [3]atomic.Uint64 // numbers of changes that have ended
	var over atomic.Bool
	var writers, readers sync.WaitGroup
	changes := 20_000
	if race.Enabled {
		changes = 3000
	}
	for i, k := range keys {
		writers.Go(func() {
			value := make([]byte, 200)
			for n := uint64(1); n <= uint64(changes); n++ {
				if n%8 == 0 {
					tier.Drop(k, 0)
				} else {
					for at := 0; at < len(value); at += word {
						binary.LittleEndian.PutUint64(value[at:], n)
					}
					tier.Save(k, entry(value))
				}
				written[i].Store(n)
				for range rand.IntN(30) {
					get(tier, k) // which brings it to the front
				}
				if rand.IntN(4) == 0 {
					tier.cache.Del(k) // as if evicted: it may be in front, or be missed
				}
				if i == 0 && n%500 == 0 {
					old := tier.front.table.Load()
					tier.front.table.CompareAndSwap(old, tier.front.newPlaces(len(k), header+200+int(n)%100))
				}
			}
		})
	}
	for range 3 {
		readers.Go(func() {
			var seen [3]uint64
			for !over.Load() {
				i := rand.IntN(3)
				ended := written[i].Load()
				got, status := get(tier, keys[i])
				if status == runtime.Miss {
					continue
				}
				n := binary.LittleEndian.Uint64([]byte(got))
				if len(got) != 200 || !bytes.Equal([]byte(got), bytes.Repeat([]byte(got[:word]), 200/word)) {
					t.Errorf("%d bytes of several values", len(got))
				}
				if n < seen[i] || n < ended {
					t.Errorf("value %d, having seen %d, when %d had been written", n, seen[i], ended)
				}
				seen[i] = max(n, ended)
			}
		})
	}
	writers.Wait()
	over.Store(true)
	readers.Wait()
}

// FuzzFront compares a tier with a map: each byte is a change of one of a few keys, or a
// look-up.
func FuzzFront(f *testing.F) {
	f.Add([]byte("\x00\x01\x02\x03\x40\x41\x42\x43\x80\x81\x82\x83"))
	f.Fuzz(func(t *testing.T, ops []byte) {
		tier := fronted(t, 60)
		keys := append(tier.front.rivals(3), []byte("\x00shortest"), key("a key that is much longer than the others"))
		known := map[string]string{}
		for i, op := range ops {
			k := keys[int(op&0x3f)%len(keys)]
			had := tier.cache.Has(k) || tier.front.holds(k)
			switch op >> 6 {
			case 0:
				v := strings.Repeat(fmt.Sprint(i), 1+int(op&0x3f)*len(ops)%120)
				tier.Save(k, entry([]byte(v)))
				known[string(k)] = v
			case 1:
				check(t, tier.Drop(k, 0), had)
				delete(known, string(k))
			case 2:
				tier.cache.Del(k) // as if evicted
			}
			for range 3 {
				had := tier.cache.Has(k) || tier.front.holds(k)
				if got, _ := get(tier, k); got != known[string(k)] && (got != "" || had) {
					t.Fatalf("%q under %q, want %q", got, k, known[string(k)])
				}
			}
		}
	})
}

// BenchmarkGetHot is of one key that all cores ask for.
func BenchmarkGetHot(b *testing.B) {
	for name, cache := range map[string]*fastcache.Cache{"front": nil, "fastcache": fastcache.New(smallest)} {
		b.Run(name, func(b *testing.B) {
			tier, k := New(cache, smallest, runtime.NewTimebase(nil)), key("k")
			defer tier.Close()
			tier.Save(k, entry(payload(100, 'x')))
			b.RunParallel(func(pb *testing.PB) {
				var buf [256]byte
				for pb.Next() {
					if _, _, status, _ := tier.Get(buf[:0], k); status != runtime.Hit {
						b.Error(status)
					}
				}
			})
		})
	}
}
