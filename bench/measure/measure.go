// Package measure runs benchmarks of things that do the same, in turns, so that
// whatever else the machine does falls on all of them alike, and compares them
// round by round.
package measure

import (
	"cmp"
	"flag"
	"maps"
	"math"
	"math/rand/v2"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"golang.org/x/perf/benchmath"
)

// Case is one of the things that a group compares.
type Case struct {
	Name string
	// Do does n times what is measured. Cases that have it take turns, several in each
	// round: the shorter they are, the more of what else a machine does falls on all.
	Do func(n int)
	// Bench, instead, runs once in each round and reports what it has found by
	// b.ReportMetric, or by Measure.
	Bench func(b *testing.B)
	// Open, if it is not nil, makes what is needed, before the first round.
	Open func()
}

// Group is cases that do the same: all have a Do, or all a Bench.
type Group struct {
	Name   string
	Cases  []Case
	Base   string // the case that others are compared with; empty: none
	Rounds int    // at most so many; 0: those of the options
	Turns  int    // of a case in a round; 0: six; many goroutines need a longer one
	Long   int    // so many times as long as other groups, or as often; 0: once; for ratios that are to be known well
	Close  func() // if it is not nil, ends what cases have opened
	Anew   func() // if it is not nil, is called between two rounds to open something again

	// Uncollected says that no garbage is collected while a case runs: marking what all
	// cases have opened would take from the one that runs.
	Uncollected bool
}

// Options say how long to measure.
type Options struct {
	Rounds int
	Time   time.Duration // of a case in a round
	Filter *regexp.Regexp
}

// Series is what was measured of one case, a value for each round or turn.
type Series map[string][]float64

// The units that testing measures; cases have others of their own.
const (
	Nanoseconds = "ns/op"
	Allocs      = "allocs/op"
	Bytes       = "B/op"
	// CPU is the time that this process has computed, on all cores: what to compare
	// on a machine that others use too.
	CPU = "cpu-ns/op"
)

// Results are the series of all cases, by the name of their group, a slash, and
// their own.
type Results map[string]Series

// Run measures the cases of a group, one after the other in each round, and begins
// each round with another one. Of a case that the filter leaves out there are no
// results.
func (r Results) Run(g Group, o Options) {
	cases := slices.DeleteFunc(slices.Clone(g.Cases), func(c Case) bool {
		return !o.Filter.MatchString(g.Name + "/" + c.Name)
	})
	for _, c := range cases {
		if c.Open != nil {
			c.Open()
		}
	}
	if g.Close != nil {
		defer g.Close()
	}
	if len(cases) == 0 {
		return
	}
	runtime.GC() // of what opening has left
	rounds := o.Rounds
	if g.Rounds > 0 {
		rounds = min(rounds, g.Rounds)
	}
	if cases[0].Do != nil {
		g.Cases = cases
		r.inTurns(g, rounds, o.Time*time.Duration(max(1, g.Long)))
		return
	}
	for round := range rounds * max(1, g.Long) {
		for i := range cases {
			c := cases[(i+round)%len(cases)]
			r.add(g.Name+"/"+c.Name, alone(c))
		}
	}
}

// inTurns measures cases that can do less than a round at once, for so long in each
// round.
func (r Results) inTurns(g Group, rounds int, d time.Duration) {
	turns, cases := cmp.Or(g.Turns, 6), g.Cases
	if g.Uncollected {
		defer debug.SetGCPercent(debug.SetGCPercent(-1))
	}
	garbage := collector{rarely: g.Uncollected}
	sizes := make([]int, len(cases))
	for i, c := range cases {
		sizes[i] = fitting(c.Do, d/time.Duration(turns))
	}
	order := rand.New(rand.NewPCG(1, 1))
	for turn := range rounds * turns {
		if g.Anew != nil && turn > 0 && turn%turns == 0 {
			g.Anew()
		}
		// In any order: what a case leaves to be done must not always fall on the same next.
		for _, i := range order.Perm(len(cases)) {
			garbage.collect()
			cases[i].Do(1 + sizes[i]/8) // what collecting and other cases have thrown out of caches
			r.add(g.Name+"/"+cases[i].Name, measured(sizes[i], func() { cases[i].Do(sizes[i]) }))
		}
	}
}

