package ottertier

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// one is the binary form of a typed key, which nothing here goes by.
var one = []byte{0}

func itself(key int, _ []byte) int { return key }

func has[Q comparable, V any](tier *Tier[int, Q, V], key int, bin []byte) bool {
	_, ok := tier.Load(key, bin)
	return ok
}

// at is a clock that stands where it is set.
type at struct{ t time.Time }

func (a *at) Now() time.Time { return a.t }

// TestGet looks at an entry at both of its instants.
func TestGet(t *testing.T) {
	clock := &at{time.Unix(0, 0)}
	tier := New[int, int, string](10, runtime.NewTimebase(clock), itself)
	defer tier.Close()
	tier.Save(1, one, runtime.Object[string]{Value: new("timed"), Stale: 100, Expire: 200}, 0)
	tier.Save(2, one, runtime.Object[string]{Value: new("endless"), Stale: runtime.Never, Expire: runtime.Never}, 0)
	tier.Save(3, one, runtime.Object[string]{Stale: 100, Expire: 200}, 0)
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
		if v, got, _ := tier.Get(test.key, uint64(test.key)); got != test.want || (v != nil) != (got != runtime.Miss) {
			t.Errorf("key %d at %d: %v, want %v", test.key, test.now, got, test.want)
		}
	}
	if o, ok := tier.Load(3, one); !ok || o.Value != nil {
		t.Errorf("the absence is %+v", o)
	}
}

// TestGetEager looks at an entry at all of its instants, by otter and by the index.
func TestGetEager(t *testing.T) {
	clock := &at{time.Unix(0, 0)}
	tier := New[int, int, string](10, runtime.NewTimebase(clock), itself)
	defer tier.Close()
	tier.Save(1, one, runtime.Object[string]{Value: new("v"), Eager: 100, Stale: 200, Expire: 300}, 0)
	for range 2 {
		for _, test := range []struct {
			now  int64
			want runtime.Status
			due  bool
		}{
			{99, runtime.Hit, false},
			{100, runtime.Hit, true},
			{199, runtime.Hit, true},
			{200, runtime.Stale, false},
			{299, runtime.Stale, false},
			{300, runtime.Miss, false},
		} {
			clock.t = time.Unix(0, test.now)
			v, got, now, due := tier.GetEager(1, 1)
			if got != test.want || due != test.due || now != test.now || (v != nil) != (got != runtime.Miss) {
				t.Errorf("at %d: %v, %t, want %v, %t", test.now, got, due, test.want, test.due)
			}
		}
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
		tier.Save(1, one, runtime.Object[string]{Expire: 200}, 0)
		if got := tier.Drop(1, one, test.now); got != test.want {
			t.Errorf("Drop at %d is %v", test.now, got)
		}
		if has(tier, 1, one) || tier.Drop(1, one, 0) {
			t.Error("something is left")
		}
	}
}

// TestReplace: what is saved last is there, whatever was before it.
func TestReplace(t *testing.T) {
	tier := New[int, int, string](10, runtime.NewTimebase(nil), itself)
	defer tier.Close()
	for i, want := range []runtime.Object[string]{
		{Value: new("first"), Stale: 200, Expire: 200},
		{Value: new("stale before it ends"), Stale: 100, Expire: 200},
		{Value: new("reloaded before it is stale"), Stale: 200, Expire: 200, Eager: 50},
		{Value: new("endless"), Stale: runtime.Never, Expire: runtime.Never},
		{Stale: 100, Expire: 100},
		{Value: new("again"), Stale: 1, Expire: runtime.Never},
	} {
		tier.Save(1, one, want, 0)
		if o, ok := tier.Load(1, one); !ok || !cmp.Equal(o, want) {
			t.Errorf("%d: %+v", i, o)
		}
	}
	if n := tier.cache.EstimatedSize(); n != 1 {
		t.Errorf("%d entries of one key", n)
	}
}

// TestReplaceSeen: while an entry is replaced, again and again, there is always one,
// of typed and of raw keys.
func TestReplaceSeen(t *testing.T) {
	tier := New[int, int, string](10, runtime.NewTimebase(nil), itself)
	defer tier.Close()
	for _, key := range [][]byte{one, []byte("\x04raw")} {
		save := func() { tier.Save(1, key, runtime.Object[string]{Value: new("v"), Expire: runtime.Never}, 0) }
		save()
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range 4_000 {
				save()
			}
		}()
		for saving := true; saving; {
			select {
			case <-done:
				saving = false
			default:
			}
			if !has(tier, 1, key) {
				t.Errorf("%q was not there", key)
				break
			}
		}
		<-done
	}
}

// TestIdent asks by the binary key where that is what counts.
func TestIdent(t *testing.T) {
	tier := New[int, string, string](10, runtime.NewTimebase(nil), func(_ int, bin []byte) string { return string(bin) })
	defer tier.Close()
	bin := []byte("\x00a")
	tier.Save(1, bin, runtime.Object[string]{Value: new("v"), Stale: runtime.Never, Expire: runtime.Never}, 0)
	bin[1] = 'b' // the caller's buffer
	if o, ok := tier.Load(2, []byte("\x00a")); !ok || *o.Value != "v" {
		t.Errorf("%+v", o)
	}
	if has(tier, 1, bin) {
		t.Error("the tier went by the key itself, or kept bin")
	}
	if v, status, _ := tier.Get("\x00a", Hash("\x00a")); status != runtime.Hit || *v != "v" {
		t.Error(status)
	}
}

// TestBound: more entries than it has room for make no more of them.
func TestBound(t *testing.T) {
	const room = 100
	tier := New[int, int, int](room, runtime.NewTimebase(nil), itself)
	for i := range 50 * room {
		tier.Save(i, one, runtime.Object[int]{Value: new(i), Stale: runtime.Never, Expire: runtime.Never}, 0)
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
	if has(tier, 0, a) || tier.Drop(0, a, 0) {
		t.Error("there is something before anything was saved")
	}
	for value, key := range map[string][]byte{"a": a, "b": b, "typed": one} {
		tier.Save(0, key, runtime.Object[string]{Value: new(value), Stale: runtime.Never, Expire: runtime.Never}, 0)
	}
	for value, key := range map[string][]byte{"a": a, "b": b, "typed": one} {
		if o, ok := tier.Load(0, key); !ok || *o.Value != value {
			t.Errorf("%q: %+v", key, o)
		}
	}
	if !tier.Drop(0, a, 0) || has(tier, 0, a) || !has(tier, 0, b) || !has(tier, 0, one) {
		t.Error("Drop of one raw key")
	}
}
