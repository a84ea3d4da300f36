package measure

import (
	"math"
	"os"
	"regexp"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestMain(m *testing.M) { os.Exit(m.Run()) }

// TestRun looks at the order of the rounds and at what is counted.
func TestRun(t *testing.T) {
	var order []string
	note := func(name string) Case {
		return Case{Name: name, Bench: func(b *testing.B) {
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

// TestTurns: cases take turns in any order, each of which is a value.
func TestTurns(t *testing.T) {
	var order []string
	var sink []byte
	note := func(name string, size int) Case {
		return Case{Name: name, Do: func(n int) {
			order = append(order, name)
			for range n {
				sink = make([]byte, size)
			}
		}}
	}
	const turns = 5
	for _, uncollected := range []bool{false, true} {
		r := Results{}
		g := Group{Name: "g", Cases: []Case{note("a", 100), note("b", 1000)}, Turns: turns, Uncollected: uncollected}
		var anew []int // how much had been done each time
		g.Anew = func() { anew = append(anew, len(order)) }
		r.Run(g, Options{Rounds: 2, Time: turns * time.Millisecond, Filter: regexp.MustCompile("")})
		if want := len(order) - 2*2*turns; len(anew) != 1 || anew[0] != want {
			t.Errorf("opened anew after %v, not %d: between two rounds", anew, want)
		}
		order = order[len(order)-2*2*2*turns:] // behind those that found out how much to do
		first := map[string]int{}
		for turn := range slices.Chunk(order, 4) { // each case warms up, and is measured
			if turn[0] != turn[1] || turn[2] != turn[3] || turn[0] == turn[2] {
				t.Errorf("turns %v", turn)
			}
			first[turn[0]]++
		}
		if len(first) != 2 {
			t.Errorf("one case always comes first: %v", first)
		}
		for name, bytes := range map[string]float64{"g/a": 112, "g/b": 1024} {
			s := r[name]
			if len(s[Nanoseconds]) != 2*turns || len(s[CPU]) != 2*turns || math.Round(s[Allocs][0]) != 1 || math.Round(s[Bytes][0]/10) != math.Round(bytes/10) {
				t.Errorf("%s: %v", name, s)
			}
		}
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

// TestMeasure counts by the operations that the case has done, not by its iterations.
func TestMeasure(t *testing.T) {
	var sink []byte
	r := Results{}
	r.Run(Group{Name: "g", Cases: []Case{{Name: "a", Bench: func(b *testing.B) {
		Measure(b, 500, func() {
			for range 1000 {
				sink = make([]byte, 100)
			}
		})
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

// TestFitting: a stall while something is timed does not make its turns short.
func TestFitting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stalled := false
		n := fitting(func(n int) {
			time.Sleep(time.Duration(n) * time.Millisecond)
			if n > 1 && !stalled {
				stalled = true
				time.Sleep(time.Minute)
			}
		}, 100*time.Millisecond)
		if n != 100 || !stalled {
			t.Errorf("%d, and stalled is %v", n, stalled)
		}
	})
}
