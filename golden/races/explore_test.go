package races

import (
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/VictoriaMetrics/fastcache"
	"go.uber.org/goleak"

	detector "github.com/cachegen/cachegen/internal/race"
	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is a cache over tiers that take their time.
type fixture struct {
	cache cache
	tiers []*tier
	evict func(key int64) // from memory, as fastcache would

	reloads bool // stale values in the background
}

// layout makes a fixture. Its memory may be shared with fixtures before it:
// schedules have keys of their own.
type layout func(memory *fastcache.Cache, opts runtime.Options) (*fixture, error)

func pair(memory *fastcache.Cache, opts runtime.Options) (*fixture, error) {
	far := newTier(1)
	c, err := NewPair(PairConfig{Memory: memory, Far: far, Options: opts})
	return &fixture{c, []*tier{far}, func(key int64) { memory.Del(appendPairKey(nil, key)) }, false}, err
}

func line(memory *fastcache.Cache, opts runtime.Options) (*fixture, error) {
	far := newTier(1)
	c, err := NewLine(LineConfig{Memory: memory, Far: far, Options: opts})
	return &fixture{c, []*tier{far}, func(key int64) { memory.Del(appendLineKey(nil, key)) }, false}, err
}

func fresh(memory *fastcache.Cache, opts runtime.Options) (*fixture, error) {
	far := newTier(1)
	c, err := NewFresh(FreshConfig{Memory: memory, Far: far, Options: opts})
	return &fixture{c, []*tier{far}, func(key int64) { memory.Del(appendFreshKey(nil, key)) }, true}, err
}

func nest(memory *fastcache.Cache, opts runtime.Options) (*fixture, error) {
	near, far := newTier(1), newTier(2)
	c, err := NewNest(NestConfig{Memory: memory, Near: near, Far: far, Options: opts})
	return &fixture{c, []*tier{near, far}, func(key int64) { memory.Del(appendNestKey(nil, key)) }, false}, err
}

func rush(memory *fastcache.Cache, opts runtime.Options) (*fixture, error) {
	near, far := newTier(1), newTier(2)
	c, err := NewRush(RushConfig{Memory: memory, Near: near, Far: far, Options: opts})
	return &fixture{c, []*tier{near, far}, func(key int64) { memory.Del(appendRushKey(nil, key)) }, false}, err
}

func deep(_ *fastcache.Cache, opts runtime.Options) (*fixture, error) {
	near, far := newTier(1), newTier(2)
	c, err := NewDeep(DeepConfig{Near: near, Far: far, Options: opts})
	return &fixture{c, []*tier{near, far}, func(int64) {}, false}, err
}

// everywhere are all layouts with memory.
var everywhere = []layout{pair, line, nest, rush}

// explorer runs the schedules of a race.
type explorer struct {
	race
	memory *fastcache.Cache
	hits   int // reads that got a value: without any there is nothing to find
}

// explore runs n schedules from a seed on, each a function of its seed alone,
// and returns the hashes of their histories, or the first that breaks the promise.
//
// Schedules that share a bubble share a cache too, since making its fence takes
// longer than a schedule; they use different keys.
func (e *explorer) explore(t *testing.T, first uint64, n int) (hashes []uint64, wrong error) {
	layouts := e.layouts
	if layouts == nil {
		layouts = everywhere
	}
	for each := range batches(n, e.closes) {
		synctest.Test(t, func(t *testing.T) {
			f, err := layouts[(first+uint64(each.from))/batch%uint64(len(layouts))](e.memory, runtime.Options{Logger: quiet})
			if err != nil {
				t.Fatal(err)
			}
			for i := each.from; i < each.to && wrong == nil; i++ {
				s := newSchedule(f, first+uint64(i))
				e.play(s)
				s.settle()
				wrong = e.judge(s)
				hashes = append(hashes, s.hash())
			}
			if err := f.cache.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
		if wrong != nil {
			break
		}
	}
	return hashes, wrong
}

// judge returns why a schedule breaks the promise.
func (e *explorer) judge(s *schedule) error {
	what := s.check()
	if what == "" && e.agree {
		what = s.agreed()
	}
	for _, r := range s.reads {
		if r.version != 0 {
			e.hits++
		}
	}
	if what == "" {
		return nil
	}
	return fmt.Errorf("seed %d of %T: %s\nwrites %+v\nreads %+v", s.seed, s.cache, what, s.writes, s.reads)
}

var quiet = slog.New(slog.DiscardHandler)

// batch is how many schedules run in one bubble.
const batch = 200

type span struct{ from, to int }

// batches divides n schedules. Those that close their cache are alone.
func batches(n int, alone bool) func(yield func(span) bool) {
	size := batch
	if alone {
		size = 1
	}
	return func(yield func(span) bool) {
		for from := 0; from < n && yield(span{from, min(from+size, n)}); from += size {
		}
	}
}

// seeds is how many schedules each race is to stand.
func seeds(t *testing.T) int {
	if s := os.Getenv("SEEDS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("SEEDS: %v", err)
		}
		return n
	}
	if detector.Enabled || testing.Short() {
		return 2_000
	}
	return 100_000
}

// TestRaces holds every race to the promise of Set and Delete in many schedules.
func TestRaces(t *testing.T) {
	n := seeds(t)
	for _, r := range races {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			e := explorer{race: r, memory: fastcache.New(32 << 20)}
			defer e.memory.Reset()
			if _, err := e.explore(t, 1, n); err != nil {
				t.Fatal(err)
			}
			if e.hits < n/4 {
				t.Errorf("%d reads of %d schedules got a value: this looks at nothing", e.hits, n)
			}
		})
	}
}

// TestSame runs schedules twice: what happens is a function of the seed, so a
// seed that fails can be run again.
func TestSame(t *testing.T) {
	const n = 500
	for _, r := range races {
		t.Run(r.name, func(t *testing.T) {
			e := explorer{race: r, memory: fastcache.New(32 << 20)}
			defer e.memory.Reset()
			one, err := e.explore(t, 1, n)
			if err != nil {
				t.Fatal(err)
			}
			e.memory.Reset() // the same keys again
			two, err := e.explore(t, 1, n)
			if err != nil {
				t.Fatal(err)
			}
			distinct := map[uint64]bool{}
			for i := range one {
				distinct[one[i]] = true
				if one[i] != two[i] {
					t.Errorf("seed %d: two runs differ", i+1)
				}
			}
			if len(distinct) < n*9/10 {
				t.Errorf("only %d of %d schedules differ", len(distinct), n)
			}
		})
	}
}
