package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// nameWidth keeps names to the left in a table that has its columns to the right.
const nameWidth = len("answered by")

// report prints a phase: for each source how many reads it has answered, and how
// long they took.
func report(out io.Writer, title string, p phase) {
	fmt.Fprintf(out, "\n%s\n", title)
	t := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "%-*s\treads\tmedian\tp99\t\n", nameWidth, "answered by")
	for _, source := range p.sources {
		row(t, source, p.of(source))
	}
	row(t, "all", p.all())
	fmt.Fprintf(t, "%-*s\t%d\t\t\t\n", nameWidth, "loads", p.loads)
	_ = t.Flush() // as with every other print: a report that nobody can read is no error
}

func row(t io.Writer, name string, took []time.Duration) {
	if len(took) == 0 {
		fmt.Fprintf(t, "%-*s\t0\t-\t-\t\n", nameWidth, name)
		return
	}
	fmt.Fprintf(t, "%-*s\t%d\t%v\t%v\t\n", nameWidth, name, len(took), short(median(took)), short(quantile(took, 0.99)))
}

func median(took []time.Duration) time.Duration { return quantile(took, 0.5) }

// quantile returns the smallest duration that at least the share q of all does
// not exceed, and 0 of none.
func quantile(took []time.Duration, q float64) time.Duration {
	if len(took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(took))
	rank := int(q*float64(len(sorted)) + 0.999999)
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// short rounds a duration to three digits.
func short(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}
