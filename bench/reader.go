package main

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/cachegen/cachegen/bench/measure"
)

// reader is what a benchmark of hits asks.
type reader[V any] interface {
	get(id int64) (V, bool)
	// run asks for n keys of the stream, from the ith on, and returns how many it missed.
	run(l *lab, i, n int) (missed int)
}

// by reads by a function.
type by[V any] func(id int64) (V, bool)

func (f by[V]) get(id int64) (V, bool) { return f(id) }

func (f by[V]) run(l *lab, i, n int) (missed int) {
	for k := range n {
		if _, ok := f(l.id(i + k)); !ok {
			missed++
		}
	}
	return missed
}

// calling reads by a method of something. A function around the method would copy the value
// once more, and wait for it: a quarter of what a hit of a Product takes.
type calling[C, V any] struct {
	on     C
	method func(c C, id int64) (V, bool)
}

func (c calling[C, V]) get(id int64) (V, bool) { return c.method(c.on, id) }

func (c calling[C, V]) run(l *lab, i, n int) (missed int) {
	for k := range n {
		if _, ok := c.method(c.on, l.id(i+k)); !ok {
			missed++
		}
	}
	return missed
}

// cached reads a cache of ours by its method, as its users do.
type cached[V any] struct{ cache[V] }

// cache is what our caches have.
type cache[V any] interface {
	Get(ctx context.Context, id int64) (V, bool, error)
	Set(ctx context.Context, id int64, v V) error
	Close(ctx context.Context) error
}

func (c cached[V]) get(id int64) (V, bool) {
	v, ok, err := c.Get(ctx, id)
	return v, ok && err == nil
}

func (c cached[V]) run(l *lab, i, n int) (missed int) {
	for k := range n {
		if _, ok, _ := c.Get(ctx, l.id(i+k)); !ok {
			missed++
		}
	}
	return missed
}

// hits is a case of reads by one goroutine, all of which must find something. It goes
// on in the stream where it has stopped before.
func hits[V any](l *lab, name string, open func() reader[V]) measure.Case {
	asked, missed := 0, 0
	return measure.Case{Name: name, Open: func() { open() }, Do: func(n int) {
		missed += open().run(l, asked, n)
		asked += n
		found(missed, asked)
	}}
}

// together is a case of reads by so many goroutines.
func together[V any](l *lab, goroutines int, name string, open func() reader[V]) measure.Case {
	asked, missed := 0, 0
	return measure.Case{Name: name, Open: func() { open() }, Do: func(n int) {
		missed += share(l, goroutines, asked/goroutines, n, open())
		asked += n
		found(missed, asked)
	}}
}

// share has goroutines share n reads; each follows the stream from a place of its
// own, so far behind where it begins.
func share[V any](l *lab, goroutines, at, n int, from reader[V]) (missed int) {
	var sum atomic.Int64
	var wg sync.WaitGroup
	for g := range goroutines {
		n := (n + g) / goroutines
		wg.Go(func() {
			sum.Add(int64(from.run(l, at+g*streamed/goroutines, n)))
		})
	}
	wg.Wait()
	return int(sum.Load())
}
