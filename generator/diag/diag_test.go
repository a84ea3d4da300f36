package diag

import (
	"errors"
	"go/token"
	"path/filepath"
	"testing"
)

func at(file string, line, col int) token.Position {
	return token.Position{Filename: filepath.FromSlash(file), Line: line, Column: col}
}

func TestListSortsAndDropsDuplicates(t *testing.T) {
	var l List
	if err := l.Err(); err != nil {
		t.Fatalf("empty list: %v", err)
	}
	l.Add(at("/w/b.go", 1, 1), "", "last")
	l.Add(at("/w/a.go", 10, 2), "write 1", "thi%s", "rd")
	l.Add(at("/w/a.go", 2, 9), "", "second")
	l.Add(at("/w/a.go", 2, 3), "", "first")
	l.Add(at("/w/a.go", 2, 3), "", "first")

	var sorted List
	if !errors.As(l.Err(), &sorted) {
		t.Fatalf("Err() is a %T", l.Err())
	}
	want := filepath.FromSlash("a.go:2:3: first\na.go:2:9: second\na.go:10:2: third\n\thint: write 1\nb.go:1:1: last")
	if got := sorted.Format(filepath.FromSlash("/w")); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestFormatKeepsPathsOutsideTheDirectory(t *testing.T) {
	d := Diagnostic{Pos: at("/mod/x.go", 3, 1), Msg: "broken"}
	if got, want := d.Format(filepath.FromSlash("/very/deep/down")), filepath.FromSlash("/mod/x.go")+":3:1: broken"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
