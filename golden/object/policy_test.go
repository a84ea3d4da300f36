package object

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/runtime"
)

var quiet = runtime.Options{Logger: slog.New(slog.DiscardHandler)}

func offer() Offer { return Offer{ID: 7, Tags: []string{"a"}} }

// TestPolicies: a tier of values is one like any other to races and to reads in
// parallel, and callers own what they get there too.
func TestPolicies(t *testing.T) {
	ctx := t.Context()
	store := fakebackend.New("store")
	raced := open(t, RacedOfferCacheConfig{Store: store, Options: quiet}, NewRacedOfferCache)
	parallel := open(t, ParallelOfferCacheConfig{Store: store}, NewParallelOfferCache)
	for name, c := range map[string]interface {
		Set(context.Context, int64, Offer) error
		Get(context.Context, int64) (Offer, bool, error)
		Lookup(context.Context, int64) (runtime.Entry[Offer], error)
		Delete(context.Context, int64) (int, error)
	}{"raced": raced, "parallel": parallel} {
		if err := c.Set(ctx, 7, offer()); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			v, ok, err := c.Get(ctx, 7)
			if d := cmp.Diff(offer(), v); !ok || err != nil || d != "" {
				t.Fatal(name, ok, err, d)
			}
			v.Tags[0] = "spoilt"
		}
		if e, err := c.Lookup(ctx, 7); err != nil || e.Source != name+".near" {
			t.Error(name, e.Source, err)
		}
		if _, err := c.Delete(ctx, 7); err != nil {
			t.Error(name, err)
		}
		if _, ok, err := c.Get(ctx, 7); ok || err != nil {
			t.Error(name, ok, err)
		}
	}
}

// TestLeftWriter: a composition that lost a write race, and whose writer nobody
// waits for any more, puts nothing into its tier of values when it goes on.
func TestLeftWriter(t *testing.T) {
	ctx := t.Context()
	b, c := fakebackend.New("b"), fakebackend.New("c")
	cache := open(t, NestedOfferCacheConfig{B: b, C: c, Options: quiet}, NewNestedOfferCache)
	held, release := make(chan struct{}), make(chan struct{})
	b.Before(func(_ context.Context, op, _ string) {
		if op == "write" {
			b.Before(nil)
			close(held)
			<-release
		}
	})
	c.Before(func(_ context.Context, op, _ string) {
		if op == "write" {
			<-held
		}
	})
	if err := cache.Set(ctx, 7, Offer{ID: 7, Tags: []string{"old"}}); err != nil {
		t.Fatal(err)
	}
	c.Before(nil)
	// The writer of b is under way without a waiter, and this Delete overtakes it.
	if _, err := cache.Delete(ctx, 7); err != nil && !errors.Is(err, runtime.ErrBusy) {
		t.Fatal(err)
	}
	close(release)
	if err := cache.Set(ctx, 7, offer()); err != nil {
		t.Fatal(err)
	}
	v, ok, err := cache.Get(ctx, 7)
	if d := cmp.Diff(offer(), v); !ok || err != nil || d != "" {
		t.Error(ok, err, d)
	}
}
