// Package diag collects the mistakes of a run, each with its position, and
// prints them the way Go's own tools do.
package diag

import (
	"cmp"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Diagnostic is one mistake in a source file.
type Diagnostic struct {
	Pos  token.Position
	Msg  string // lower case, subject first
	Hint string // what to write instead, or ""
}

// Format returns the diagnostic as path:line:col: message, the path relative
// to dir where that is shorter, with the hint indented on a line of its own.
func (d Diagnostic) Format(dir string) string {
	pos := d.Pos
	if rel, err := filepath.Rel(dir, pos.Filename); err == nil && len(rel) < len(pos.Filename) {
		pos.Filename = rel
	}
	if d.Hint == "" {
		return fmt.Sprintf("%s: %s", pos, d.Msg)
	}
	return fmt.Sprintf("%s: %s\n\thint: %s", pos, d.Msg, d.Hint)
}

// List holds all diagnostics of a run. As an error it prints them one after
// another; Err gives it sorted.
type List []Diagnostic

// Add appends a diagnostic.
func (l *List) Add(pos token.Position, hint, format string, args ...any) {
	*l = append(*l, Diagnostic{Pos: pos, Msg: fmt.Sprintf(format, args...), Hint: hint})
}

// Err returns the list in the order of the positions and without duplicates,
// or nil if it is empty.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	sorted := slices.Clone(l)
	slices.SortStableFunc(sorted, func(a, b Diagnostic) int {
		return cmp.Or(
			strings.Compare(a.Pos.Filename, b.Pos.Filename),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column),
			strings.Compare(a.Msg, b.Msg),
		)
	})
	return slices.CompactFunc(sorted, func(a, b Diagnostic) bool {
		return a.Pos.Filename == b.Pos.Filename && a.Pos.Line == b.Pos.Line &&
			a.Pos.Column == b.Pos.Column && a.Msg == b.Msg
	})
}

// Error returns the diagnostics with paths relative to the directory that the
// process runs in.
func (l List) Error() string {
	dir, _ := os.Getwd() // without one, the paths stay absolute
	return l.Format(dir)
}

// Format returns the diagnostics with paths relative to dir.
func (l List) Format(dir string) string {
	lines := make([]string, len(l))
	for i, d := range l {
		lines[i] = d.Format(dir)
	}
	return strings.Join(lines, "\n")
}
