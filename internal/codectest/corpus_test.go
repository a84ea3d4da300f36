package codectest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCorpus tells a corpus of now from one of another form, one without a value, and
// one that is damaged.
func TestCorpus(t *testing.T) {
	t.Chdir(t.TempDir())
	encodings := make([][]byte, len(lists))
	for i := range lists {
		encodings[i], _ = good.Append(nil, &lists[i])
	}
	complaints := func(encodings [][]byte) string {
		r := &recorder{}
		good.corpus(r, "FuzzList", encodings)
		return strings.Join(r.errors, "\n")
	}
	if got := complaints(encodings); !strings.Contains(got, "is not there") {
		t.Errorf("no corpus: %q", got)
	}
	t.Setenv("STORE", "1")
	if got := complaints(encodings); got != "" {
		t.Fatalf("storing: %q", got)
	}
	if err := os.Unsetenv("STORE"); err != nil {
		t.Fatal(err)
	}
	if got := complaints(encodings); got != "" {
		t.Errorf("what was just stored: %q", got)
	}
	last := len(encodings) - 1
	changed := append(encodings[:last:last], append([]byte{7}, encodings[last]...))
	if got := complaints(changed); !strings.Contains(got, "other bytes now") {
		t.Errorf("another form: %q", got)
	}
	if got := complaints(append(changed[:last:last], encodings[last], nil)); !strings.Contains(got, "is not there") {
		t.Errorf("a value more: %q", got)
	}
	for _, text := range []string{"", seedHeader + "x)\n"} {
		if err := os.WriteFile(filepath.Join("testdata", "fuzz", "FuzzList", valueSeed(0)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := complaints(encodings); got == "" {
			t.Errorf("%q is taken for a seed", text)
		}
	}
}

// TestSeeds looks that the seeds are what their names say.
func TestSeeds(t *testing.T) {
	v := list{Items: []bool{true, false, true}}
	data, err := good.Append(nil, &v)
	if err != nil {
		t.Fatal(err)
	}
	seeds := good.seeds([][]byte{data})
	for name, seed := range seeds {
		if good.Decode(new(list), seed, "") == nil != (name == valueSeed(0)) {
			t.Errorf("%s: %x is a value, or is to be one", name, seed)
		}
	}
	if at := good.countsIn(data); len(at) != 1 || data[at[0]] != 4 {
		t.Errorf("counts are found at %v of %x", at, data)
	}
	if len(seeds) < 8 {
		t.Errorf("%d seeds", len(seeds))
	}
}
