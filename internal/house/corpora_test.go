package house

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var target = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(\w+ \*testing\.F\)`)

// TestCorpora looks that each target of Go's fuzzer has what it begins with in the
// repository: a test without fuzzing runs no more than that.
func TestCorpora(t *testing.T) {
	const least = 5
	root := filepath.Join("..", "..")
	met := 0
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		for _, m := range target.FindAllSubmatch(src, -1) {
			met++
			seeds, _ := os.ReadDir(filepath.Join(filepath.Dir(path), "testdata", "fuzz", string(m[1])))
			if len(seeds) < least {
				t.Errorf("%s: %s has %d seeds in testdata/fuzz, want at least %d", path, m[1], len(seeds), least)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if met == 0 {
		t.Error("no targets were met")
	}
}
