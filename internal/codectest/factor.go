package codectest

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

// Factor returns K of a generated decoder, in the package under test: decoding n
// bytes allocates at most K·n and 4 KiB. It is what the decoder's comment says, and
// panics where there is none.
func Factor(decoder string) uint64 {
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
