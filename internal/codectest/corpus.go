package codectest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The corpus of a target has what fuzzing has found, and what is made of the values
// that it begins with: their encodings, and those with one thing wrong. STORE=1 writes
// that again, as it does for testdata/stored: when the stored form has changed, what
// was made of the former one is refused at its first byte and leads nowhere.

// corpus compares the encodings in a target's corpus with those of now.
func (c Codec[V]) corpus(t tb, target string, encodings [][]byte) {
	t.Helper()
	dir := filepath.Join("testdata", "fuzz", target)
	if os.Getenv("STORE") != "" {
		for name, data := range c.seeds(encodings) {
			writeSeed(t, filepath.Join(dir, name), data)
		}
		return
	}
	for i, now := range encodings {
		path := filepath.Join(dir, valueSeed(i))
		then, err := readSeed(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			t.Errorf("%s is not there. %s", path, again)
		case err != nil:
			t.Errorf("%s: %v", path, err)
		case !c.same(then, now):
			t.Errorf("%s: the value is stored as other bytes now. %s", path, again)
		}
	}
}

func valueSeed(i int) string { return fmt.Sprint("value-", i) }

// seeds returns what a corpus begins with, by name. What is wrong is wrong in the
// longest encoding.
func (c Codec[V]) seeds(encodings [][]byte) map[string][]byte {
	all := map[string][]byte{
		"empty":  {},
		"counts": bytes.Repeat([]byte{2}, 4<<10), // each of a list of one
		"deep":   bytes.Repeat([]byte{0, 1}, 2<<10),
	}
	var long []byte
	for i, data := range encodings {
		all[valueSeed(i)] = data
		if len(data) > len(long) {
			long = data
		}
	}
	all["cut"] = long[:len(long)/2]
	all["behind"] = append(bytes.Clone(long), 0)
	all["twice"] = bytes.Repeat(long, 2)
	if len(long) >= 4 {
		all["text"] = append(bytes.Repeat([]byte{0xff}, 4), long[4:]...) // more than there is, if there are strings
	}
	at := c.countsIn(long)
	for i, name := range []string{"count-first", "count-middle", "count-last"} {
		if len(at) == 0 {
			break
		}
		here := at[i*(len(at)-1)/2]
		count := binary.AppendUvarint(bytes.Clone(long[:here]), 1<<40)
		all[name] = append(count, long[here+1:]...)
	}
	return all
}

// countsIn returns where something is counted in an encoding, as far as that can be
// seen from outside: another number there is no value any more.
func (c Codec[V]) countsIn(data []byte) (at []int) {
	for i, was := range data {
		if was < 2 || was >= 0x7f { // nothing, or the byte in front of a pointer
			continue
		}
		data[i] = 0x7f
		if c.Decode(new(V), data, "") != nil {
			at = append(at, i)
		}
		data[i] = was
	}
	return at
}

// A seed is written as Go's fuzzer writes it.
const seedHeader = "go test fuzz v1\n[]byte("

func writeSeed(t tb, path string, data []byte) {
	t.Helper()
	text := seedHeader + strconv.Quote(string(data)) + ")\n"
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		t.Fatalf("%v", err)
	}
}

func readSeed(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	quoted, ok := strings.CutPrefix(string(text), seedHeader)
	if !ok {
		return nil, errors.New("no seed for this target")
	}
	data, err := strconv.Unquote(strings.TrimSuffix(quoted, ")\n"))
	return []byte(data), err
}
