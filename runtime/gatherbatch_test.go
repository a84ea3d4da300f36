package runtime

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// depot is a station that reads batches: each trip takes a second.
type depot struct {
	station
	each func(ctx context.Context, batches []KeyBatch) error // after that

	alone, trips [][]int // sizes of batches
}

func (d *depot) ReadsKeys() bool { return true }

func (d *depot) ReadKeys(ctx context.Context, keys []string) (Replies, error) {
	one := []KeyBatch{{Keys: keys}}
	err := d.serve(ctx, one, &d.alone)
	return one[0].Replies, err
}

func (d *depot) ReadBatches(ctx context.Context, batches []KeyBatch) error {
	return d.serve(ctx, batches, &d.trips)
}

func (d *depot) serve(ctx context.Context, batches []KeyBatch, log *[][]int) error {
	var sizes []int
	for _, b := range batches {
		sizes = append(sizes, len(b.Keys))
	}
	d.mu.Lock()
	*log = append(*log, sizes)
	d.mu.Unlock()
	time.Sleep(time.Second)
	for i := range batches {
		batches[i].Replies = echo(slices.Clone(batches[i].Keys))
	}
	if d.each != nil {
		return d.each(ctx, batches)
	}
	return nil
}

// begun returns how many trips have begun by now.
func (d *depot) begun() int {
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.trips)
}

// echo is replies that are the keys.
type echo []string

func (e echo) Reply(i int) (data []byte, text string, err error) { return nil, "of " + e[i], nil }

func (e echo) Release() {}

// newDepot returns a leaf over a depot.
func newDepot() (*depot, *RemoteLeaf[string, item]) {
	d := &depot{station: station{punctual: true}}
	l := NewRemoteLeaf[string, item](Leaf{Timeout: time.Minute}, d)
	return d, l
}

// batch reads so many keys as the leaf does, and reports whether they were found.
func (d *depot) batch(ctx context.Context, l *RemoteLeaf[string, item], name string, n int) (left bool, err error) {
	w := &readWork{engine: l.engine, keyed: l.keyed}
	for i := range n {
		w.keys = append(w.keys, fmt.Sprint(name, ".", i))
	}
	left, err = l.callRead(ctx, &Op[string, item]{}, w)
	if left || err != nil {
		return left, err
	}
	for i, key := range w.keys {
		if _, text, _ := w.replies.Reply(i); text != "of "+key {
			return false, fmt.Errorf("%q under %s", text, key)
		}
	}
	return false, nil
}

// crowdOf has so many callers read batches of so many keys, one a nanosecond after the other.
func (d *depot) crowdOf(t *testing.T, l *RemoteLeaf[string, item], callers, n int) {
	t.Helper()
	for i := range callers {
		time.AfterFunc(time.Duration(i), func() {
			if left, err := d.batch(context.Background(), l, fmt.Sprint(i), n); left || err != nil {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
}

// quiet holds that nothing is left.
func (l *RemoteLeaf[K, V]) quiet(t *testing.T) {
	t.Helper()
	l.gather.quiet(t)
	check(t, l.gather.together.Load(), 0)
}

// TestBatchesAlone has few callers go each for himself, and one after the other.
func TestBatchesAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, l := newDepot()
		for range 3 {
			d.crowdOf(t, l, loners, 10)
			time.Sleep(2 * time.Second)
		}
		l.quiet(t)
		check(t, len(d.alone), 3*loners)
		check(t, len(d.trips), 0)
	})
}

// TestBatchesTogether has many callers go together, of no more keys than a trip may have, and
// in few trips at a time.
func TestBatchesTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, l := newDepot()
		d.crowdOf(t, l, loners+30, 100)
		time.Sleep(time.Millisecond)
		check(t, d.begun(), lanes) // and the others wait
		time.Sleep(time.Minute)
		l.quiet(t)
		check(t, len(d.alone), loners)
		var sizes []int
		for _, trip := range d.trips {
			sizes = append(sizes, len(trip))
		}
		if want := []int{1, 1, bulky / 100, bulky / 100, 30 - 2 - 2*(bulky/100)}; !slices.Equal(sizes, want) {
			t.Errorf("trips of %v batches, not %v", sizes, want)
		}
		d.alone, d.trips = nil, nil
		d.crowdOf(t, l, loners+10, lightKeys+1) // each is worth a trip
		time.Sleep(time.Minute)
		l.quiet(t)
		check(t, len(d.alone), loners+10)
		check(t, len(d.trips), 0)
		l.counters.hits.Store(10)
		l.counters.bytesOut.Store(10 * (lightBytes/20 + 1))
		check(t, l.light(19) && !l.light(20), true)
		l.counters.hits.Store(0)
		d.trips = nil
		d.crowdOf(t, l, loners+lanes+2*crowd, 2)
		time.Sleep(time.Minute)
		l.quiet(t)
		check(t, len(d.trips), lanes+2)
		check(t, len(d.trips[lanes]), crowd)
	})
}

