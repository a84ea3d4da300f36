package runtime

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

const fenceKey = "key"

// count returns how many keys have a writer, and how many a flight. There is nothing else
// in the list.
func (s stripe[V]) count() (busy, flights int) {
	lists := s.fence.held.Load()
	if lists == nil {
		return 0, 0
	}
	for h := lists[s.index]; h != nil; h = h.next {
		if h.busy {
			busy++
		}
		if h.flight != nil {
			flights++
		}
		if !h.busy && h.flight == nil {
			panic("a key that nobody holds")
		}
	}
	return busy, flights
}

// mustBegin takes a turn.
func mustBegin(t *testing.T, s stripe[item], c claim[item]) {
	t.Helper()
	if ok, err := s.begin(context.Background(), fenceKey, c); !ok || err != nil {
		t.Fatalf("no turn: %v, %v", ok, err)
	}
}

// void checks that a claim gets no turn, without waiting.
func void(t *testing.T, s stripe[item], c claim[item]) {
	t.Helper()
	if ok, err := s.begin(context.Background(), fenceKey, c); ok || err != nil {
		t.Errorf("a turn for a claim that is void: %v, %v", ok, err)
	}
}

func TestFenceIndex(t *testing.T) {
	f := newFence[item]()
	hit := map[int32]bool{}
	for i := range 10 * stripes {
		key := []byte{byte(i), byte(i >> 8), byte(i >> 16)}
		n := f.index(key)
		check(t, n, f.index(key))
		hit[n] = true
	}
	if len(hit) < stripes*99/100 {
		t.Errorf("%d keys use %d stripes of %d", 10*stripes, len(hit), stripes)
	}
}

// TestFenceTurns lets writers of one key come one at a time, however many there are,
// and writers of another key at once.
func TestFenceTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFence[item]().stripe(0)
		inside, most, done := 0, 0, 0
		for range 20 {
			go func() {
				mustBegin(t, s, claim[item]{})
				inside++ // the race detector sees to it that turns are turns
				most = max(most, inside)
				time.Sleep(time.Second)
				inside--
				done++
				s.end(fenceKey, claim[item]{})
			}()
		}
		start := time.Now()
		if ok, err := s.begin(context.Background(), "another", claim[item]{}); !ok || err != nil {
			t.Error("another key waits")
		}
		check(t, time.Since(start), 0)
		time.Sleep(20 * time.Second)
		synctest.Wait()
		check(t, most, 1)
		check(t, done, 20)
		busy, _ := s.count()
		check(t, busy, 1) // the other key: a turn that is over leaves nothing
	})
}

func TestFenceWaitEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFence[item]().stripe(0)
		mustBegin(t, s, claim[item]{})
		start := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		ok, err := s.begin(ctx, fenceKey, claim[item]{})
		check(t, ok, false)
		check(t, err, context.DeadlineExceeded)
		check(t, time.Since(start), time.Second)

		ctx, cancel = context.WithCancel(context.Background())
		time.AfterFunc(time.Second, cancel)
		_, err = s.begin(ctx, fenceKey, claim[item]{})
		check(t, err, context.Canceled)

		void(t, s, claim[item]{try: true})
		s.end(fenceKey, claim[item]{})
		mustBegin(t, s, claim[item]{try: true})
	})
}

// TestFenceGenerations moves the generation at both ends of a turn, but not for a
// refill, which writes nothing new.
func TestFenceGenerations(t *testing.T) {
	s := newFence[item]().stripe(0)
	g := s.generation()
	mustBegin(t, s, claim[item]{})
	check(t, s.generation(), g+1)
	s.end(fenceKey, claim[item]{})
	check(t, s.generation(), g+2)

	g = s.generation()
	refill := claim[item]{gen: g, try: true}
	mustBegin(t, s, refill)
	void(t, s, refill) // one at a time
	s.end(fenceKey, refill)
	check(t, s.generation(), g)
	mustBegin(t, s, refill) // it is still true

	s.end(fenceKey, refill)
	s.alone(fenceKey, claim[item]{}, func() {})
	void(t, s, refill)
	void(t, s, claim[item]{gen: g})
}

// TestFenceVoidAfterWaiting looks at a claim again when its wait is over.
func TestFenceVoidAfterWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFence[item]().stripe(0)
		refill := claim[item]{gen: s.generation()}
		mustBegin(t, s, refill)
		go void(t, s, refill) // another refill, which waits for this one
		synctest.Wait()
		s.alone("another", claim[item]{}, func() {})
		s.end(fenceKey, refill)
	})
}

