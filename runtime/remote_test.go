package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// TestRejects puts what is no entry of the key into the place of one: it is a miss, and
// counted, and never an error or another value.
func TestRejects(t *testing.T) {
	c := newCache(t, "r", func(c *config) { c.leaf = func(l *Leaf) { l.MaxValue = 100 } })
	c.set(t, "k", "value")
	c.set(t, "other", "another")
	good, _ := c.remote.get("k")
	other, _ := c.remote.get("other")
	rejected := uint64(0)
	reject := func(what string, data []byte) {
		t.Helper()
		c.remote.entries[textKey("k")] = RemoteWrite{Raw: Raw{Data: data}}
		if v, ok, err := c.Get(t.Context(), "k"); ok || err != nil {
			t.Fatalf("%s: %q, %v", what, v.B, err)
		}
		rejected++
		check(t, c.Stats().Tiers[0].Rejected, rejected)
	}
	data := good.Raw.Data
	for n := range data {
		reject("truncated", data[:n])
	}
	for bit := range 8 * len(data) {
		flipped := bytes.Clone(data)
		flipped[bit/8] ^= 1 << (bit % 8)
		reject("a bit flipped", flipped)
	}
	reject("more", append(bytes.Clone(data), 0))
	reject("another key's", other.Raw.Data)
	reject("another schema's", resealed(data, func(b []byte) { b[8]++ }))
	reject("another codec's", resealed(data, func(b []byte) { b[3] = CodecJSON }))
	reject("compressed", resealed(data, func(b []byte) { b[4] = 1 }))
	reject("not to be decoded", resealed(data, func(b []byte) { b[envelopeHeader+len(textKey("k"))] = 9 }))
	reject("too large", make([]byte, 101))
	reject("nothing", []byte{})
	reject("nil", nil)
	for _, err := range []error{ErrTooLarge, fmt.Errorf("engine: %w", ErrWrongType)} {
		c.remote.fail("k", err)
		reject(err.Error(), data)
	}
	c.remote.fail("k", nil)
	c.remote.entries[textKey("k")] = good
	c.want(t, "k", "value")
}

// TestRejectsPanic stores for a codec that panics when it reads.
func TestRejectsPanic(t *testing.T) {
	c := newCache(t, "mr", func(c *config) {
		c.spec.Formats[0].Decode = func(v *item, _ []byte, _ string) error {
			v.B = []byte("half")
			panic("decoder")
		}
	})
	c.set(t, "k", "v")
	v, ok, err := c.Get(t.Context(), "k")
	check(t, ok, false)
	check(t, err, nil)
	check(t, v.B == nil, true)
	check(t, c.Stats().Tiers[0].Rejected+c.Stats().Tiers[1].Rejected, 2)
}

// TestMaxValue refuses values that are too large, at the byte.
func TestMaxValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const room = 10
		most := int64(sealedSize(textKey("k"), room+1)) // the codec takes a byte
		c := newCache(t, "mr", func(c *config) {
			c.leaf = func(l *Leaf) { l.MaxValue = map[int]int64{1: most}[l.Index] }
		})
		c.set(t, "k", string(make([]byte, room)))
		check(t, len(c.remote.snapshot()), 1)
		c.set(t, "k", string(make([]byte, room+1))) // memory takes it
		c.mem.evict()
		c.want(t, "k", "") // not the older one
		time.Sleep(time.Second)
		check(t, len(c.remote.snapshot()), 0)
		s := c.Stats().Tiers[1]
		check(t, s.Writes, 2)
		check(t, s.WriteErrors, 1)

		far := newCache(t, "r", func(c *config) { c.leaf = func(l *Leaf) { l.MaxValue = most } })
		err := far.Set(t.Context(), "k", it(string(make([]byte, room+1))))
		check(t, errors.Is(err, ErrTooLarge), true)
		near := newCache(t, "m", func(c *config) { c.leaf = func(l *Leaf) { l.MaxValue = room } })
		near.set(t, "k", "old")
		err = near.Set(t.Context(), "k", it(string(make([]byte, room))))
		check(t, errors.Is(err, ErrTooLarge), true)
		near.want(t, "k", "")
	})
}

// TestLateResults leaves calls behind and lets them end later: their results go nowhere.
// It is for the race detector, too.
func TestLateResults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "r", nil)
		c.set(t, "a", "v")
		c.set(t, "b", "v")
		c.remote.hook(func(context.Context, string) error { time.Sleep(time.Second); return nil })
		for range 5 {
			_, err := c.GetMany(t.Context(), []string{"a", "b"})
			check(t, errors.Is(err, ErrTimeout), true)
			_, _, err = c.Get(t.Context(), "a")
			check(t, errors.Is(err, ErrTimeout), true)
		}
		_, err := c.DeleteMany(t.Context(), []string{"a", "b"})
		check(t, errors.Is(err, ErrTimeout), true)
		err = c.SetMany(t.Context(), map[string]item{"a": it("w"), "b": it("w")})
		check(t, errors.Is(err, ErrTimeout), true)
		c.remote.hook(nil)
		time.Sleep(time.Minute)
		synctest.Wait()
		for _, key := range []string{"a", "b"} {
			if v, ok, err := c.Get(t.Context(), key); err != nil || ok && string(v.B) != "w" {
				t.Errorf("%q, %v", v.B, err)
			}
		}
	})
}