// TestBatchesFar has as many trips under way to a server that is far away as its client has
// connections for.
func TestBatchesFar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const reach = 8
		d, l := newDepot()
		l.gather.engine.(*depot).station.trips = reach
		d.crowdOf(t, l, loners+1, lightKeys) // says how far
		time.Sleep(time.Minute)
		synctest.Wait()
		d.trips = nil
		d.crowdOf(t, l, loners+reach+8*20, lightKeys) // eight of them fill a trip
		time.Sleep(time.Millisecond)
		check(t, d.begun(), reach)
		time.Sleep(time.Minute)
		l.quiet(t)
		check(t, len(d.trips), reach+20)
	})
}

// TestBatchesFarTogether has callers who are never but in large trips, and says how far away
// their server is all the same, and when it has come near again.
func TestBatchesFarTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const reach = 15
		d, l := newDepot()
		l.gather.engine.(*depot).station.trips = reach
		room := func() int {
			g := l.gather
			g.mu.Lock()
			defer g.mu.Unlock()
			b := g.line(batches)
			return b.room(0, time.Hour) + b.lanes
		}
		for range 5 {
			d.crowdOf(t, l, 200, 100)
			time.Sleep(time.Minute)
		}
		check(t, room(), reach)
		l.gather.mu.Lock()
		for range 1000 {
			l.gather.line(batches).gauge(int64(time.Millisecond), 900)
		}
		l.gather.mu.Unlock()
		check(t, room(), lanes)
	})
}

// TestBatchesWithSingles holds that single keys have lanes of their own, and are in nobody's
// batch.
func TestBatchesWithSingles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, l := newDepot()
		d.crowdOf(t, l, 3*loners, 100)
		for i := range 40 {
			d.at(t, l.gather, time.Duration(i), fmt.Sprint(":", i))
		}
		time.Sleep(time.Minute)
		l.quiet(t)
		check(t, len(d.rounds) > 0, true)
	})
}

// TestBatchesLeave has callers leave in line and on a trip: they are gone at once, and the
// others get their answers.
func TestBatchesLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, l := newDepot()
		d.crowdOf(t, l, loners+lanes+2, 100)
		time.Sleep(time.Millisecond)
		for _, after := range []time.Duration{500 * time.Millisecond, 1500 * time.Millisecond} {
			ctx, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			go func() {
				began := time.Now()
				left, err := d.batch(ctx, l, "late", 10)
				check(t, left, true)
				check(t, err, context.DeadlineExceeded)
				check(t, time.Since(began), after)
			}()
		}
		time.Sleep(time.Minute)
		l.quiet(t)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		d.crowdOf(t, l, loners, 2)
		time.Sleep(time.Millisecond)
		left, err := d.batch(gone, l, "none", 10)
		check(t, left, false)
		check(t, err, context.Canceled)
		time.Sleep(time.Minute)
		l.quiet(t)
	})
}

// TestBatchesFail has trips fail in every way: a batch is the matter of who has asked for it.
func TestBatchesFail(t *testing.T) {
	for name, fail := range map[string]func(ctx context.Context) error{
		"error":  func(context.Context) error { return errDown },
		"panic":  func(context.Context) error { panic("engine") },
		"goexit": func(context.Context) error { runtime.Goexit(); return nil },
		"hangs":  func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d, l := newDepot()
				d.each = func(ctx context.Context, batches []KeyBatch) error {
					for i := range batches {
						switch {
						case strings.HasPrefix(batches[i].Keys[0], "bad."):
							return fail(ctx)
						case strings.HasPrefix(batches[i].Keys[0], "odd."):
							batches[i].Replies, batches[i].Err = nil, ErrWrongType
						}
					}
					return nil
				}
				d.crowdOf(t, l, loners, 2) // so that the others are a crowd
				var wg sync.WaitGroup
				for range 2 * lanes {
					wg.Go(func() {
						if _, err := d.batch(context.Background(), l, "bad", 10); err == nil {
							t.Error("no error")
						}
					})
				}
				wg.Wait()
				d.crowdOf(t, l, loners+5, 10)
				time.AfterFunc(time.Millisecond, func() {
					_, err := d.batch(context.Background(), l, "odd", 10)
					check(t, errors.Is(err, ErrWrongType), true)
				})
				time.Sleep(time.Hour)
				l.quiet(t)
			})
		})
	}
}
