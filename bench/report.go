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

// printTables prints what was measured of an experiment.
func printTables(w io.Writer, e experiment, r measure.Results) {
	for _, t := range e.tables(r) {
		tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintf(tw, "\n%s\t%s\n", e.title, strings.Join(t.groups, "\t"))
		for _, c := range t.cases {
			fmt.Fprint(tw, c)
			for _, g := range t.groups {
				fmt.Fprintf(tw, "\t%s", cell(r, g+"/"+c))
			}
			fmt.Fprintln(tw)
		}
		_ = tw.Flush()
	}
}

// cell is what was measured of a case: time, how far that can be off, allocations;
// or what the case itself has measured.
func cell(r measure.Results, name string) string {
	f, ok := r.Summary(name, clock)
	if !ok {
		return ""
	}
	if units := own(r[name]); len(units) > 0 {
		var all []string
		for _, unit := range units {
			f, _ := r.Summary(name, unit)
			all = append(all, figure(f.Median)+" "+unit)
		}
		return strings.Join(all, " · ")
	}
	allocs, _ := r.Summary(name, measure.Allocs)
	return fmt.Sprintf("%s ±%.0f%% · %s", figure(f.Median), 50*(f.High-f.Low)/f.Median, figure(allocs.Median))
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
	common := []string{measure.Nanoseconds, measure.CPU, measure.Allocs, measure.Bytes}
	for _, unit := range slices.Sorted(maps.Keys(s)) {
		if !slices.Contains(common, unit) {
			units = append(units, unit)
		}
	}
	return units
}

func figure(x float64) string { return fmt.Sprintf("%.4g", x) }
