package main

import (
	"context"
	"flag"
	"fmt"
	"go/build"
	"os"
	"os/exec"
	"os/signal"
	"strings"

	"golang.org/x/term"
)

// config is what the command line and the environment say.
type config struct {
	goroot   string
	redisURL string // "": embedded
	packages int    // how many to read; 0: all
	reads    int    // in each phase with a full cache
	width    int    // columns of the terminal; 0: none, no progress bar
}

func main() {
	c := config{redisURL: os.Getenv("REDIS_URL"), width: width(os.Stderr)}
	flag.StringVar(&c.goroot, "goroot", goroot(), "where Go is installed")
	flag.IntVar(&c.packages, "packages", 0, "read only the first `n` packages; 0 reads all")
	flag.IntVar(&c.reads, "reads", 20_000, "how many reads to make when the caches are full")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, c, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "godoc:", err)
		os.Exit(1)
	}
}

// goroot returns where Go is installed. A program that was built with -trimpath
// does not know, but the go command does.
func goroot() string {
	if dir := build.Default.GOROOT; dir != "" {
		return dir
	}
	out, _ := exec.Command("go", "env", "GOROOT").Output()
	return strings.TrimSpace(string(out))
}

// width returns the columns of the terminal that f is, and 0 if it is none.
func width(f *os.File) int {
	columns, _, err := term.GetSize(int(f.Fd()))
	switch {
	case err != nil:
		return 0
	case columns == 0: // a terminal that does not tell
		return 80
	}
	return columns
}
