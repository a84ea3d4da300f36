package main

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(redistest.Main(m)) }

// TestRun holds the tutorial to what the README says it prints.
func TestRun(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(readme), "<!-- output: examples/tutorial -->\n```\n")
	want, _, _ := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the README does not say what the tutorial prints")
	}
	url := redistest.Shared(t).URL()
	if got := printed(t, func() error { return run(context.Background(), url) }); got != want {
		t.Errorf("the tutorial prints\n%s\nand the README says\n%s", got, want)
	}
}

// printed returns what fn writes to standard output.
func printed(t *testing.T, fn func() error) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = w
	err = fn()
	os.Stdout = stdout
	w.Close()
	out, _ := io.ReadAll(r)
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return string(out)
}
