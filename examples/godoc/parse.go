package main

import (
	"go/ast"
	"go/build"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
)

// parsed is a package for one platform.
type parsed struct {
	*doc.Package
	fset   *token.FileSet
	source Source
}

// parse reads a package as a platform sees it. Its test files count only for
// their examples. The syntax trees are used up: go/doc takes them over.
func (s stdlib) parse(platform build.Context, importPath string, tests bool) (parsed, error) {
	dir := s.dir(importPath)
	bp, err := platform.ImportDir(dir, 0)
	if err != nil {
		return parsed{}, err
	}
	names := slices.Concat(bp.GoFiles, bp.CgoFiles)
	if tests {
		names = slices.Concat(names, bp.TestGoFiles, bp.XTestGoFiles)
	}
	p := parsed{fset: token.NewFileSet()}
	files := make([]*ast.File, len(names))
	for i, name := range names {
		f, err := parser.ParseFile(p.fset, filepath.Join(dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return parsed{}, err
		}
		files[i] = f
		file := p.fset.File(f.FileStart)
		p.source.Files++
		p.source.Lines += file.LineCount()
		p.source.Bytes += int64(file.Size())
	}
	p.Package, err = doc.NewFromFiles(p.fset, files, importPath)
	return p, err
}
