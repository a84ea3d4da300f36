package ottertier

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// one is the binary form of a typed key, which nothing here goes by.
var one = []byte{0}

func itself(key int, _ []byte) int { return key }

// at is a clock that stands where it is set.
type at struct{ t time.Time }

func (a *at) Now() time.Time { return a.t }

// TestGet looks at an entry at both of its instants.
func TestGet(t *testing.T) {
	clock := &at{time.Unix(0, 0)}
	tier := New[int, int, string](10, runtime.NewTimebase(clock), itself)
	defer tier.Close()
	tier.Save(1, one, &runtime.Object[string]{Value: "timed", Stale: 100, Expire: 200})
	tier.Save(2, one, &runtime.Object[string]{Value: "endless", Stale: runtime.Never, Expire: runtime.Never})
	tier.Save(3, one, &runtime.Object[string]{Absent: true, Stale: 100, Expire: 200})
	for _, test := range []struct {
		now  int64
		key  int
		want runtime.Status
	}{
		{99, 1, runtime.Hit},
		{100, 1, runtime.Stale},
		{199, 1, runtime.Stale},
		{200, 1, runtime.Miss},
		{1 << 60, 2, runtime.Hit},
		{99, 3, runtime.Miss}, // for the slow path
		{99, 4, runtime.Miss},
	} {
		clock.t = time.Unix(0, test.now)
		if v, got := tier.Get(test.key); got != test.want || (v != nil) != (got != runtime.Miss) {
			t.Errorf("key %d at %d: %v, want %v", test.key, test.now, got, test.want)
		}
	}
	if o := tier.Load(3, one); o == nil || !o.Absent {
		t.Errorf("the absence is %+v", o)
	}
}

// TestDrop counts what was alive.
func TestDrop(t *testing.T) {
	tier := New[int, int, string](10, runtime.NewTimebase(nil), itself)
	defer tier.Close()
	for _, test := range []struct {
		now  int64
		want bool
	}{{199, true}, {200, false}} {
		tier.Save(1, one, &runtime.Object[string]{Expire: 200})
		if got := tier.Drop(1, one, test.now); got != test.want {
			t.Errorf("Drop at %d is %v", test.now, got)
		}
		if tier.Load(1, one) != nil || tier.Drop(1, one, 0) {
			t.Error("something is left")
		}
	}
}

// TestIdent asks by the binary key where that is what counts.
func TestIdent(t *testing.T) {
	tier := New[int, string, string](10, runtime.NewTimebase(nil), func(_ int, bin []byte) string { return string(bin) })
	defer tier.Close()
	bin := []byte("\x00a")
	tier.Save(1, bin, &runtime.Object[string]{Value: "v", Stale: runtime.Never, Expire: runtime.Never})
	bin[1] = 'b' // the caller's buffer
	if o := tier.Load(2, []byte("\x00a")); o == nil || o.Value != "v" {
		t.Errorf("%+v", o)
	}
	if tier.Load(1, bin) != nil {
		t.Error("the tier went by the key itself, or kept bin")
	}
	if v, status := tier.Get("\x00a"); status != runtime.Hit || *v != "v" {
		t.Error(status)
	}
}

// TestBound: more entries than it has room for make no more of them.
func TestBound(t *testing.T) {
	const room = 100
	tier := New[int, int, int](room, runtime.NewTimebase(nil), itself)
	for i := range 50 * room {
		tier.Save(i, one, &runtime.Object[int]{Value: i, Stale: runtime.Never, Expire: runtime.Never})
	}
	tier.cache.CleanUp()
	if n := tier.cache.EstimatedSize(); n == 0 || n > room {
		t.Errorf("%d entries", n)
	}
	tier.Close()
	if n := tier.cache.EstimatedSize(); n != 0 {
		t.Errorf("%d entries after Close", n)
	}
}

// TestRaw: raw keys are told apart by their bytes, since there is no typed key, and
// are never those of typed calls.
func TestRaw(t *testing.T) {
	tier := New[int, int, string](10, runtime.NewTimebase(nil), itself)
	defer tier.Close()
	a, b := []byte("\x04a"), []byte("\x04b")
	if tier.Load(0, a) != nil || tier.Drop(0, a, 0) {
		t.Error("there is something before anything was saved")
	}
	for value, key := range map[string][]byte{"a": a, "b": b, "typed": one} {
		tier.Save(0, key, &runtime.Object[string]{Value: value, Stale: runtime.Never, Expire: runtime.Never})
	}
	for value, key := range map[string][]byte{"a": a, "b": b, "typed": one} {
		if o := tier.Load(0, key); o == nil || o.Value != value {
			t.Errorf("%q: %+v", key, o)
		}
	}
	if !tier.Drop(0, a, 0) || tier.Load(0, a) != nil || tier.Load(0, b) == nil || tier.Load(0, one) == nil {
		t.Error("Drop of one raw key")
	}
}
