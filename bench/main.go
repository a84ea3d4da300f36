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
	"runtime"
	"testing"
	"time"

	"github.com/cachegen/cachegen/bench/measure"
)

func main() {
	testing.Init() // testing.Benchmark reads its flags
	only := flag.String("run", "", "measure only what a regular expression matches: experiment/…/case")
	short := flag.Bool("short", false, "measure for a moment only, to see where something is")
	rounds := flag.Int("rounds", 0, "how often everything is measured; 0: 6, or 3 if short")
	cpu := flag.Bool("cpu", false, "compare the time that this process computes, not that of the wall: for a busy machine")
	docs := flag.String("docs", "", "write performance.md and its plots into this directory")
	inner := flag.Bool("child", false, "measure something in a process of its own: the bench does that itself")
	flag.Parse()
	if *inner {
		child(flag.Args())
		return
	}
	if *cpu {
		clock = measure.CPU
	}
	log.SetOutput(io.Discard) // some peers talk
	slog.SetDefault(slog.New(slog.DiscardHandler))
	if *docs != "" && *only != "" {
		fmt.Fprintln(os.Stderr, "bench: -docs is for whole runs: a part of the page would be all of it")
		os.Exit(2)
	}
	if err := bench(*only, *docs, *short, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
}

// ballast has the heap be of a size that a server's has, in bytes; nothing touches it. Of the
// smallest heap, the runtime gives what a case leaves back to the system and takes it again
// for the next one, who has to wait for it.
const ballast = 64 << 20

func bench(only, docs string, short bool, rounds int) error {
	filter, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	o := measure.Options{Rounds: 6, Time: 90 * time.Millisecond, Filter: filter}
	if short {
		o.Rounds, o.Time = 3, 30*time.Millisecond
	}
	if rounds > 0 {
		o.Rounds = rounds
	}
	defer runtime.KeepAlive(make([]byte, ballast))
	h := &host{}
	defer h.close()
	began := time.Now()
	l := newLab(short, h)
	all := experiments(l)
	results := measure.Results{}
	for _, e := range all {
		began := time.Now()
		for _, g := range e.groups {
			results.Run(g, o)
		}
		l.end()
		if printTables(os.Stdout, e, results) {
			fmt.Printf("measured in %v\n", time.Since(began).Round(time.Second))
		}
	}
	took := time.Since(began)
	fmt.Printf("\n%d rounds in %v\n\n", o.Rounds, took.Round(time.Second))
	printBars(os.Stdout, all, results)
	if docs == "" {
		return nil
	}
	return (&run{all, results, o.Rounds, took, l.redisVersion()}).write(docs)
}
