package races

import (
	"context"
	"time"

	"github.com/cachegen/cachegen/runtime"
)

// race is something that can go wrong between a cache's tiers and its users.
type race struct {
	name    string
	play    func(s *schedule)
	layouts []layout // nil: all with memory
	agree   bool     // reads after the last write must not differ
	closes  bool     // each schedule closes its cache
	// Each line is remedies without which it goes wrong; those of one line stand in
	// for each other, and are switched off together.
	without [][]string
}

var races = []race{
	{name: "R1-refill-after-delete", play: refillAfterDelete, without: [][]string{{"Generations"}}},
	// Either of the order of removal and the refusal of refills meanwhile is
	// enough; a refill that comes after the removal is the second move's.
	{name: "R2-refill-during-delete", play: refillDuringDelete, without: [][]string{{"SecondMove"}, {"FarFirst", "Quiet"}}},
	{name: "R6-reload-after-set", play: reload((*schedule).set), layouts: append(everywhere, fresh), without: [][]string{{"Generations"}, {"Claims"}}},
	{name: "R7-reload-after-delete", play: reload((*schedule).remove), layouts: append(everywhere, fresh), without: [][]string{{"Generations"}, {"Claims"}}},
	{name: "R8-write-left-behind", play: writeLeftBehind, without: [][]string{{"Marks"}}},
	{name: "R8-two-writers", play: twoWriters, agree: true, layouts: []layout{pair}, without: [][]string{{"Turns"}}},
	{name: "R13-older-load-joined", play: olderLoad, without: [][]string{{"Flights"}, {"Claims"}}},
	{name: "R14-absence-over-value", play: absenceOverValue, layouts: append(everywhere, fresh), without: [][]string{{"Generations"}, {"Claims"}}},
	{name: "R15-life-prolonged", play: lifeProlonged, without: [][]string{{"Instants"}}},
	{name: "R16-failing-tier-preferred", play: failingTier, layouts: []layout{nest, rush}, without: [][]string{{"Onward"}}},
	{name: "R19-close-during-refill", play: closeDuringRefill, layouts: []layout{deep}, closes: true, without: [][]string{{"Drain"}}},
	{name: "R20-refill-after-eviction", play: refillAfterEviction, without: [][]string{{"Generations"}}},
}

// reader reads twice.
func reader(s *schedule) {
	s.run(func(ctx context.Context, a *actor) {
		s.get(ctx, a)
		a.rest(3)
		s.get(ctx, a)
	})
}

// refillAfterDelete reads what a tier outside has while it is deleted.
func refillAfterDelete(s *schedule) {
	s.old(life, life)
	reader(s)
	reader(s)
	s.run(s.remove)
}

// refillDuringDelete has readers come while a value is deleted.
func refillDuringDelete(s *schedule) {
	s.old(life, life)
	s.run(s.remove)
	for range 3 {
		s.run(s.get)
	}
}

// refillAfterEviction sets a value while the old one is read, and memory forgets
// it: that there is nothing in memory does not mean that nothing has happened.
func refillAfterEviction(s *schedule) {
	s.old(life, life)
	reader(s)
	s.run(s.set)
	s.run(func(_ context.Context, a *actor) {
		a.rest(3)
		s.evict(s.key)
	})
}

// reload has a value reloaded, by GetOrLoad or by hand, while it is written. By
// hand means to look it up, to load, and to store what one has in place of the
// stale value that was to be refilled: what the user of a cache that serves stale
// values does himself. A cache with on-stale=offload does it itself: GetOrLoad has
// returned the stale value while its key is being reloaded.
func reload(write func(*schedule, context.Context, *actor)) func(*schedule) {
	return func(s *schedule) {
		byHand := !s.reloads && mix(s.seed)>>1&1 == 0
		if byHand || s.reloads {
			s.old(0, life)
		}
		s.run(func(ctx context.Context, a *actor) {
			if !byHand {
				s.load(ctx, a)
				return
			}
			looked := s.since()
			e := s.look(ctx, a)
			if e.ReadMode != runtime.Refill {
				return
			}
			time.Sleep(a.moment(own)) // the load
			now := s.since()
			e.Value = s.item(s.version(value{loaded: true, begun: looked, dies: now + life}))
			e.StaleAt, e.ExpireAt = s.start.Add(now+life/2), s.start.Add(now+life)
			s.store(ctx, a, e)
		})
		s.run(func(ctx context.Context, a *actor) { write(s, ctx, a) })
		reader(s)
	}
}

