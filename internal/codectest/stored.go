package codectest

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/cachegen/cachegen/runtime"
)

// record is how values were stored when a file in testdata/stored was written. A
// program of then may share a Redis with one of now.
type record struct {
	format      int
	fingerprint string
	values      [][]byte
}

const again = "Run: make stored"

// stored compares the encodings of fixed values with those that testdata has.
// STORE=1 writes the file, but not over other bytes of the same format and shape.
func (c Codec[V]) stored(t tb, values []V, encodings [][]byte) {
	t.Helper()
	path := filepath.Join("testdata", "stored", reflect.TypeFor[V]().Name()+".txt")
	now := record{format: runtime.FormatVersion, fingerprint: hex.EncodeToString([]byte(c.Prefix)[1:]), values: encodings}
	store := os.Getenv("STORE") != ""
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if !store {
			t.Errorf("%s is not there. %s", path, again)
			return
		}
		now.write(t, path)
		return
	}
	if err != nil {
		t.Fatalf("%v", err)
	}
	then, err := parseRecord(string(data))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	switch why := c.changed(then, now, values); {
	case why == "":
	case store && why != breaks:
		now.write(t, path)
	default:
		t.Errorf("%s: %s", path, why)
	}
}

const breaks = "the bytes of a value are others than before, and programs that run now would read them as something else. " +
	"If the stored form is to change, raise runtime.FormatVersion and run: make generate stored. " +
	"If only the value in the test is another one, remove the file and run: make stored"

// changed says what is different from then, or "".
func (c Codec[V]) changed(then, now record, values []V) string {
	switch {
	case then.format != now.format:
		return fmt.Sprintf("the format is %d, and the file has %d. %s", now.format, then.format, again)
	case then.fingerprint != now.fingerprint:
		return "the shape of the type has changed. " + again
	case len(then.values) > len(now.values):
		return breaks
	}
	for i, old := range then.values {
		var v V
		if c.Decode(&v, old, "") != nil || cmp.Diff(values[i], v, c.options()...) != "" || !c.same(old, now.values[i]) {
			return breaks
		}
	}
	if len(then.values) < len(now.values) {
		return "the test has more values than the file. " + again
	}
	return ""
}

// same reports whether two encodings can be those of one value. The entries of a map
// are in any order, so such bytes are only counted.
func (c Codec[V]) same(a, b []byte) bool {
	if !c.unordered() {
		return bytes.Equal(a, b)
	}
	a, b = bytes.Clone(a), bytes.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return bytes.Equal(a, b)
}

// write writes the file: a line for each thing, and the values in hexadecimal.
func (r record) write(t tb, path string) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "format %d\nfingerprint %s\n", r.format, r.fingerprint)
	for _, v := range r.values {
		b.WriteString("value\n")
		for line := range slices.Chunk(v, 40) {
			fmt.Fprintf(&b, "  %x\n", line)
		}
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(b.String()), 0o644)); err != nil {
		t.Fatalf("%v", err)
	}
}

func parseRecord(text string) (r record, err error) {
	for line := range strings.Lines(text) {
		switch line = strings.TrimSuffix(line, "\n"); {
		case strings.HasPrefix(line, "format "):
			_, err = fmt.Sscanf(line, "format %d", &r.format)
		case strings.HasPrefix(line, "fingerprint "):
			r.fingerprint = strings.TrimPrefix(line, "fingerprint ")
		case line == "value":
			r.values = append(r.values, nil)
		case strings.HasPrefix(line, "  ") && len(r.values) > 0:
			var part []byte
			part, err = hex.DecodeString(line[2:])
			last := &r.values[len(r.values)-1]
			*last = append(*last, part...)
		default:
			err = fmt.Errorf("line %q has no meaning", line)
		}
		if err != nil {
			return r, err
		}
	}
	return r, nil
}
