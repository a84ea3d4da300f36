package load

import (
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"testing"
)

// TestNeeded looks for predeclared names in what has been generated, each of which
// a package must not hide.
func TestNeeded(t *testing.T) {
	files, err := filepath.Glob("../../golden/*/*_cachegen.go")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d outputs: %v", len(files), err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range f.Unresolved {
			if types.Universe.Lookup(id.Name) != nil && !slices.Contains(needed, id.Name) {
				t.Errorf("%s: %s is used", name, id.Name)
			}
		}
	}
}
