package load

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/cachegen/cachegen/generator/diag"
	"github.com/cachegen/cachegen/generator/model"
)

// Config says what to load.
type Config struct {
	Dir      string   // working directory; "" is that of the process
	Patterns []string // as the go command knows them; none is "."
	Tags     string   // build tags, separated by commas
	Env      []string // environment of the go command; nil is that of the process
}

// Result is what a run found.
type Result struct {
	Packages []*model.Package // those with directives, in the order of their paths
	Dirs     []Dir            // of all loaded packages, in the order of their paths
}

// mode asks for the packages themselves as syntax and types, and for what they
// import as export data only: that is what makes a load fast.
const mode = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles |
	packages.NeedImports | packages.NeedSyntax | packages.NeedTypes |
	packages.NeedModule | packages.NeedForTest

// loader is the state of one run.
type loader struct {
	cfg    Config
	fset   *token.FileSet
	files  sources
	diags  diag.List
	broken []error // trouble that has no position
}

// Load loads packages and returns the caches that their directives describe.
// Mistakes of the user are returned as a [diag.List], all at once.
func Load(ctx context.Context, cfg Config) (*Result, error) {
	l, err := newLoader(cfg)
	if err != nil {
		return nil, err
	}
	pkgs := l.loadRoots(ctx)
	if pkgs == nil {
		if pkgs, err = l.load(ctx, false, l.cfg.Patterns); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(l.broken...); err != nil {
		return nil, l.outside(err)
	}
	dirs, err := l.scan(pkgs)
	if err != nil {
		return nil, err
	}
	variants, err := l.loadTests(ctx, dirs)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(l.broken...); err != nil {
		return nil, err
	}
	found := l.check(append(units(pkgs), testUnits(variants)...), dirs)
	if err := l.diags.Err(); err != nil {
		return nil, err
	}
	return &Result{Packages: found, Dirs: dirs}, nil
}

func newLoader(cfg Config) (*loader, error) {
	if cfg.Dir == "" {
		cfg.Dir = "."
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, err
	}
	cfg.Dir = dir
	if len(cfg.Patterns) == 0 {
		cfg.Patterns = []string{"."}
	}
	for _, p := range cfg.Patterns {
		if strings.HasSuffix(p, ".go") {
			return nil, fmt.Errorf("%s is a file: name its package, as in ./%s", p, filepath.ToSlash(filepath.Dir(p)))
		}
	}
	return &loader{cfg: cfg, fset: token.NewFileSet()}, nil
}

// config is how packages are loaded.
func (l *loader) config(ctx context.Context, mode packages.LoadMode) *packages.Config {
	cfg := &packages.Config{
		Context:   ctx,
		Mode:      mode,
		Dir:       l.cfg.Dir,
		Env:       l.cfg.Env,
		Fset:      l.fset,
		ParseFile: l.files.parse,
	}
	if cfg.Env == nil {
		cfg.Env = os.Environ()
	}
	if l.cfg.Tags != "" {
		cfg.BuildFlags = []string{"-tags=" + l.cfg.Tags}
	}
	return cfg
}

// load has the go command load the patterns with export data for all, and runs the
// type checker over them.
func (l *loader) load(ctx context.Context, tests bool, patterns []string) ([]*packages.Package, error) {
	cfg := l.config(ctx, mode)
	cfg.Tests = tests
	pkgs, err := packages.Load(cfg, patterns...)
	if err != nil {
		return nil, fmt.Errorf("loading packages: %w", err)
	}
	if len(pkgs) == 0 {
		return nil, l.outside(fmt.Errorf("no packages match %s", strings.Join(patterns, " ")))
	}
	for _, p := range pkgs {
		l.errors(p)
	}
	return pkgs, nil
}

// outside says so if the reason for an error is that there is no module.
func (l *loader) outside(err error) error {
	for dir := l.cfg.Dir; ; dir = filepath.Dir(dir) {
		for _, name := range []string{"go.mod", "go.work"} {
			if _, missing := os.Stat(filepath.Join(dir, name)); missing == nil {
				return err
			}
		}
		if dir == filepath.Dir(dir) {
			return fmt.Errorf("%w; %s lies in no Go module: run go mod init first", err, l.cfg.Dir)
		}
	}
}

// loadTests loads the test variants of the packages whose test files have
// directives, which are few: they cost a second run of the go command.
func (l *loader) loadTests(ctx context.Context, dirs []Dir) ([]*packages.Package, error) {
	var patterns []string
	for _, d := range dirs {
		if d.testDirectives {
			patterns = append(patterns, d.Path)
		}
	}
	if len(patterns) == 0 {
		return nil, nil
	}
	return l.load(ctx, true, patterns)
}

// errors sorts the errors of a package into mistakes, trouble and what does
// not matter. Type errors do not: a package need not compile before its caches
// are generated, and where one hides the type of a field, the field says so.
func (l *loader) errors(p *packages.Package) {
	unparsed := map[string]bool{}
	for _, e := range p.Errors {
		if e.Kind == packages.ParseError {
			pos := l.position(e.Pos)
			unparsed[pos.Filename] = true
			l.diags.Add(pos, "", "%s", e.Msg)
		}
	}
	for _, e := range p.Errors {
		pos := l.position(e.Pos)
		switch {
		case e.Kind != packages.ListError:
		case strings.HasPrefix(e.Msg, "# "): // the compiler's errors, once more
		case unparsed[pos.Filename], l.files.output(pos.Filename):
		case strings.HasPrefix(e.Msg, "found packages ") && l.mixed(p, e.Msg):
		case pos.IsValid():
			l.diags.Add(pos, "", "%s", e.Msg)
		default:
			l.broken = append(l.broken, errors.New(e.Msg))
		}
	}
}

// mixed reports whether an error about two packages in one directory is about
// one of our outputs, left behind when its package got another name.
func (l *loader) mixed(p *packages.Package, msg string) bool {
	return slices.ContainsFunc(p.GoFiles, func(f string) bool {
		return l.files.output(f) && strings.Contains(msg, "("+filepath.Base(f)+")")
	})
}

// position reads the position of a package error: file, file:line or
// file:line:col, the file relative to the working directory.
func (l *loader) position(s string) token.Position {
	if s == "" || s == "-" {
		return token.Position{}
	}
	var numbers []int
	for len(numbers) < 2 {
		i := strings.LastIndexByte(s, ':')
		n, err := strconv.Atoi(s[i+1:])
		if i < 0 || err != nil {
			break
		}
		numbers, s = append(numbers, n), s[:i]
	}
	if !filepath.IsAbs(s) {
		s = filepath.Join(l.cfg.Dir, s)
	}
	pos := token.Position{Filename: s}
	switch len(numbers) {
	case 1:
		pos.Line = numbers[0]
	case 2:
		pos.Line, pos.Column = numbers[1], numbers[0]
	}
	return pos
}
