package fasttier

import (
	"bytes"
	"testing"
	"time"

	"github.com/VictoriaMetrics/fastcache"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// smallest is the least that a fastcache takes.
const smallest = 32 << 20

// handClock is a runtime.Clock that stands still until it is set.
type handClock struct{ t time.Time }

func (c *handClock) Now() time.Time { return c.t }

// roomy is enough that nothing is evicted in these tests: the smallest has a single
// chunk of 64 KiB for each of its 512 buckets, so parts of a big entry can evict each
// other.
const roomy = 256 << 20

// newTier returns a tier over cache, or over an own one, at tick 1000.
func newTier(t testing.TB, cache *fastcache.Cache) *Tier {
	t.Helper()
	tier := New(cache, roomy, runtime.NewTimebase(&handClock{time.Unix(0, 1000)}))
	t.Cleanup(tier.Close)
	return tier
}

// at sets the tick of the clock.
func (t *Tier) at(tick int64) { t.time = runtime.NewTimebase(&handClock{time.Unix(0, tick)}) }

// entry is one that lives for ever.
func entry(payload []byte) runtime.MemoryEntry {
	return runtime.MemoryEntry{Payload: payload, Stale: runtime.Never, Expire: runtime.Never}
}

// payload returns n bytes that say which they are.
func payload(n int, fill byte) []byte {
	b := bytes.Repeat([]byte{fill}, n)
	for i := 0; i+8 < n; i += 1000 {
		b[i] = byte(i / 1000)
	}
	return b
}

// key returns a key of the length that generated ones have.
func key(name string) []byte { return []byte("\x00fingerpr" + name) }

func check[T comparable](t testing.TB, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
