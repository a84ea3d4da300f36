package runtime

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestLeaseLastMoment has a process wait for a slow holder until the lease ends, at about
// the same time as its own waiting: what it loads is stored, whoever is first.
func TestLeaseLastMoment(t *testing.T) {
	for after := 100 * time.Microsecond; after < 8*time.Millisecond; after += 100 * time.Microsecond {
		synctest.Test(t, func(t *testing.T) {
			s := newLeaseServer()
			short := func(c *config) { c.spec.Lease = time.Second }
			a, b := s.node(t, short), s.node(t, short)
			ofA := a.load("slow", 3*time.Second)
			time.Sleep(after)
			ofB := b.load("own", 0)
			got := <-ofB
			check(t, got.value, "own")
			check(t, got.after < 1100*time.Millisecond, true)
			check(t, (<-ofA).value, "slow")
			if l := b.Stats().Leases; l.Taken != 1 || l.GivenUp != 0 || l.Refused != 0 {
				t.Errorf("%v after: %+v", after, l)
			}
			s.node(t, short).want(t, "k", "own") // what was slow came too late
		})
	}
}

// TestLeaseShortTimeout has the last moment of waiting cost a load nothing of its own time,
// however short that is.
func TestLeaseShortTimeout(t *testing.T) {
	for _, left := range []time.Duration{1001, 1020, 1040, 1060, 1200} {
		synctest.Test(t, func(t *testing.T) {
			s := newLeaseServer()
			n := s.node(t, func(c *config) { c.spec.Lease, c.spec.LoadTimeout = time.Second, 20*time.Millisecond })
			s.put(textKey("k"), true, left*time.Millisecond) // its holder has died
			got := <-n.load("own", 0)
			check(t, got.err, nil)
			check(t, got.value, "own")
			if l := n.Stats().Leases; l.Taken+l.GivenUp != 1 {
				t.Errorf("%d ms left: %+v", left, l)
			}
		})
	}
}
