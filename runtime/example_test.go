package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cachegen/cachegen/runtime"
)

// What Lookup returned says where it was found and what to do with it.
func ExampleEntry() {
	e := runtime.Entry[string]{
		Value: "lamp", Status: runtime.Stale, Source: "products.redis", ReadMode: runtime.Refill,
		StaleAt: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC),
	}
	fmt.Printf("%s: %v from %s, %v\n", e.Value, e.Status, e.Source, e.ReadMode)
	fmt.Println("expires:", !e.ExpireAt.IsZero())
	// Output:
	// lamp: stale from products.redis, refill
	// expires: false
}

func ExampleStatus() {
	fmt.Println(runtime.Miss, runtime.Hit, runtime.Stale, runtime.Absent)
	// Output: miss hit stale absent
}

// Set has failed in every tier. The error says which one said what.
func ExampleBothFailedError() {
	err := error(&runtime.BothFailedError{
		L1: &runtime.TierError{Path: "products.memory", Op: "write", Err: runtime.ErrTooLarge},
		L2: &runtime.TierError{Path: "products.redis", Op: "write", Err: runtime.ErrTimeout},
	})
	var both *runtime.BothFailedError
	if errors.As(err, &both) {
		fmt.Println("near:", both.L1)
		fmt.Println("far:", both.L2)
	}
	fmt.Println("timed out:", errors.Is(err, runtime.ErrTimeout))
	// Output:
	// near: products.memory: write: value is larger than max-value
	// far: products.redis: write: timed out
	// timed out: true
}

// Several caches can share one Offload, which then bounds the background work of all.
func ExampleNewOffload() {
	offload := runtime.NewOffload(runtime.OffloadOptions{
		Workers:   4,
		Queue:     100,
		Timeout:   time.Second,
		OnTimeout: runtime.Cancel,
	})
	opts := runtime.Options{Offload: offload} // for the Config of each cache
	_ = opts

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	// Close the caches first, then what they share.
	fmt.Println(offload.Close(ctx), offload.Dropped())
	// Output: <nil> 0
}
