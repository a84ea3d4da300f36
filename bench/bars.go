package main

import (
	"fmt"

	"github.com/cachegen/cachegen/bench/measure"
)

// clock is the unit of what takes time: that of the wall, or of this process.
var clock = measure.Nanoseconds

// bar is something that we want to hold.
type bar struct {
	text   string
	of     func(r measure.Results) (measure.Figure, bool)
	bound  float64
	atMost bool // the bound is one from above
}

// verdict says whether a bar holds; ok is false if it was not measured.
func (b bar) verdict(r measure.Results) (f measure.Figure, holds, ok bool) {
	if f, ok = b.of(r); !ok {
		return f, false, false
	}
	if b.atMost {
		return f, f.Median <= b.bound, true
	}
	return f, f.Median >= b.bound, true
}

func (b bar) limit() string {
	if b.atMost {
		return fmt.Sprintf("≤ %g", b.bound)
	}
	return fmt.Sprintf("≥ %g", b.bound)
}

// cost holds that ours takes at most so much of what a base takes.
func cost(text, ours, base string, bound float64) bar {
	return bar{text, func(r measure.Results) (measure.Figure, bool) { return r.Ratio(ours, base, clock) }, bound, true}
}

// within is cost in another unit.
func within(text, ours, base, unit string, bound float64) bar {
	return bar{text, func(r measure.Results) (measure.Figure, bool) { return r.Ratio(ours, base, unit) }, bound, true}
}

// gain holds that ours is at least so many times as fast as another.
func gain(text, ours, other string, bound float64) bar {
	return bar{text, func(r measure.Results) (measure.Figure, bool) { return r.Ratio(other, ours, clock) }, bound, false}
}

// most holds that a figure itself is at most so much.
func most(text, ours, unit string, bound float64) bar {
	return bar{text, func(r measure.Results) (measure.Figure, bool) { return r.Summary(ours, unit) }, bound, true}
}

// extra holds that ours has at most so much more of a unit than a base.
func extra(text, ours, base, unit string, bound float64) bar {
	return bar{text, func(r measure.Results) (f measure.Figure, ok bool) {
		a, ok := r.Summary(ours, unit)
		b, ok2 := r.Summary(base, unit)
		return measure.Figure{Median: a.Median - b.Median, Low: a.Low - b.High, High: a.High - b.Low}, ok && ok2
	}, bound, true}
}
