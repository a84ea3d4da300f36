package measure

import (
	"math"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"
)

func TestMain(m *testing.M) { os.Exit(m.Run()) }

// TestRun looks at the order of the rounds and at what is counted.
func TestRun(t *testing.T) {
	var order []string
	note := func(name string) Case {
		return Case{Name: name, Once: true, Bench: func(b *testing.B) {
			if b.N == 1 {
				order = append(order, name)
			}
			b.ReportMetric(float64(len(order)), "turns")
		}}
	}
	r := Results{}
	r.Run(Group{Name: "g", Cases: []Case{note("a"), note("b"), note("left out")}}, Options{
		Rounds: 2, Time: time.Millisecond, Filter: regexp.MustCompile("^g/.$"),
	})
	if want := []string{"a", "b", "b", "a"}; !slices.Equal(slices.Compact(slices.Clone(order)), slices.Compact(want)) {
		t.Errorf("they ran in the order %v, not %v", order, want)
	}
	if _, ok := r["g/left out"]; ok {
		t.Error("what the filter leaves out ran")
	}
	if got := len(r["g/a"]["turns"]); got != 2 {
		t.Errorf("a has %d values of its own unit, not 2", got)
	}
}

func TestAllocs(t *testing.T) {
	var sink []byte
	r := Results{}
	r.Run(Group{Name: "g", Cases: []Case{{Name: "a", Bench: func(b *testing.B) {
		for b.Loop() {
			sink = make([]byte, 100)
		}
	}}}}, Options{Rounds: 1, Time: time.Millisecond, Filter: regexp.MustCompile("")})
	if f, ok := r.Summary("g/a", Allocs); !ok || f.Median != 1 {
		t.Errorf("%v allocations, not 1", f)
	}
	_ = sink
}

// TestRatio holds that noise which falls on a round falls out of the ratio.
func TestRatio(t *testing.T) {
	r := Results{
		"g/a": {Nanoseconds: {20, 200, 22, 20, 60, 21}},
		"g/b": {Nanoseconds: {10, 100, 10, 10, 30, 10}},
	}
	f, ok := r.Ratio("g/a", "g/b", Nanoseconds)
	if !ok || f.Median < 2 || f.Median > 2.05 || f.Low < 2 || f.High > 2.2 {
		t.Errorf("ratio %+v, want 2 to 2.2", f)
	}
	if _, ok := r.Ratio("g/a", "g/none", Nanoseconds); ok {
		t.Error("a ratio to nothing")
	}
}

// TestMeter counts by the operations that the case has done, not by its iterations.
func TestMeter(t *testing.T) {
	var sink []byte
	r := Results{}
	r.Run(Group{Name: "g", Cases: []Case{{Name: "a", Once: true, Bench: func(b *testing.B) {
		end := Meter(b)
		for range 1000 {
			sink = make([]byte, 100)
		}
		end(500)
	}}}, Rounds: 2}, Options{Rounds: 3, Time: time.Millisecond, Filter: regexp.MustCompile("")})
	if f, ok := r.Summary("g/a", Allocs); !ok || math.Round(f.Median) != 2 {
		t.Errorf("%v allocations, not 2", f)
	}
	for _, unit := range []string{Nanoseconds, CPU, Bytes} {
		if n := len(r["g/a"][unit]); n != 2 {
			t.Errorf("%d values of %s, not one for each of 2 rounds", n, unit)
		}
	}
	_ = sink
}
