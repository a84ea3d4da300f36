package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/cachegen/cachegen/bench/measure"
)

// table is what was measured of the groups of an experiment that compare the same
// cases.
type table struct {
	groups []string
	cases  []string
}

// tables puts groups beside each other whose cases have the same names.
func (e experiment) tables(r measure.Results) (all []table) {
	for _, g := range e.groups {
		var cases []string
		for _, c := range g.Cases {
			if _, ok := r.Summary(g.Name+"/"+c.Name, measure.Nanoseconds); ok {
				cases = append(cases, c.Name)
			}
		}
		if len(cases) == 0 {
			continue
		}
		if n := len(all); n > 0 && related(all[n-1].groups[0], g.Name) {
			all[n-1].groups = append(all[n-1].groups, g.Name)
			all[n-1].cases = union(all[n-1].cases, cases)
			continue
		}
		all = append(all, table{[]string{g.Name}, cases})
	}
	return all
}

// related reports whether two groups are of one subject: all but the last part of
// their names is the same.
func related(a, b string) bool {
	return a[:strings.LastIndex(a, "/")] == b[:strings.LastIndex(b, "/")]
}

func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}

// printTables prints what was measured of an experiment, if anything was.
func printTables(w io.Writer, e experiment, r measure.Results) bool {
	tables := e.tables(r)
	for _, t := range tables {
		tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintf(tw, "\n%s\t%s\n", e.title, strings.Join(t.groups, "\t"))
		for _, c := range t.cases {
			fmt.Fprint(tw, c)
			for _, g := range t.groups {
				fmt.Fprintf(tw, "\t%s", cell(r, e.group(g), c))
			}
			fmt.Fprintln(tw)
		}
		_ = tw.Flush()
	}
	return len(tables) > 0
}

// cell is what was measured of a case: time, how it compares with the base, and
// allocations; or what the case itself has measured.
func cell(r measure.Results, g measure.Group, name string) string {
	series := r[g.Name+"/"+name]
	var all []string
	if f, ok := r.Summary(g.Name+"/"+name, clock); ok && timed(series) {
		text := duration(f.Median)
		switch ratio, ok := r.Ratio(g.Name+"/"+name, g.Name+"/"+g.Base, clock); {
		case name == g.Base:
			text += " (1)"
		case ok && ratio.Low == ratio.High: // one round
			text += fmt.Sprintf(" (%.3g)", ratio.Median)
		case ok:
			text += fmt.Sprintf(" (%.3g, %.3g to %.3g)", ratio.Median, ratio.Low, ratio.High)
		}
		all = append(all, text)
	}
	if f, ok := r.Summary(g.Name+"/"+name, measure.Allocs); ok && timed(series) && len(series[seconds]) == 0 {
		all = append(all, figure(f.Median)+" allocs")
	}
	for _, unit := range own(series) {
		f, _ := r.Summary(g.Name+"/"+name, unit)
		all = append(all, figure(f.Median)+" "+unit)
	}
	return strings.Join(all, " · ")
}

// timed reports whether the time of a case is what it was about.
func timed(s measure.Series) bool { return len(s[measure.CPU]) > 0 }

func duration(ns float64) string {
	switch {
	case ns < 10e3:
		return figure(ns) + " ns"
	case ns < 10e6:
		return figure(ns/1e3) + " µs"
	case ns < 1e9:
		return figure(ns/1e6) + " ms"
	}
	return figure(ns/1e9) + " s"
}

// printBars prints a line for each bar that was measured, and how many hold.
func printBars(w io.Writer, all []experiment, r measure.Results) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	held, measured := 0, 0
	for _, e := range all {
		for _, b := range e.bars {
			f, holds, ok := b.verdict(r)
			if !ok {
				continue
			}
			measured++
			word := "DOES NOT HOLD"
			if holds {
				held++
				word = "holds"
			}
			fmt.Fprintf(tw, "%s\t%.3g\t(%.3g to %.3g)\t%s\t%s\n", b.text, f.Median, f.Low, f.High, b.limit(), word)
		}
	}
	_ = tw.Flush()
	fmt.Fprintf(w, "\n%d of %d bars hold\n", held, measured)
}

// own returns the units that a case has measured besides those of every case.
func own(s measure.Series) (units []string) {
	common := []string{measure.Nanoseconds, measure.CPU, measure.Allocs, measure.Bytes, seconds}
	for _, unit := range slices.Sorted(maps.Keys(s)) {
		if !slices.Contains(common, unit) {
			units = append(units, unit)
		}
	}
	return units
}

// figure spells three digits, or a whole number.
func figure(x float64) string {
	if x >= 100 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.3g", x)
}
