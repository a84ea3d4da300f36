package races

import (
	"context"
	"testing/synctest"
	"time"

	"github.com/cachegen/cachegen/runtime"
)

// old puts an entry into the tiers outside the process, as if it had been there
// for long: into all of them or only the last. It lives for the given times.
func (s *schedule) old(stale, expire time.Duration) {
	ctx, _ := s.hasty()
	e := runtime.Entry[Item]{Status: runtime.Hit, StaleAt: s.start.Add(stale), ExpireAt: s.start.Add(expire)}
	e.Value = s.item(s.version(value{dies: expire}))
	s.prepare(ctx, e)
}

// gone is old with an absence.
func (s *schedule) gone() {
	ctx, _ := s.hasty()
	s.values[absent] = value{}
	s.prepare(ctx, runtime.Entry[Item]{Status: runtime.Absent})
}

func (s *schedule) prepare(ctx context.Context, e runtime.Entry[Item]) {
	if err := s.cache.Store(ctx, s.key, e); err != nil {
		s.fault(err.Error())
	}
	synctest.Wait() // for losers of a race
	s.evict(s.key)
	if len(s.tiers) > 1 && mix(s.seed)&1 == 0 {
		s.tiers[0].Clear()
	}
}

// settle waits until all is over, and reads what has been left in memory and
// behind it.
func (s *schedule) settle() {
	s.users.Wait()
	if s.closed.Load() {
		time.Sleep(time.Second)
		return
	}
	time.Sleep(time.Second)
	s.calm.Store(true) // a repair that has timed out until now succeeds
	time.Sleep(2 * time.Second)
	ctx, a := s.hasty()
	s.look(ctx, a)
	s.evict(s.key)
	s.look(ctx, a)
	s.evict(s.key)
	for _, t := range s.tiers {
		t.Clear()
	}
}
