package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/plot"
)

// rounded widens a logarithmic axis to 1, 2 or 5 times a power of ten, and has ticks
// there: gonum's are at powers of ten only, of which an axis may have none.
func rounded(a *plot.Axis, label func(x float64) string) {
	var steps []float64
	for power := math.Floor(math.Log10(a.Min)); math.Pow(10, power) < 10*a.Max; power++ {
		for _, digit := range []float64{1, 2, 5} {
			steps = append(steps, digit*math.Pow(10, power))
		}
	}
	first, last := 0, 0
	for i, x := range steps {
		if x <= a.Min*1.001 {
			first = i
		}
		if x < a.Max*0.999 {
			last = i + 1
		}
	}
	ticks := make([]plot.Tick, 0, last-first+1)
	for i, x := range steps[first : last+1] {
		// On a long axis there is room for the labels of powers of ten.
		t := plot.Tick{Value: x}
		if last-first <= 8 || (first+i)%3 == 0 {
			t.Label = label(x)
		}
		ticks = append(ticks, t)
	}
	a.Min, a.Max, a.Tick.Marker = steps[first], steps[last], plot.ConstantTicks(ticks)
}

// measured has ticks at what was measured.
func measured(c curve) plot.Ticker {
	label := number
	if strings.HasPrefix(c.x, "bytes") {
		label = size
	}
	var ticks plot.ConstantTicks
	for _, x := range slices.Sorted(maps.Keys(c.groups)) {
		ticks = append(ticks, plot.Tick{Value: x, Label: label(x)})
	}
	return ticks
}

// number spells a number with few zeros.
func number(x float64) string {
	switch {
	case x >= 1e6:
		return fmt.Sprintf("%.4gM", x/1e6)
	case x >= 1e4:
		return fmt.Sprintf("%.4gk", x/1e3)
	}
	return fmt.Sprintf("%.4g", x)
}

func nanoseconds(x float64) string { return time.Duration(math.Round(x)).String() }

// size spells a number of bytes.
func size(x float64) string {
	switch {
	case x >= 1<<20:
		return fmt.Sprintf("%.4g MiB", x/(1<<20))
	case x >= 1<<10:
		return fmt.Sprintf("%.4g KiB", x/(1<<10))
	}
	return fmt.Sprintf("%.4g B", x)
}
