package gzipformat_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"testing"

	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/compresstest"
	"github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/gzipformat"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCompressor(t *testing.T) { compresstest.Check(t, gzipformat.New()) }

func FuzzDecompress(f *testing.F) { compresstest.Fuzz(f, gzipformat.New()) }

// member returns n zeros as one member with a header of the caller's.
func member(t *testing.T, n int, h gzip.Header) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	w.Header = h
	zeros := make([]byte, 1<<20)
	for ; n > 0; n -= len(zeros) {
		if _, err := w.Write(zeros[:min(n, len(zeros))]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestBombs has what inflates to much more than it says, or than it may.
func TestBombs(t *testing.T) {
	const limit = 1 << 20
	c := gzipformat.New()
	bomb := member(t, 64<<20, gzip.Header{})
	t.Logf("64 MiB in %d bytes", len(bomb))
	compresstest.Refuse(t, c, bomb, limit, runtime.ErrTooLarge)

	for _, says := range []uint32{0, 1, limit} { // it lies
		binary.LittleEndian.PutUint32(bomb[len(bomb)-4:], says)
		compresstest.Refuse(t, c, bomb, limit, nil)
	}
	small := member(t, 10, gzip.Header{})
	binary.LittleEndian.PutUint32(small[len(small)-4:], limit)
	compresstest.Refuse(t, c, small, limit, runtime.ErrCorrupt) // not even deflate does that
	small[len(small)-8]++
	compresstest.Refuse(t, c, small, limit, nil)

	compresstest.Refuse(t, c, member(t, 10, gzip.Header{Name: "a", Comment: "b"}), limit, nil)
	compresstest.Refuse(t, c, append(member(t, 10, gzip.Header{}), member(t, 0, gzip.Header{})...), limit, nil)
}
