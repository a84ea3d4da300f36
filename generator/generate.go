package generator

import (
	"context"
	"errors"

	"github.com/cachegen/cachegen/generator/diag"
	"github.com/cachegen/cachegen/generator/load"
	"github.com/cachegen/cachegen/generator/model"
	"github.com/cachegen/cachegen/templates"
)

// Config says what to generate for.
type Config struct {
	Dir      string   // working directory
	Patterns []string // package patterns; none means the package in Dir
	Tags     string   // build tags, separated by commas
}

// File is a generated file.
type File struct {
	Path    string // absolute
	Content []byte
}

// Result is what a run has generated.
type Result struct {
	Files   []File   // in the order of packages and of source files
	Orphans []string // generated files that nothing asks for any more
}

// Generate loads the packages and returns what is to be written for them. All
// mistakes of the user are in the error, which is then Positioned.
func Generate(ctx context.Context, cfg Config) (*Result, error) {
	loaded, err := load.Load(ctx, load.Config{Dir: cfg.Dir, Patterns: cfg.Patterns, Tags: cfg.Tags})
	if err != nil {
		return nil, err
	}
	r := &Result{}
	for _, pkg := range loaded.Packages {
		files, err := emit(pkg)
		if err != nil {
			return nil, err
		}
		r.Files = append(r.Files, files...)
	}
	r.Orphans = orphans(loaded)
	return r, nil
}

// emit returns the generated files of one package.
func emit(pkg *model.Package) ([]File, error) {
	contents, err := templates.Files(pkg)
	if err != nil {
		return nil, err
	}
	files := make([]File, len(contents))
	for i, content := range contents {
		files[i] = File{Path: pkg.Files[i].Output, Content: content}
	}
	return files, nil
}

// Positioned reports whether an error is a list of mistakes, each of which says
// where it is.
func Positioned(err error) bool {
	var list diag.List
	return errors.As(err, &list)
}

// orphans returns the generated files whose source is gone, or carries no
// directive under any build tags.
func orphans(loaded *load.Result) []string {
	var found []string
	for _, dir := range loaded.Dirs {
		wanted := map[string]bool{}
		for _, f := range dir.Files {
			if f.Directive {
				wanted[f.Path] = true
			}
		}
		for _, f := range dir.Files {
			if !f.Output {
				continue
			}
			if source, ok := load.SourceName(f.Path); ok && !wanted[source] {
				found = append(found, f.Path)
			}
		}
	}
	return found
}
