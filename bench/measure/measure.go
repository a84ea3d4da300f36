// Package measure runs benchmarks of things that do the same, in turns, so that
// whatever else the machine does falls on all of them alike, and compares them
// round by round.
package measure

import (
	"flag"
	"maps"
	"math"
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
	Name  string
	Bench func(b *testing.B)
	// Open, if it is not nil, makes what Bench needs, before the first round.
	Open func()
	// Once says that Bench measures by itself: it runs for one iteration and reports
	// what it found by b.ReportMetric, or by a Meter.
	Once bool
}

// Group is cases that do the same.
type Group struct {
	Name   string
	Cases  []Case
	Base   string // the case that others are compared with; empty: none
	Rounds int    // at most so many; 0: those of the options
	Close  func() // if it is not nil, ends what cases have opened

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

// Series is what was measured of one case, a value for each round.
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
	for round := range rounds {
		for i := range cases {
			c := cases[(i+round)%len(cases)]
			name := g.Name + "/" + c.Name
			if r[name] == nil {
				r[name] = Series{}
			}
			r[name].add(run(c, o.Time, g.Uncollected))
		}
	}
}

// run runs a case once.
func run(c Case, d time.Duration, uncollected bool) testing.BenchmarkResult {
	if uncollected {
		defer debug.SetGCPercent(debug.SetGCPercent(-1))
	}
	benchtime := d.String()
	if c.Once {
		benchtime = "1x"
	}
	if err := flag.Set("test.benchtime", benchtime); err != nil {
		panic(err) // testing.Init was not called
	}
	var before, used time.Duration
	res := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		before = CPUTime()
		c.Bench(b)
		used = CPUTime() - before
	})
	if res.N > 0 && !c.Once {
		if res.Extra == nil {
			res.Extra = map[string]float64{}
		}
		res.Extra[CPU] = float64(used.Nanoseconds()) / float64(res.N)
	}
	return res
}

func (s Series) add(res testing.BenchmarkResult) {
	if res.N == 0 {
		return // it has failed, and said so
	}
	all := map[string]float64{
		Nanoseconds: float64(res.T.Nanoseconds()) / float64(res.N),
		Allocs:      hundredths(float64(res.MemAllocs) / float64(res.N)),
		Bytes:       hundredths(float64(res.MemBytes) / float64(res.N)),
	}
	maps.Copy(all, res.Extra) // what a case has measured by itself counts
	for unit, value := range all {
		s[unit] = append(s[unit], value)
	}
}

// Meter begins to measure what a case does that runs once. The function that it
// returns ends that, reports it for each of n operations, and says how long all took.
func Meter(b *testing.B) (end func(n int) time.Duration) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	used, began := CPUTime(), time.Now()
	return func(n int) time.Duration {
		wall, used := time.Since(began), CPUTime()-used
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(wall)/float64(n), Nanoseconds)
		b.ReportMetric(float64(used)/float64(n), CPU)
		b.ReportMetric(hundredths(float64(after.Mallocs-before.Mallocs)/float64(n)), Allocs)
		b.ReportMetric(hundredths(float64(after.TotalAlloc-before.TotalAlloc)/float64(n)), Bytes)
		return wall
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