// shelf is a Backend.
type shelf struct {
	raws  map[string]Raw
	calls int
	err   error
	slow  time.Duration
}

func (s *shelf) Label() string { return "shelf" }

func (s *shelf) Read(_ context.Context, key []byte) (Raw, bool, error) {
	s.calls++
	time.Sleep(s.slow)
	raw, ok := s.raws[string(key)]
	return raw, ok, s.err
}

func (s *shelf) Write(_ context.Context, key []byte, raw Raw) error {
	s.calls++
	time.Sleep(s.slow)
	raw.Data = bytes.Clone(raw.Data)
	s.raws[string(key)] = raw
	clear(key) // it is ours
	return s.err
}

func (s *shelf) Remove(_ context.Context, key []byte) (int, error) {
	s.calls++
	time.Sleep(s.slow)
	_, ok := s.raws[string(key)]
	delete(s.raws, string(key))
	return map[bool]int{true: 2}[ok], s.err
}

func TestBackendEngine(t *testing.T) {
	ctx := t.Context()
	s := &shelf{raws: map[string]Raw{}}
	e := BackendEngine(s)
	at := time.Unix(1000, 0)
	writes := []RemoteWrite{{Key: "a", Raw: Raw{Data: []byte("1"), ExpireAt: at}}, {Key: "b", Raw: Raw{Data: []byte("2")}}}
	check(t, e.Write(ctx, writes), nil)
	check(t, writes[0].Key, "a")
	reads := []RemoteRead{{Key: "a"}, {Key: "none"}, {Key: "b"}}
	check(t, e.Read(ctx, reads), nil)
	check(t, string(reads[0].Raw.Data)+string(reads[2].Raw.Data), "12")
	check(t, reads[0].Raw.ExpireAt, at)
	check(t, fmt.Sprint(reads[0].Found, reads[1].Found, reads[2].Found), "true false true")
	removes := []RemoteRemove{{Key: "a"}, {Key: "none"}}
	check(t, e.Remove(ctx, removes), nil)
	check(t, fmt.Sprint(removes[0].Removed, removes[1].Removed), "2 0")

	s.err = errDown
	for _, err := range []error{e.Read(ctx, reads), e.Write(ctx, writes), e.Remove(ctx, removes)} {
		check(t, err, nil) // they are errors of the keys
	}
	check(t, reads[1].Err, errDown)
	check(t, writes[1].Err, errDown)
	check(t, removes[1].Err, errDown)
}

// TestBackendEngineLeft ends a batch when its caller has left.
func TestBackendEngineLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{raws: map[string]Raw{}, slow: time.Second}
		e := BackendEngine(s)
		for i, call := range []func(context.Context) error{
			func(ctx context.Context) error { return e.Read(ctx, make([]RemoteRead, 100)) },
			func(ctx context.Context) error { return e.Write(ctx, make([]RemoteWrite, 100)) },
			func(ctx context.Context) error { return e.Remove(ctx, make([]RemoteRemove, 100)) },
		} {
			ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
			defer cancel()
			check(t, call(ctx), context.DeadlineExceeded)
			check(t, s.calls, 2*(i+1))
		}
	})
}

// TestBackendExpiry obeys the instants that a Backend returns beside its data.
func TestBackendExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "r", nil)
		s := &shelf{raws: map[string]Raw{}}
		c.leaf(0).engine = BackendEngine(s)
		c.set(t, "k", "v")
		raw := s.raws[textKey("k")]
		check(t, time.Until(raw.StaleAt), time.Minute)
		check(t, time.Until(raw.ExpireAt), 2*time.Minute)
		raw.ExpireAt = time.Now().Add(time.Second)
		s.raws[textKey("k")] = raw
		e, err := c.Lookup(t.Context(), "k")
		check(t, err, nil)
		check(t, e.ExpireAt.Equal(raw.ExpireAt), true)
		check(t, e.StaleAt.Equal(raw.ExpireAt), true)
		time.Sleep(time.Second)
		c.want(t, "k", "")
	})
}

func TestJSONFormat(t *testing.T) {
	f := JSONFormat[map[string]int]()
	check(t, f.Codec, CodecJSON)
	v := map[string]int{"a": 1}
	b, err := f.Append([]byte("x"), &v)
	check(t, string(b), `x{"a":1}`)
	check(t, err, nil)
	var back map[string]int
	check(t, f.Decode(&back, b[1:], ""), nil)
	check(t, back["a"], 1)
	for _, bad := range []string{"", "{", `{"a":1}x`, `{"a":"b"}`} {
		if f.Decode(&back, []byte(bad), "") == nil {
			t.Errorf("%q was decoded", bad)
		}
	}
	ch := JSONFormat[chan int]()
	if _, err := ch.Append(nil, new(chan int)); err == nil {
		t.Error("a channel was encoded")
	}
}
