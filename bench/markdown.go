package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/cachegen/cachegen/bench/measure"
)

// run is one whole run, as its report needs it.
type run struct {
	experiments []experiment
	results     measure.Results
	rounds      int
	took        time.Duration
	redis       string // its version
}

const preamble = `# Performance

<!-- Written by make bench-docs. Change the texts in bench/, and run it again. -->

What a generated cache costs, beside code written by hand for the same type, which is the limit, and beside other libraries. All of
this page is from one run of

    %s

which measures, fills in the tables, draws the plots and says which of our bars hold. %s

## How to read it

- A cell has a time, in parentheses how many times that of the base it is, with the interval that its median lies in with
  a confidence of 95 %% (or, of few rounds, all that was seen), and the allocations. The base is the case with the 1.
- **Compare within a row of rounds, not times with times.** The machine is shared: absolute times move by a third from run to run. The cases
  of a group run in turns of 3 to 30 ms, and of 90 ms where many goroutines ask or much is allocated, in any order and after a moment to warm up, and ratios are taken turn by turn, so what else the machine does falls on all alike. What is
  off by less than its interval is no difference.
- The limits do the whole work (envelope, deadline, key, decoding, checksum where others could have written) and none of what a library needs for
  other types. They do not fence writes, count, log, or bound the time of a tier.
- Allocations do not depend on the machine, and ordinary tests hold them; times are held by nothing but this page.

## The bars

What we want to hold, and whether it did in this run.

%s
`

// write writes performance.md, and its plots into a directory beside it.
func (r *run) write(dir string) error {
	var w strings.Builder
	fmt.Fprintf(&w, preamble, command(), r.machine(), r.barTable())
	plots := filepath.Join(dir, "performance")
	if err := os.RemoveAll(plots); err != nil { // of experiments that are gone
		return err
	}
	if err := os.MkdirAll(plots, 0o755); err != nil {
		return err
	}
	for _, e := range r.experiments {
		if err := r.chapter(&w, e, plots); err != nil {
			return fmt.Errorf("%s: %w", e.title, err)
		}
	}
	fmt.Fprintf(&w, "\n## Versions\n\n%s\n", versions())
	return os.WriteFile(filepath.Join(dir, "performance.md"), []byte(w.String()), 0o644)
}

// command is what makes this page again.
func command() string {
	var options []string
	flag.Visit(func(f *flag.Flag) {
		switch {
		case f.Name == "docs" || strings.HasPrefix(f.Name, "test."):
		case f.Value.String() == "true":
			options = append(options, "-"+f.Name)
		default:
			options = append(options, "-"+f.Name+"="+f.Value.String())
		}
	})
	if len(options) == 0 {
		return "make bench-docs"
	}
	return fmt.Sprintf("make bench-docs BENCH='%s'", strings.Join(options, " "))
}

// machine describes where the run was, without naming it.
func (r *run) machine() string {
	unit := "Times are those of the wall."
	if clock == measure.CPU {
		unit = "The machine was busy: times are what the process computed, on all cores, which leaves waiting out."
	}
	return fmt.Sprintf("It had %d cores (%s/%s), %s and Redis %s on the same machine, and took %v for %d rounds. %s",
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), r.redis, r.took.Round(time.Second), r.rounds, unit)
}

func (r *run) barTable() string {
	var w strings.Builder
	fmt.Fprint(&w, "| | figure | interval | bound | |\n|---|---|---|---|---|\n")
	held, measured := 0, 0
	for _, e := range r.experiments {
		if len(e.bars) > 0 {
			fmt.Fprintf(&w, "| *%s* | | | | |\n", e.title)
		}
		for _, b := range e.bars {
			f, holds, ok := b.verdict(r.results)
			if !ok {
				continue
			}
			measured++
			word := "**does not hold**"
			if holds {
				held++
				word = "holds"
			}
			fmt.Fprintf(&w, "| %s | %.3g | %.3g to %.3g | %s | %s |\n", b.text, f.Median, f.Low, f.High, b.limit(), word)
		}
	}
	fmt.Fprintf(&w, "\n%d of %d hold.\n", held, measured)
	return w.String()
}

// chapter writes what an experiment says and found.
func (r *run) chapter(w *strings.Builder, e experiment, plots string) error {
	fmt.Fprintf(w, "\n## %s\n\n%s\n", e.title, e.text)
	for _, c := range e.curves {
		name, err := r.drawCurve(plots, e, c)
		if err != nil {
			return err
		}
		if name != "" {
			fmt.Fprintf(w, "\n![%s](performance/%s)\n", c.title, name)
		}
	}
	for _, t := range e.tables(r.results) {
		fmt.Fprintf(w, "\n| | %s |\n|---|%s\n", strings.Join(t.groups, " | "), strings.Repeat("---|", len(t.groups)))
		for _, c := range t.cases {
			fmt.Fprintf(w, "| %s |", c)
			for _, g := range t.groups {
				fmt.Fprintf(w, " %s |", cell(r.results, e.group(g), c))
			}
			fmt.Fprintln(w)
		}
		if len(e.curves) > 0 {
			continue
		}
		for _, g := range t.groups {
			name, err := r.drawRatios(plots, e.group(g))
			if err != nil {
				return err
			}
			if name != "" {
				fmt.Fprintf(w, "\n![%s](performance/%s)\n", g, name)
			}
		}
	}
	return nil
}

// versions lists what this program has linked.
func versions() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	var all []string
	for _, m := range info.Deps {
		if m.Replace == nil {
			all = append(all, "`"+m.Path+" "+m.Version+"`")
		}
	}
	return strings.Join(all, ", ") + "."
}