// fitting returns how often something is to be done to take so long. What took long once
// may have been held up by something else, and is tried again.
func fitting(do func(n int), d time.Duration) int {
	timed := func(n int) time.Duration {
		began := time.Now()
		do(n)
		return time.Since(began)
	}
	for n := 1; ; {
		took := timed(n)
		if took >= d/2 {
			took = min(took, timed(n))
		}
		if took >= d/2 {
			return max(1, int(float64(n)*float64(d)/float64(took)))
		}
		n = min(100*n, n+n/5+int(float64(n)*float64(d)/float64(took+1)))
	}
}

// enough is how much garbage is collected where that is done rarely, in bytes.
const enough = 256 << 20

// collector has a case begin with little garbage of others, as testing does. Rarely
// is for where much is open and collecting takes longer than a turn.
type collector struct {
	rarely bool
	live   uint64 // what there was after the last collection
}

func (c *collector) collect() {
	var m runtime.MemStats
	if runtime.ReadMemStats(&m); c.rarely && m.HeapAlloc < c.live+enough {
		return
	}
	runtime.GC()
	runtime.ReadMemStats(&m)
	c.live = m.HeapAlloc
}

// alone has a case measure by itself.
func alone(c Case) map[string]float64 {
	if err := flag.Set("test.benchtime", "1x"); err != nil {
		panic(err) // testing.Init was not called
	}
	res := testing.Benchmark(c.Bench)
	if res.N == 0 {
		return nil // it has failed, and said so
	}
	all := map[string]float64{
		Nanoseconds: float64(res.T.Nanoseconds()),
		Allocs:      float64(res.MemAllocs),
		Bytes:       float64(res.MemBytes),
	}
	maps.Copy(all, res.Extra) // what a case has measured by itself counts
	return all
}

// add adds what was measured of a case in a round.
func (r Results) add(name string, values map[string]float64) {
	if r[name] == nil {
		r[name] = Series{}
	}
	for unit, value := range values {
		r[name][unit] = append(r[name][unit], value)
	}
}

// Measure reports what a call uses, for each of the n operations that it does.
func Measure(b *testing.B, n int, fn func()) {
	for unit, value := range measured(n, fn) {
		b.ReportMetric(value, unit)
	}
}

// measured returns what a call uses, for each of the n operations that it does.
func measured(n int, fn func()) map[string]float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	used, began := CPUTime(), time.Now()
	fn()
	wall, used := time.Since(began), CPUTime()-used
	runtime.ReadMemStats(&after)
	return map[string]float64{
		Nanoseconds: float64(wall) / float64(n),
		CPU:         float64(used) / float64(n),
		Allocs:      hundredths(float64(after.Mallocs-before.Mallocs) / float64(n)),
		Bytes:       hundredths(float64(after.TotalAlloc-before.TotalAlloc) / float64(n)),
	}
}

// hundredths rounds what a benchmark itself allocates out of a mean.
func hundredths(x float64) float64 { return math.Round(100*x) / 100 }

// Figure is a median, with the interval that it lies in with a confidence of 95 %.
type Figure struct{ Median, Low, High float64 }

// Summary returns the median of a series; ok is false where nothing was measured.
func (r Results) Summary(name, unit string) (f Figure, ok bool) {
	return summary(r[name][unit])
}

// Ratio compares two series round by round.
func (r Results) Ratio(name, base, unit string) (f Figure, ok bool) {
	a, b := r[name][unit], r[base][unit]
	n := min(len(a), len(b))
	ratios := make([]float64, n)
	for i := range n {
		ratios[i] = a[i] / b[i]
	}
	return summary(ratios)
}

func summary(values []float64) (f Figure, ok bool) {
	if len(values) == 0 {
		return f, false
	}
	s := benchmath.AssumeNothing.Summary(benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds), 0.95)
	// Of few values there is no such interval: then it is all that was seen.
	return Figure{s.Center, max(s.Lo, slices.Min(values)), min(s.Hi, slices.Max(values))}, true
}
