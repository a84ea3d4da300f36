// Cachegen generates typed, composed caches for annotated Go types.
//
// Usage:
//
//	cachegen [flags] [packages]
//	cachegen [flags] explain [packages]
//	cachegen init TYPE
//
// Packages are patterns as the go command takes them; the default is the package
// in the current directory. The whole of them is loaded once:
//
//	//go:generate go tool cachegen
//	go tool cachegen ./...
//
// For each source file with //cachegen: directives it writes one file beside it,
// product.go beside product_cachegen.go, only if that is to change. All mistakes of
// a run are reported, and nothing is written then. A generated file that nothing
// asks for any more is removed.
//
// explain prints what each cache will do: its tiers, its policies in words, what is
// stored and under which keys. init prints an annotation to start from.
//
// The flags are:
//
//	-check
//		write nothing; name the files that are stale, missing or orphaned
//	-diff
//		write nothing; print what would change as a unified diff
//	-tags list
//		build tags to load the packages with, separated by commas
//	-v
//		print each file and what took how long
//	-version
//		print the version
//
// The exit code is 0 if all is well, 1 if -check or -diff finds something, and 2
// if there is an error. Results go to standard output and errors to standard
// error; a run that changes something says nothing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/cachegen/cachegen/generator"
)

// Exit codes, as diff has them.
const (
	exitClean = 0
	exitStale = 1
	exitError = 2
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // a short life with a small heap: collecting it would be a fifth of the work
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// options are the flags.
type options struct {
	check, diff, verbose, version bool
	tags                          string
	patterns                      []string
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	opts, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitClean
	case err != nil:
		return exitError
	case opts.version:
		fmt.Fprintln(stdout, "cachegen", version())
		return exitClean
	}
	code, err := exitClean, error(nil)
	switch command, rest := opts.command(); command {
	case "explain":
		err = explain(ctx, opts, rest, stdout)
	case "init":
		err = initType(rest, stdout)
	default:
		code, err = generate(ctx, opts, stdout, stderr)
	}
	if err != nil {
		report(stderr, err)
		return exitError
	}
	return code
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("cachegen", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprint(stderr, "usage: cachegen [flags] [packages]\n       cachegen [flags] explain [packages]\n       cachegen init TYPE\n")
		f.PrintDefaults()
	}
	f.BoolVar(&o.check, "check", false, "write nothing; name the files that are stale, missing or orphaned")
	f.BoolVar(&o.diff, "diff", false, "write nothing; print what would change as a unified diff")
	f.StringVar(&o.tags, "tags", "", "build tags to load the packages with, separated by commas")
	f.BoolVar(&o.verbose, "v", false, "print each file and what took how long")
	f.BoolVar(&o.version, "version", false, "print the version")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	o.patterns = f.Args()
	for _, p := range o.patterns {
		if strings.HasPrefix(p, "-") {
			err := fmt.Errorf("cachegen: flag %s stands behind %s: flags come first", p, o.patterns[0])
			fmt.Fprintln(stderr, err)
			return o, err
		}
	}
	return o, nil
}

// command returns the command that is named instead of packages, if any, and its
// arguments. A package of such a name is ./explain.
func (o options) command() (name string, args []string) {
	if len(o.patterns) > 0 && (o.patterns[0] == "explain" || o.patterns[0] == "init") {
		return o.patterns[0], o.patterns[1:]
	}
	return "", nil
}

func explain(ctx context.Context, o options, patterns []string, stdout io.Writer) error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	return generator.Explain(ctx, generator.Config{Dir: dir, Patterns: patterns, Tags: o.tags}, stdout)
}

// generate does the work and returns the exit code.
func generate(ctx context.Context, o options, stdout, stderr io.Writer) (int, error) {
	dir, err := os.Getwd()
	if err != nil {
		return exitError, err
	}
	start := time.Now()
	result, err := generator.Generate(ctx, generator.Config{Dir: dir, Patterns: o.patterns, Tags: o.tags})
	if err != nil {
		return exitError, err
	}
	generated := time.Now()
	states, err := result.Compare()
	if err != nil {
		return exitError, err
	}
	if !o.check && !o.diff {
		err = generator.Write(states)
	}
	if o.verbose {
		for _, s := range states {
			fmt.Fprintf(stderr, "%s: %s\n", relative(dir, s.Path), s.Change)
		}
		fmt.Fprintf(stderr, "generated in %s, compared and written in %s\n",
			generated.Sub(start).Round(time.Millisecond), time.Since(generated).Round(time.Millisecond))
	}
	if err != nil || !o.check && !o.diff {
		return exitClean, err
	}
	return compare(states, o, dir, stdout), nil
}

// compare prints what is out of date and returns the exit code.
func compare(states []generator.State, o options, dir string, stdout io.Writer) int {
	code := exitClean
	for _, s := range states {
		if s.Change == generator.Fresh {
			continue
		}
		code = exitStale
		s.Path = relative(dir, s.Path)
		if o.check {
			fmt.Fprintf(stdout, "%s: %s\n", s.Path, s.Change)
		}
		if o.diff {
			fmt.Fprintf(stdout, "%s", s.Diff())
		}
	}
	if code == exitStale && o.check {
		fmt.Fprintf(stdout, "run: %s\n", remedy(o))
	}
	return code
}

// remedy is what brings the files up to date.
func remedy(o options) string {
	words := []string{"go", "tool", "cachegen"}
	if o.tags != "" {
		words = append(words, "-tags", o.tags)
	}
	return strings.Join(append(words, o.patterns...), " ")
}

// report prints an error, each of its lines as it is if it names a position.
func report(stderr io.Writer, err error) {
	text := err.Error()
	if !generator.Positioned(err) {
		text = "cachegen: " + strings.ReplaceAll(text, "\n", "\ncachegen: ")
	}
	fmt.Fprintln(stderr, text)
}

// relative returns a path as seen from a directory, if that is shorter.
func relative(dir, path string) string {
	if rel, err := filepath.Rel(dir, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
