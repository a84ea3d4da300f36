package loading

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/runtime"
)

// TestBatches loads in batches through generated code.
func TestBatches(t *testing.T) {
	each(t, []string{"Return", "Offload", "Eager", "Objects"}, func(t *testing.T, c pages, far *fakebackend.Backend) {
		var asked [][]int64
		load := func(_ context.Context, ids []int64) (map[int64]Page, error) {
			asked = append(asked, ids)
			found := map[int64]Page{}
			for _, id := range ids {
				if id != 3 {
					found[id] = page(id, fmt.Sprint(id))
				}
			}
			return found, nil
		}
		for range 2 {
			found, err := c.GetOrLoadMany(t.Context(), []int64{1, 2, 3, 1}, load)
			if err != nil || len(found) != 2 || found[1].Lines[0] != "1" || found[2].Lines[0] != "2" {
				t.Errorf("%v, %v", found, err)
			}
		}
		want := "[[1 2 3] [3]]"
		if _, remembers := c.(*Offload); remembers {
			want = "[[1 2 3]]"
		}
		if got := fmt.Sprint(asked); got != want {
			t.Errorf("asked for %s, want %s", got, want)
		}
	})
}

// TestBatchHits reads batches of which memory has a fresh value, a stale one and nothing:
// what it has is found as single hits are, and counted once; the rest is asked for behind it.
func TestBatchHits(t *testing.T) {
	each(t, []string{"Return", "Revalidate", "Offload", "Objects"}, func(t *testing.T, c pages, far *fakebackend.Backend) {
		ctx := t.Context()
		set := func(id int64, line string) {
			if err := c.Set(ctx, id, page(id, line)); err != nil {
				t.Fatal(err)
			}
		}
		set(1, "old")
		set(2, "old")
		time.Sleep(14 * time.Minute)
		set(1, "fresh")

		reads := far.Count("read")
		found, err := c.GetMany(ctx, []int64{1, 3, 2, 1, 2})
		if err != nil || len(found) != 2 || found[1].Lines[0] != "fresh" || found[2].Lines[0] != "old" {
			t.Errorf("GetMany: %v, %v", found, err)
		}
		if n := far.Count("read") - reads; n != 1 {
			t.Errorf("GetMany reads %d keys behind memory, want 1", n)
		}
		if got := c.Stats(); got.Hits != 1 || got.Stale != 1 || got.Misses != 1 {
			t.Errorf("GetMany counts %d hits, %d stale, %d misses", got.Hits, got.Stale, got.Misses)
		}
		found[1].Lines[0], found[2].Lines[0] = "changed by a caller", "changed by a caller"

		stale, loaded, again := "old", "[3]", "[]"
		switch c.(type) {
		case *Revalidate:
			stale, loaded = "new", "[2 3]"
		case *Offload, *Objects:
			again = "[2]"
		}
		asked := make(chan []int64, 2)
		found, err = c.GetOrLoadMany(ctx, []int64{1, 3, 2, 1}, func(_ context.Context, ids []int64) (map[int64]Page, error) {
			asked <- ids
			values := map[int64]Page{}
			for _, id := range ids {
				values[id] = page(id, "new")
			}
			return values, nil
		})
		if err != nil || len(found) != 3 || found[1].Lines[0] != "fresh" || found[2].Lines[0] != stale || found[3].Lines[0] != "new" {
			t.Errorf("GetOrLoadMany: %v, %v", found, err)
		}
		synctest.Wait() // for what is loaded in the background
		close(asked)
		var got []string
		for ids := range asked {
			slices.Sort(ids)
			got = append(got, fmt.Sprint(ids))
		}
		want := []string{loaded, again}
		if again == "[]" {
			want = want[:1]
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("loads of %v, want %v", got, want)
		}
	})
}

// TestBatchEager has a batch reload what is due, though memory has it.
func TestBatchEager(t *testing.T) {
	each(t, []string{"Eager", "Objects"}, func(t *testing.T, c pages, _ *fakebackend.Backend) {
		ctx := t.Context()
		for id := range int64(3) {
			if err := c.Set(ctx, id, page(id, "old")); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(9*time.Minute - time.Second/2) // 80 % of ten minutes, and jitter, and not all of it
		all := []int64{0, 1, 2}
		if found, err := c.GetMany(ctx, all); len(found) != 3 || err != nil {
			t.Errorf("GetMany: %v, %v", found, err)
		}
		n := 0
		load := func(_ context.Context, ids []int64) (map[int64]Page, error) {
			n += len(ids)
			return map[int64]Page{0: page(0, "new"), 1: page(1, "new"), 2: page(2, "new")}, nil
		}
		for _, want := range []string{"old", "new"} {
			found, err := c.GetOrLoadMany(ctx, all, load)
			if err != nil || len(found) != 3 || found[0].Lines[0] != want {
				t.Errorf("GetOrLoadMany: %v, %v, want %s values", found, err, want)
			}
			synctest.Wait()
		}
		if e, _ := c.Lookup(ctx, 2); n != 3 || e.Status != runtime.Hit || e.Value.Lines[0] != "new" {
			t.Errorf("%d values were loaded; then a %v, %v", n, e.Status, e.Value)
		}
	})
}
