package policies

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cachegen/cachegen/policy"
	"github.com/cachegen/cachegen/runtime"
)

// TestWrites holds every combination of policies, for every pair of outcomes, to
// the reference.
func TestWrites(t *testing.T) {
	n := 0
	for _, c := range combinations {
		synctest.Test(t, func(t *testing.T) {
			for _, w1 := range []policy.Written{{At: 10}, {At: 30}, {At: 10, Err: errL1}, {At: 30, Err: errL1}} {
				for _, w2 := range []policy.Written{{At: 11}, {At: 31}, {At: 11, Err: errL2}, {At: 31, Err: errL2}} {
					c.set(t, w1, w2)
					n++
				}
			}
		})
	}
	t.Logf("%d cases", n)
}

// set sets a value over an older one and compares with the reference: the error,
// when it comes, and what each part has in the end.
func (c combination) set(t *testing.T, w1, w2 policy.Written) {
	t.Helper()
	x, backends := open(t, c, runtime.Options{})
	defer shut(t, x)
	if err := x.Set(t.Context(), "k", Doc{ID: "k", Text: "old"}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Minute) // whatever the race has left has ended
	parts := []policy.Written{w1, w2}
	for i, b := range backends {
		b.Fail(parts[i].Err)
		b.Before(func(ctx context.Context, op, _ string) {
			if op == "write" {
				pause(ctx, time.Duration(parts[i].At)*time.Millisecond)
			}
		})
	}
	name := fmt.Sprintf("%s write, l1 %v at %d, l2 %v at %d, loser=%s", c.write, w1.Err, w1.At, w2.Err, w2.At, c.loser)
	has1, has2, want := c.write.Of(w1, w2, c.loser == policy.LoserDrop)

	start := time.Now()
	err := x.Set(t.Context(), "k", Doc{ID: "k", Text: "new"})
	var both policy.Both
	var failed *runtime.BothFailedError
	switch {
	case errors.As(want, &both):
		if !errors.As(err, &failed) || !errors.Is(failed.L1, both.L1) || !errors.Is(failed.L2, both.L2) {
			t.Errorf("%s: %v, want both errors", name, err)
		}
	case !errors.Is(err, want) || (err == nil) != (want == nil):
		t.Errorf("%s: %v, want %v", name, err, want)
	}
	if took, want := time.Since(start), c.takes(w1, w2); took != want {
		t.Errorf("%s: took %v, want %v", name, took, want)
	}
	// Whatever is still under way, nobody sees the old value.
	for range 5 {
		if v, ok, _ := x.Get(t.Context(), "k"); err == nil && ok && v.Text != "new" {
			t.Errorf("%s: Get after Set returns %q", name, v.Text)
		}
		time.Sleep(10 * time.Millisecond)
	}
	for _, b := range backends {
		b.Fail(nil)
	}
	time.Sleep(time.Minute) // removes of what could not be written have been retried
	for i, has := range []bool{has1, has2} {
		if i == 0 && c.refill == policy.RefillAlways && has2 {
			continue // one of the Gets can have refilled it
		}
		got := false
		for _, raw := range backends[i].Entries() {
			got = got || bytes.Contains(raw.Data, []byte("new"))
		}
		if got != has {
			t.Errorf("%s: l%d has the new value: %v, want %v", name, i+1, got, has)
		}
	}
	if v, ok, err := x.Get(t.Context(), "k"); err != nil || want == nil && ok && v.Text != "new" {
		t.Errorf("%s: Get in the end: %q, %v", name, v.Text, err)
	}
}

// takes is how long a write is waited for.
func (c combination) takes(w1, w2 policy.Written) time.Duration {
	at := max(w1.At, w2.At)
	switch {
	case c.write == policy.WriteSequential && w1.Err != nil:
		at = w1.At
	case c.write == policy.WriteSequential:
		at = w1.At + w2.At
	case c.write == policy.WriteRace && w1.Err == nil && w2.Err == nil:
		at = min(w1.At, w2.At)
	case c.write == policy.WriteRace && w1.Err == nil && w2.Err != nil:
		at = w1.At
	case c.write == policy.WriteRace && w2.Err == nil && w1.Err != nil:
		at = w2.At
	}
	return time.Duration(at) * time.Millisecond
}
