package racenested

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var quiet = runtime.Options{Logger: slog.New(slog.DiscardHandler)}

func shut(t *testing.T, c interface{ Close(context.Context) error }) {
	t.Helper()
	if err := c.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

// TestEveryPartIsAsked reads from the fastest part, and has asked them all.
func TestEveryPartIsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, disk := fakebackend.New("n"), fakebackend.New("d")
		c, err := NewDeepRace(DeepRaceConfig{Near: near, Disk: disk, Options: quiet})
		if err != nil {
			t.Fatal(err)
		}
		defer shut(t, c)
		if err := c.Set(t.Context(), "k", Doc{Text: "t"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // the losers of the write have ended
		if len(near.Entries()) != 1 || len(disk.Entries()) != 1 {
			t.Errorf("near has %d entries and disk %d, want both", len(near.Entries()), len(disk.Entries()))
		}
		e, err := c.Lookup(t.Context(), "k")
		if err != nil || e.Value.Text != "t" { // from whichever part was faster
			t.Errorf("%q from %q, %v", e.Value.Text, e.Source, err)
		}
		synctest.Wait()
		if near.Count("read") != 1 || disk.Count("read") != 1 {
			t.Errorf("near was asked %d times and disk %d times, want once", near.Count("read"), disk.Count("read"))
		}
	})
}

// TestParallelGain refills memory where its copy would gain life, and only there.
func TestParallelGain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, disk := fakebackend.New("n"), fakebackend.New("d")
		c, err := NewDeepParallel(DeepParallelConfig{Near: near, Disk: disk, Options: quiet})
		if err != nil {
			t.Fatal(err)
		}
		defer shut(t, c)
		if err := c.Set(t.Context(), "k", Doc{Text: "t"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		look := func(want runtime.ReadMode) {
			t.Helper()
			e, err := c.Lookup(t.Context(), "k")
			if err != nil || e.Source != "outer.inner.near" || e.ReadMode != want {
				t.Errorf("%s from %q, %v, want %s", e.ReadMode, e.Source, err, want)
			}
		}
		look(runtime.Direct) // memory has what its ttl= allows
		time.Sleep(time.Minute)
		look(runtime.Refill) // and now it could have a minute more
		if _, ok, err := c.Get(t.Context(), "k"); !ok || err != nil {
			t.Fatal(ok, err)
		}
		look(runtime.Direct)
	})
}

// TestLoserIsFenced lets a write lose a race and deletes its key: it must not come
// back.
func TestLoserIsFenced(t *testing.T) {
	for seed := range uint64(100) {
		synctest.Test(t, func(t *testing.T) {
			var backends [3]*fakebackend.Backend
			for i := range backends {
				rng := rand.New(rand.NewPCG(seed, uint64(i)))
				var mu sync.Mutex
				backends[i] = fakebackend.New(fmt.Sprint(i))
				backends[i].Before(func(context.Context, string, string) {
					mu.Lock()
					d := time.Duration(rng.IntN(50)) * time.Millisecond
					mu.Unlock()
					time.Sleep(d)
				})
			}
			c, err := NewRemote(RemoteConfig{A: backends[0], B: backends[1], D: backends[2], Options: quiet})
			if err != nil {
				t.Fatal(err)
			}
			defer time.Sleep(time.Second) // calls that were cancelled end with their backend
			defer shut(t, c)
			current := ""
			rng := rand.New(rand.NewPCG(seed, 99))
			for step := range 12 {
				switch rng.IntN(4) {
				case 0:
					if _, err := c.Delete(t.Context(), "k"); err == nil {
						current = ""
					}
				case 1, 2:
					text := fmt.Sprint(step)
					if err := c.Set(t.Context(), "k", Doc{Text: text}); err == nil {
						current = text
					}
				}
				v, ok, err := c.Get(t.Context(), "k")
				if err == nil && ok && v.Text != current {
					t.Fatalf("seed %d, step %d: Get returns %q, want %q or nothing", seed, step, v.Text, current)
				}
				time.Sleep(time.Duration(rng.IntN(30)) * time.Millisecond)
			}
		})
	}
}
