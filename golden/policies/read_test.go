package policies

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/internal/race"
	"github.com/cachegen/cachegen/policy"
	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// outcome is what a tier does when it is read.
type outcome struct {
	name   string
	life   time.Duration // of what it has; 0: nothing
	stale  bool
	gone   bool // expired by the time it is read
	broken bool
	err    error
	after  time.Duration // until it answers
}

var errL1, errL2 = errors.New("l1 is down"), errors.New("l2 is down")

// outcomes of a tier that fails with err. Its answers come a little later than those
// of another: of two that come at once, either can be the first.
func outcomes(err error, later time.Duration) []outcome {
	soon, late := 10*time.Millisecond+later, 30*time.Millisecond+later
	return []outcome{
		{name: "hit", life: 30 * time.Minute, after: soon},
		{name: "slow hit", life: 30 * time.Minute, after: late},
		{name: "long hit", life: 50 * time.Minute, after: soon},
		{name: "stale", life: 40 * time.Minute, stale: true, after: soon},
		{name: "slow stale", life: 40 * time.Minute, stale: true, after: late},
		{name: "miss", after: soon},
		{name: "slow miss", after: late},
		{name: "expired", life: time.Millisecond, gone: true, after: soon},
		{name: "corrupt", life: 30 * time.Minute, broken: true, after: soon},
		{name: "error", err: err, after: soon},
		{name: "slow error", err: err, after: late},
	}
}

// answer is the outcome in the words of the reference.
func (o outcome) answer(source string) policy.Asked {
	a := policy.Asked{At: int(o.after)}
	switch {
	case o.err != nil:
		a.Err = o.err
	case o.life > 0 && !o.gone && !o.broken:
		a.Answer = policy.Answer{Hit: true, Stale: o.stale, Life: int64(o.life), Source: source}
	}
	return a
}

// prepare gives a backend what it is to have. Entries are made by the cache itself.
func (o outcome) prepare(t *testing.T, c combination, b *fakebackend.Backend, text string) {
	if o.life > 0 {
		writer, scratch := open(t, c, runtime.Options{})
		now := time.Now()
		e := runtime.Entry[Doc]{Value: Doc{ID: "k", Text: text}, Status: runtime.Hit, StaleAt: now.Add(o.life), ExpireAt: now.Add(o.life)}
		if o.stale {
			e.StaleAt = now
		}
		if err := writer.Store(t.Context(), "k", e); err != nil {
			t.Fatal(err)
		}
		shut(t, writer)
		made := scratch[0].Entries() // of a race, either has it
		maps.Copy(made, scratch[1].Entries())
		for key, raw := range made {
			if o.broken {
				raw.Data = bytes.Clone(raw.Data)
				raw.Data[len(raw.Data)/2] ^= 1
			}
			b.Put(key, raw)
		}
	}
	b.Fail(o.err)
	b.Before(func(ctx context.Context, op, _ string) {
		if op == "read" {
			pause(ctx, o.after)
		}
	})
}

// pause waits in the bubble's time, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

func open(t *testing.T, c combination, opts runtime.Options) (cache, [2]*fakebackend.Backend) {
	t.Helper()
	backends := [2]*fakebackend.Backend{fakebackend.New("1"), fakebackend.New("2")}
	opts.Logger = slog.New(slog.DiscardHandler)
	x, err := c.open(config{L1: backends[0], L2: backends[1], Options: opts})
	if err != nil {
		t.Fatal(err)
	}
	return x, backends
}

func shut(t *testing.T, c cache) {
	t.Helper()
	if err := c.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

// TestReads holds every combination of policies, for every pair of outcomes, to
// the reference.
func TestReads(t *testing.T) {
	n := 0
	for i, c := range combinations {
		if race.Enabled && i%5 != 0 {
			continue // a sample of all of them; the policies meet each other in it
		}
		synctest.Test(t, func(t *testing.T) {
			for _, o1 := range outcomes(errL1, 0) {
				for _, o2 := range outcomes(errL2, time.Millisecond) {
					c.check(t, o1, o2)
					n++
				}
			}
		})
	}
	t.Logf("%d cases", n)
}

// check looks a key up, and then gets it, and compares with the reference.
func (c combination) check(t *testing.T, o1, o2 outcome) {
	t.Helper()
	x, backends := open(t, c, runtime.Options{})
	defer shut(t, x)
	o1.prepare(t, c, backends[0], "one")
	o2.prepare(t, c, backends[1], "two")
	time.Sleep(2 * time.Millisecond) // what is to be expired is
	name := fmt.Sprintf("%s read of %q and %q, loser=%s refill=%s", c.read, o1.name, o2.name, c.loser, c.refill)

	l1, l2 := o1.answer("l1"), o2.answer("l2")
	want, asked1, asked2 := c.read.Of(l1, l2, c.loser == policy.LoserDrop)
	refills := want.Source == "l2" && c.refill.Refills(seen(c, l1, l2), want.Life)
	e, err := x.Lookup(t.Context(), "k")
	compare(t, name, want, refills, e, err)

	time.Sleep(time.Second) // losers have ended
	for i, asked := range []bool{asked1, asked2} {
		if got := backends[i].Count("read") > 0; got != asked {
			t.Errorf("%s: l%d was asked: %v, want %v", name, i+1, got, asked)
		}
	}
	if backends[0].Count("write")+backends[1].Count("write") > 0 {
		t.Errorf("%s: Lookup has written", name)
	}
	_, _, _ = x.Get(t.Context(), "k")
	time.Sleep(time.Second) // the refill has ended
	if got := backends[0].Count("write") > 0; got != refills || backends[1].Count("write") > 0 {
		t.Errorf("%s: Get refilled l1: %v, want %v", name, got, refills)
	}
}

// seen is what is known of L1 when the answer of L2 is taken: nothing, if L2 has
// won a race that L1 was still in.
func seen(c combination, l1, l2 policy.Asked) policy.Answer {
	if c.read == policy.ReadRace && l2.At < l1.At {
		return policy.Answer{}
	}
	return l1.Answer
}

// compare holds an entry to an answer of the reference.
func compare(t *testing.T, name string, want policy.Answer, refills bool, e runtime.Entry[Doc], err error) {
	t.Helper()
	status, mode, source, text := runtime.Miss, runtime.Direct, "", ""
	if want.Hit {
		status = runtime.Hit
		if want.Stale {
			status = runtime.Stale
		}
		text = map[string]string{"l1": "one", "l2": "two"}[want.Source]
		if refills {
			mode = runtime.Refill
		}
	}
	if e.Source != "" {
		source = e.Source[len(e.Source)-2:] // behind the label of the composition
	}
	if e.Status != status || e.ReadMode != mode || source != want.Source || e.Value.Text != text {
		t.Errorf("%s: %s %s from %q with %q, want %s %s from %q with %q", name, e.Status, e.ReadMode, source, e.Value.Text, status, mode, want.Source, text)
	}
	var both policy.Both
	switch {
	case want.Err == nil && err != nil:
		t.Errorf("%s: %v, want no error", name, err)
	case errors.As(want.Err, &both):
		var got *runtime.BothFailedError
		if !errors.As(err, &got) || !errors.Is(got.L1, both.L1) || !errors.Is(got.L2, both.L2) {
			t.Errorf("%s: %v, want both errors", name, err)
		}
	case !errors.Is(err, want.Err):
		t.Errorf("%s: %v, want %v", name, err, want.Err)
	}
}