// writeLeftBehind has a writer lose patience and write or delete again: what he has
// left behind may come later than that, and so may the loser of a write=race.
func writeLeftBehind(s *schedule) {
	s.run(func(ctx context.Context, a *actor) {
		impatient, cancel := context.WithTimeout(ctx, a.moment(own))
		s.set(impatient, a)
		cancel()
		if a.coin(2) {
			s.remove(ctx, a)
		} else {
			s.set(ctx, a)
		}
	})
	s.run(func(ctx context.Context, a *actor) {
		for range 2 {
			a.rest(2)
			s.get(ctx, a)
		}
	})
}

// twoWriters write at the same time: all tiers must agree on who was last.
func twoWriters(s *schedule) {
	s.run(s.set)
	s.run(s.set)
	reader(s)
}

// olderLoad has callers share loads while the key is written.
func olderLoad(s *schedule) {
	for range 3 {
		s.run(func(ctx context.Context, a *actor) {
			a.rest(2)
			s.load(ctx, a)
		})
	}
	s.run(func(ctx context.Context, a *actor) {
		if a.coin(2) {
			s.remove(ctx, a)
		} else {
			s.set(ctx, a)
		}
	})
}

// absenceOverValue looks up a remembered absence and stores it in front while a
// value is set. A cache with absent= has the absence from a loader, in the
// background where a stale value is there.
func absenceOverValue(s *schedule) {
	if s.reloads {
		if mix(s.seed)>>1&1 == 0 {
			s.old(0, life)
		}
		s.run(s.miss)
		s.run(s.set)
		reader(s)
		return
	}
	s.gone()
	s.run(func(ctx context.Context, a *actor) {
		if e := s.look(ctx, a); e.ReadMode == runtime.Refill {
			a.rest(1)
			s.store(ctx, a, e)
		}
	})
	s.run(s.set)
	reader(s)
}

// lifeProlonged reads a value in all of its life and after it.
func lifeProlonged(s *schedule) {
	s.old(2*time.Second, 4*time.Second)
	for range 2 {
		s.run(func(ctx context.Context, a *actor) {
			for range 2 {
				a.rest(40)
				s.get(ctx, a)
			}
		})
	}
}

// failingTier reads past a tier that fails, takes too long, or has a value that is
// about to die, to one that has a fresh value. It is what a composition that asks
// its tiers in turn can get wrong; one that asks both at once is played likewise.
func failingTier(s *schedule) {
	s.old(moment, 2*moment)
	near := s.tiers[0].Entries()
	s.old(life, life)
	s.tiers[0].Clear()
	for key, raw := range near {
		s.tiers[0].Put(key, raw)
	}
	failing := func(tier int, drawn time.Duration) bool { return tier == 1 && drawn%3 == 0 }
	s.failing.Store(&failing) // a repair of the set-up can be asking
	for range 2 {
		s.run(func(ctx context.Context, a *actor) {
			for range 2 {
				a.rest(2)
				if e := s.look(ctx, a); e.Status == runtime.Miss {
					s.fault("a miss, or an error, in spite of a fresh value")
				}
			}
		})
	}
}

// closeDuringRefill closes a cache that has work in the background.
func closeDuringRefill(s *schedule) {
	s.old(life, life)
	s.tiers[0].Clear()
	reader(s)
	s.run(func(ctx context.Context, a *actor) {
		impatient, cancel := context.WithTimeout(ctx, a.moment(own))
		defer cancel()
		s.load(impatient, a)
	})
	s.run(func(ctx context.Context, a *actor) {
		a.rest(4)
		if err := s.cache.Close(ctx); err != nil {
			s.fault(err.Error())
		}
		s.closed.Store(true)
	})
}
