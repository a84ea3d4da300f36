package templates

import (
	"go/ast"
	"go/build"
	gofmt "go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What indent does not leave to gofmt, it does as gofmt does: here with each function
// of some packages, without tabs and empty lines.
func TestIndent(t *testing.T) {
	mine, all := 0, 0
	for _, dir := range []string{"go/types", "net/http", "strconv", "strings", "time"} {
		for _, decl := range functions(t, filepath.Join(build.Default.GOROOT, "src", dir)) {
			all++
			got, ok := indent(decl)
			if !ok {
				continue
			}
			mine++
			want, err := gofmt.Source([]byte(decl))
			if err != nil {
				t.Fatal(err)
			}
			if got != strings.TrimSpace(string(want)) {
				t.Errorf("indent:\n%s\ngofmt:\n%s", got, want)
			}
		}
	}
	t.Logf("%d of %d", mine, all)
	if mine < all/4 {
		t.Errorf("only %d functions of %d", mine, all)
	}
}

// functions returns the functions of a package, without tabs and empty lines.
func functions(t *testing.T, dir string) (found []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", dir, err)
	}
	for _, path := range files {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			from := fn.Pos()
			if fn.Doc != nil {
				from = fn.Doc.Pos()
			}
			var text strings.Builder
			for line := range strings.Lines(string(src[fset.Position(from).Offset:fset.Position(fn.End()).Offset])) {
				if line = strings.TrimSpace(line); line != "" {
					text.WriteString(line + "\n")
				}
			}
			found = append(found, text.String())
		}
	}
	return found
}
