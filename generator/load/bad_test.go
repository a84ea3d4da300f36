package load

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/cachegen/cachegen/generator/diag"
)

// expectation is a want comment: the line, perhaps the column, and what the
// message with its hint must match.
//
//	ID any // want:2 `interfaces cannot be cached`
//	// want+1:33 `is no duration`
//	//cachegen:cache key=ID ttl=10
type expectation struct {
	line, col int
	re        *regexp.Regexp
	met       bool
}

var wantComment = regexp.MustCompile("// want([+-][0-9]+)?(?::([0-9]+))? (`[^`]*`|\"[^\"]*\")")

func expectations(t *testing.T, path string) []*expectation {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var list []*expectation
	for i, line := range strings.Split(string(src), "\n") {
		for _, m := range wantComment.FindAllStringSubmatch(line, -1) {
			offset, _ := strconv.Atoi(m[1])
			col, _ := strconv.Atoi(m[2])
			list = append(list, &expectation{line: i + 1 + offset, col: col, re: regexp.MustCompile(m[3][1 : len(m[3])-1])})
		}
	}
	return list
}

// TestMistakes loads every package of testdata/bad at once, as a run over a
// module full of mistakes would, and compares what is reported with the want
// comments.
func TestMistakes(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Load(t.Context(), Config{Dir: root, Patterns: []string{"./testdata/bad/..."}})
	var list diag.List
	if !errors.As(err, &list) {
		t.Fatalf("Load: %v", err)
	}
	byFile := map[string]diag.List{}
	for _, d := range list {
		byFile[d.Pos.Filename] = append(byFile[d.Pos.Filename], d)
	}
	files, err := filepath.Glob(filepath.Join(root, "testdata/bad/*/*.go"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 45 {
		t.Errorf("%d cases only", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			compare(t, root, expectations(t, file), byFile[file])
		})
		delete(byFile, file)
	}
	for file := range byFile {
		t.Errorf("mistakes in %s, which is no case", file)
	}
}

func compare(t *testing.T, root string, wants []*expectation, got diag.List) {
	if len(wants) == 0 {
		t.Error("the case expects nothing")
	}
next:
	for _, d := range got {
		for _, w := range wants {
			text := strings.TrimSuffix(d.Msg+"\n"+d.Hint, "\n")
			if !w.met && w.line == d.Pos.Line && (w.col == 0 || w.col == d.Pos.Column) && w.re.MatchString(text) {
				w.met = true
				continue next
			}
		}
		t.Errorf("unexpected:\n%s", d.Format(root))
	}
	for _, w := range wants {
		if !w.met {
			t.Errorf("line %d:%d: no mistake matches %s", w.line, w.col, w.re)
		}
	}
}
