package product

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/redistier"
)

// TestLeaveAtAnyMoment has one caller leave at any moment, while another stays, as few
// callers as read in their own goroutines: whoever has an answer has his own, and nobody
// who stays has an error.
func TestLeaveAtAnyMoment(t *testing.T) {
	client, err := redistier.Dial(redistest.Shared(t).URL())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	c, err := NewSmallCache(SmallCacheConfig{Redis: client, Options: runtime.Options{Logger: quiet}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	for id := range int64(20) {
		if err := c.Set(t.Context(), id, Small{ID: id, Name: "small"}); err != nil {
			t.Fatal(err)
		}
	}
	read, err := NewSmallCache(SmallCacheConfig{Redis: client, Options: runtime.Options{Logger: quiet}}) // with nothing in memory
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close(t.Context())
	lookup := func(ctx context.Context, id int64) error {
		e, err := read.Lookup(ctx, id) // which refills nothing
		if err == nil && e.Value.ID != id {
			t.Errorf("%d under %d", e.Value.ID, id)
		}
		return err
	}
	var wg sync.WaitGroup
	var left, stayed int
	wg.Go(func() {
		for i := range 3000 {
			ctx, cancel := context.WithCancel(t.Context())
			timer := time.AfterFunc(time.Duration(rand.IntN(200))*time.Microsecond, cancel)
			switch err := lookup(ctx, int64(i%20)); {
			case errors.Is(err, context.Canceled):
				left++
			case err != nil:
				t.Errorf("somebody who leaves: %v", err)
			}
			timer.Stop()
			cancel()
		}
	})
	wg.Go(func() {
		request, cancel := context.WithCancel(t.Context())
		defer cancel()
		for i := range 3000 {
			if err := lookup(request, int64(i%20)); err != nil {
				t.Errorf("somebody who stays: %v", err)
			} else {
				stayed++
			}
		}
	})
	wg.Wait()
	t.Logf("%d of 3000 have left, %d have stayed", left, stayed)
}
