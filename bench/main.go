// The command bench measures generated caches beside code written by hand for the
// same types, which is the limit, and beside other libraries, and says which of our
// bars hold.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/cachegen/cachegen/bench/measure"
)

func main() {
	testing.Init() // testing.Benchmark reads its flags
	run := flag.String("run", "", "measure only what a regular expression matches: experiment/…/case")
	short := flag.Bool("short", false, "measure for a moment only, to see where something is")
	rounds := flag.Int("rounds", 0, "how often everything is measured; 0: 6, or 3 if short")
	cpu := flag.Bool("cpu", false, "compare the time that this process computes, not that of the wall: for a busy machine")
	flag.Parse()
	if *cpu {
		clock = measure.CPU
	}
	log.SetOutput(io.Discard) // some peers talk
	slog.SetDefault(slog.New(slog.DiscardHandler))
	if err := bench(*run, *short, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
}

func bench(run string, short bool, rounds int) error {
	filter, err := regexp.Compile(run)
	if err != nil {
		return err
	}
	o := measure.Options{Rounds: 6, Time: 60 * time.Millisecond, Filter: filter}
	if short {
		o.Rounds, o.Time = 3, 30*time.Millisecond
	}
	if rounds > 0 {
		o.Rounds = rounds
	}
	h := &host{}
	defer h.close()
	began := time.Now()
	l := newLab(short, h)
	all := experiments(l)
	results := measure.Results{}
	for _, e := range all {
		for _, g := range e.groups {
			results.Run(g, o)
		}
		l.end()
		printTables(os.Stdout, e, results)
	}
	fmt.Printf("\n%d rounds in %v\n\n", o.Rounds, time.Since(began).Round(time.Second))
	printBars(os.Stdout, all, results)
	return nil
}
