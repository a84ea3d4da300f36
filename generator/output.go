package generator

import (
	"bytes"
	"errors"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/cachegen/cachegen/generator/diag"
	"github.com/cachegen/cachegen/templates"
)

// Change is what a generated file needs.
type Change uint8

const (
	// Fresh: the file on disk is what would be written.
	Fresh Change = iota
	// Stale: the file on disk differs.
	Stale
	// Missing: there is no such file.
	Missing
	// Orphan: the file was generated, and nothing asks for it any more.
	Orphan
)

// String returns the name of the change in lower case.
func (c Change) String() string { return [...]string{"fresh", "stale", "missing", "orphan"}[c&3] }

// State is a generated file compared with the disk.
type State struct {
	File
	Change Change
	Old    []byte // what is on disk
}

// Compare returns the state of each file, in order, and of the orphans after
// them. A file that is in the way, because cachegen has not generated it, is an
// error.
func (r *Result) Compare() ([]State, error) {
	var states []State
	var mistakes diag.List
	var errs []error
	for _, f := range r.Files {
		s := State{File: f}
		old, err := os.ReadFile(f.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			s.Change = Missing
		case err != nil:
			errs = append(errs, err)
		case !ours(old):
			mistakes.Add(token.Position{Filename: f.Path, Line: 1, Column: 1}, "rename or remove it",
				"in the way of a generated file, and not overwritten since it does not begin with %q", templates.Header)
		case !bytes.Equal(old, f.Content):
			s.Change = Stale
		}
		s.Old = old
		states = append(states, s)
	}
	for _, path := range r.Orphans {
		old, err := os.ReadFile(path)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		states = append(states, State{File: File{Path: path}, Change: Orphan, Old: old})
	}
	return states, errors.Join(append(errs, mistakes.Err())...)
}

// ours reports whether cachegen has generated a file. A merge conflict in front
// of the header does not change that.
func ours(content []byte) bool {
	head, _, _ := bytes.Cut(content, []byte("\npackage "))
	for line := range bytes.Lines(head) {
		if string(bytes.TrimRight(line, "\r\n")) == templates.Header {
			return true
		}
	}
	return false
}

// Diff returns the change of a file as a unified diff.
func (s State) Diff() []byte {
	switch s.Change {
	case Fresh:
		return nil
	case Missing:
		return diff.Diff("/dev/null", nil, s.Path, s.Content)
	case Orphan:
		return diff.Diff(s.Path, s.Old, "/dev/null", nil)
	}
	return diff.Diff(s.Path+" (on disk)", s.Old, s.Path+" (generated)", s.Content)
}

// Write brings the disk up to date: files that differ are replaced as a whole,
// orphans are removed. If one new file cannot be written, nothing is changed.
func Write(states []State) error {
	temps := map[string]string{}
	defer func() {
		for _, temp := range temps {
			_ = os.Remove(temp) // gone, if it has been renamed
		}
	}()
	for _, s := range states {
		if s.Change == Stale || s.Change == Missing {
			temp, err := writeTemp(s.File)
			if err != nil {
				return err
			}
			temps[s.Path] = temp
		}
	}
	for _, s := range states {
		var err error
		switch s.Change {
		case Stale, Missing:
			err = os.Rename(temps[s.Path], s.Path)
		case Orphan:
			err = os.Remove(s.Path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// writeTemp writes a file under another name beside where it belongs. The go
// command does not take it for source.
func writeTemp(f File) (string, error) {
	temp, err := os.CreateTemp(filepath.Dir(f.Path), ".cachegen-*.tmp")
	if err != nil {
		return "", err
	}
	_, err = temp.Write(f.Content)
	err = errors.Join(err, temp.Chmod(0o644), temp.Close())
	if err != nil {
		_ = os.Remove(temp.Name())
		return "", err
	}
	return temp.Name(), nil
}
