package load

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"
)

// Dir is a directory with a loaded package.
type Dir struct {
	Path  string
	Files []SourceFile // all its Go files, in the order of their names

	testDirectives bool
}

// SourceFile is a Go file, whether or not the build constraints of the run
// select it.
type SourceFile struct {
	Path      string
	Output    bool // named like an output, with our header
	Directive bool // a file that is not ours and carries a cachegen directive

	src     []byte
	skipped bool // see IsOutput
}

// sources remembers the files that the type checker was given.
type sources struct {
	mu    sync.Mutex
	known map[string]SourceFile
}

// parse is the ParseFile hook of the load. Our own outputs become empty files
// of their packages, so it does not matter that they are missing, stale or
// broken. Functions lose what they do, so their errors do not matter either,
// and nobody spends time on checking them.
func (s *sources) parse(fset *token.FileSet, path string, src []byte) (*ast.File, error) {
	if s.add(path, src).skipped {
		return parser.ParseFile(fset, path, stub(src), parser.PackageClauseOnly)
	}
	mode := parser.SkipObjectResolution | parser.AllErrors
	if mentions(src) {
		mode |= parser.ParseComments
	}
	f, err := parser.ParseFile(fset, path, src, mode)
	if f == nil {
		return nil, err
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			fn.Body.List = nil
		}
	}
	return f, err
}

// add looks at a file and remembers what it is.
func (s *sources) add(path string, src []byte) SourceFile {
	f := SourceFile{Path: path, src: src, skipped: IsOutput(path, src)}
	f.Output = f.skipped && HasHeader(src)
	f.Directive = !f.skipped && hasDirective(src)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]SourceFile{}
	}
	s.known[path] = f
	return f
}

func (s *sources) get(path string) (SourceFile, error) {
	s.mu.Lock()
	f, ok := s.known[path]
	s.mu.Unlock()
	if ok {
		return f, nil
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return SourceFile{}, err
	}
	return s.add(path, src), nil
}

// output reports whether the file at path is one of our outputs.
func (s *sources) output(path string) bool {
	if _, ok := SourceName(path); !ok {
		return false
	}
	f, err := s.get(path)
	return err == nil && f.skipped
}

// mentions reports whether a file may hold a directive, or something that was
// meant to be one. That it imports the runtime does not make it so: what mentions us in
// a test has the go command compile the package.
func mentions(src []byte) bool {
	if bytes.Contains(bytes.ToLower(src), []byte(tool)) && named.Match(src) {
		return true
	}
	for _, verb := range verbs {
		if bytes.Contains(src, []byte(":"+verb)) && misspelt.Match(src) {
			return true
		}
	}
	return false
}

// named matches the start of a comment that begins with the name of the tool, and misspelt
// that of a directive to another one that has verbs of ours.
var (
	named    = regexp.MustCompile(`(//|/\*)\s*(?i:` + tool + `)`)
	misspelt = regexp.MustCompile(`//[a-z0-9]+:(` + strings.Join(verbs, "|") + `)\b`)
)

// hasDirective reports whether a file carries a directive. A file that cannot
// be parsed is believed to, so that nothing generated from it gets lost.
func hasDirective(src []byte) bool {
	if !bytes.Contains(src, []byte("//"+tool+":")) {
		return false
	}
	f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		return true
	}
	for _, g := range f.Comments {
		for _, c := range g.List {
			if d, ok := ast.ParseDirective(c.Pos(), c.Text); ok && d.Tool == tool {
				return true
			}
		}
	}
	return false
}

// scan lists the directories of the packages with all their Go files.
func (l *loader) scan(pkgs []*packages.Package) ([]Dir, error) {
	var dirs []Dir
	seen := map[string]bool{"": true}
	for _, p := range pkgs {
		if seen[p.Dir] {
			continue
		}
		seen[p.Dir] = true
		d, err := l.scanDir(p.Dir)
		if err != nil {
			return nil, err
		}
		dirs = append(dirs, d)
	}
	slices.SortFunc(dirs, func(a, b Dir) int { return cmp.Compare(a.Path, b.Path) })
	return dirs, nil
}

func (l *loader) scanDir(path string) (Dir, error) {
	d := Dir{Path: path}
	entries, err := os.ReadDir(path)
	if err != nil {
		return d, err
	}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, ".go") || name[0] == '.' || name[0] == '_' || e.IsDir() {
			continue
		}
		f, err := l.files.get(filepath.Join(path, name))
		if err != nil {
			return d, err
		}
		d.Files = append(d.Files, f)
		if strings.HasSuffix(name, "_test.go") && !f.skipped && mentions(f.src) {
			d.testDirectives = true
		}
	}
	return d, nil
}
