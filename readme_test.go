package cachegen_test

import (
	"os"
	"regexp"
	"testing"
)

// TestReadmeCode keeps the code in the README what is compiled and run.
func TestReadmeCode(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)<!-- file: (\\S+) -->\n```go\n(.*?)```").FindAllSubmatch(readme, -1)
	if len(blocks) < 2 {
		t.Fatalf("the README has %d blocks of code with a file, want at least 2", len(blocks))
	}
	for _, b := range blocks {
		file, err := os.ReadFile(string(b[1]))
		if err != nil {
			t.Fatal(err)
		}
		if string(file) != string(b[2]) {
			t.Errorf("the code in README.md is not that of %s", b[1])
		}
	}
}
