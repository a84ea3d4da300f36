package codectest

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"

	"github.com/cachegen/cachegen/internal/memory"
)

// slack is what a decoder may take whatever the input.
const slack = 4 << 10

// limit is how much memory a decoder may take for an input.
func (c Codec[V]) limit(data []byte) uint64 { return c.K*uint64(len(data)) + slack }

// bounded decodes any bytes and looks how much memory that takes.
func (c Codec[V]) bounded(t tb, data []byte) {
	t.Helper()
	limit := c.limit(data)
	if used := memory.Least(limit, func() { _ = c.Decode(new(V), data, "") }); used > limit {
		t.Errorf("decoding %d bytes took %d bytes of memory, want at most %d\n%x", len(data), used, limit, data[:min(len(data), 200)])
	}
}

// ready returns the codec with its K.
func (c Codec[V]) ready() Codec[V] {
	if c.K == 0 {
		c.K = factor("decode" + reflect.TypeFor[V]().Name())
	}
	return c
}

// factor returns K of a generated decoder, in the package under test: decoding n
// bytes allocates at most K·n and 4 KiB. It is what the decoder's comment says, and
// panics where there is none.
func factor(decoder string) uint64 {
	comment := regexp.MustCompile(`(?:// .*\n)*// Whatever data is, it allocates at most (\d+) times its length, and 4 KiB\.\nfunc ` + decoder + `\(`)
	files, _ := filepath.Glob("*_cachegen*.go")
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			panic(err)
		}
		if m := comment.FindSubmatch(src); m != nil {
			k, _ := strconv.ParseUint(string(m[1]), 10, 64)
			return k
		}
	}
	panic("codectest: no comment says what " + decoder + " allocates")
}