// TestFenceFlights supersedes a load by every write but its own.
func TestFenceFlights(t *testing.T) {
	s := newFence[item]().stripe(0)
	round, first := s.join(fenceKey, 1)
	check(t, first != nil, true)
	same, lead := s.join(fenceKey, 1)
	check(t, lead, nil)
	check(t, same, round)
	check(t, round.waiting, 2)

	own := claim[item]{load: first}
	mustBegin(t, s, own)
	s.end(fenceKey, own)
	refill := claim[item]{gen: s.generation()}
	mustBegin(t, s, refill)
	s.end(fenceKey, refill)
	if again, _ := s.join(fenceKey, 1); again != round {
		t.Error("its own write, or a refill, has ended a load")
	}

	mustBegin(t, s, claim[item]{})
	void(t, s, own)
	_, during := s.join(fenceKey, 1)
	check(t, during != nil, true) // whoever comes while the write is under way starts anew
	s.end(fenceKey, claim[item]{})
	void(t, s, claim[item]{load: during}) // and so does who comes after it
	after, lead := s.join(fenceKey, 1)
	check(t, lead != nil, true)
	r, landed := s.land(fenceKey, first)
	check(t, landed, true)
	check(t, r, round) // who waits for a superseded load gets its result
	if again, _ := s.join(fenceKey, 1); again != after {
		t.Error("the end of a superseded load has ended another")
	}
	_, landed = s.land(fenceKey, first)
	check(t, landed, false)
}

// TestFenceConcurrency counts the loads of a key that are allowed at once, whoever
// waits for them.
func TestFenceConcurrency(t *testing.T) {
	s := newFence[item]().stripe(0)
	round, a := s.join(fenceKey, 2)
	_, b := s.join(fenceKey, 2)
	_, none := s.join(fenceKey, 2)
	check(t, a != nil && b != nil, true)
	check(t, none, nil)
	r, _ := s.land(fenceKey, a)
	check(t, r, round) // the first result is everybody's
	check(t, r.waiting, 3)
	void(t, s, claim[item]{load: a}) // it has ended

	next, c := s.join(fenceKey, 2) // one is still at work
	check(t, c != nil, true)
	check(t, next != round, true)
	_, none = s.join(fenceKey, 2)
	check(t, none, nil)
	r, _ = s.land(fenceKey, b)
	check(t, r, next) // whoever ends first
	r, landed := s.land(fenceKey, c)
	check(t, r, nil)
	check(t, landed, true)
	_, flights := s.count()
	check(t, flights, 0)
}

// TestFenceReload begins a reload once, unless somebody needs the value before.
func TestFenceReload(t *testing.T) {
	s := newFence[item]().stripe(0)
	id := []byte(fenceKey)
	p := s.reload(id)
	check(t, s.reload(id), nil)
	check(t, s.reloading(id), true)
	check(t, s.start(fenceKey, p), true)
	_, lead := s.join(fenceKey, 1)
	check(t, lead, nil)
	r, _ := s.land(fenceKey, p)
	check(t, r.waiting, 1)
	check(t, s.reloading(id), false)

	p = s.reload(id) // is overtaken
	_, lead = s.join(fenceKey, 1)
	check(t, lead != nil, true)
	check(t, s.reloading(id), false)
	check(t, s.start(fenceKey, p), false)
	s.drop(fenceKey, p)
	s.land(fenceKey, lead)

	p = s.reload(id) // is superseded
	s.alone(fenceKey, claim[item]{}, func() {})
	check(t, s.start(fenceKey, p), false)

	p = s.reload(id) // is dropped
	s.drop(fenceKey, p)
	_, flights := s.count()
	check(t, flights, 0)
}

func TestFenceQuiet(t *testing.T) {
	s := newFence[item]().stripe(0)
	ran := 0
	quiet := func(gen uint64) bool { return s.quiet([]byte(fenceKey), gen, func() { ran++ }) }
	g := s.generation()
	check(t, quiet(g), true)
	check(t, quiet(0), true)
	mustBegin(t, s, claim[item]{})
	check(t, quiet(g), false)
	check(t, quiet(s.generation()), false) // read during a write
	check(t, quiet(0), false)
	check(t, s.quiet([]byte("another"), s.generation(), func() {}), true)
	s.end(fenceKey, claim[item]{})
	check(t, quiet(g), false)
	check(t, quiet(s.generation()), true)
	check(t, ran, 3)

	check(t, s.alone(fenceKey, claim[item]{gen: g}, func() { ran++ }), false)
	check(t, s.alone(fenceKey, claim[item]{gen: s.generation()}, func() { ran++ }), true)
	_, f := s.join(fenceKey, 1)
	check(t, s.alone(fenceKey, claim[item]{load: f}, func() { ran++ }), true)
	s.alone(fenceKey, claim[item]{}, func() {})
	check(t, s.alone(fenceKey, claim[item]{load: f}, func() { ran++ }), false)
	check(t, ran, 5)
}
