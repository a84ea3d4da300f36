package zstdformat_test

import (
	"bytes"
	"testing"

	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/compresstest"
	"github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/zstdformat"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCompressor(t *testing.T) { compresstest.Check(t, zstdformat.New()) }

func FuzzDecompress(f *testing.F) { compresstest.Fuzz(f, zstdformat.New()) }

const limit = 1 << 20

// frame returns data as a frame of another encoder.
func frame(t *testing.T, data []byte, options ...zstd.EOption) []byte {
	t.Helper()
	enc, err := zstd.NewWriter(nil, append(options, zstd.WithEncoderConcurrency(1))...)
	if err != nil {
		t.Fatal(err)
	}
	return enc.EncodeAll(data, nil)
}

// stream returns data as a frame that does not say how long it is.
func stream(t *testing.T, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	enc, err := zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	for len(data) > 0 {
		n := min(len(data), 1<<20)
		if _, err := enc.Write(data[:n]); err != nil {
			t.Fatal(err)
		}
		data = data[n:]
	}
	if err := enc.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestBombs has what inflates to more than it may, or says so.
func TestBombs(t *testing.T) {
	c := zstdformat.New()
	zeros := make([]byte, 256<<20)
	bomb := frame(t, zeros, zstd.WithSingleSegment(true))
	t.Logf("256 MiB in %d bytes", len(bomb))
	compresstest.Refuse(t, c, bomb, limit, runtime.ErrTooLarge)
	nested := frame(t, bomb, zstd.WithSingleSegment(true))
	if got, err := c.Decompress(nested, limit); err != nil || !bytes.Equal(got, bomb) {
		t.Errorf("what a bomb is wrapped in: %d bytes, %v", len(got), err)
	}
	unsized := stream(t, zeros[:32<<20])
	t.Logf("32 MiB in %d bytes, without a size", len(unsized))
	compresstest.Refuse(t, c, unsized, limit, runtime.ErrCorrupt)

	// Magic, one segment with a size of four bytes, the size, one last block of
	// repeated zeros.
	lie := func(size, block uint32) []byte {
		head := block<<3 | 1<<1 | 1
		return []byte{
			0x28, 0xb5, 0x2f, 0xfd, 0xa0, byte(size), byte(size >> 8), byte(size >> 16), byte(size >> 24),
			byte(head), byte(head >> 8), byte(head >> 16), 0,
		}
	}
	if got, err := c.Decompress(lie(1000, 1000), limit); err != nil || len(got) != 1000 {
		t.Fatalf("a frame of 1000 zeros: %d bytes, %v", len(got), err)
	}
	compresstest.Refuse(t, c, lie(999, 1000), limit, runtime.ErrCorrupt)
	compresstest.Refuse(t, c, lie(1001, 1000), limit, runtime.ErrCorrupt)
	compresstest.Refuse(t, c, lie(0, 1000), limit, runtime.ErrCorrupt)
	compresstest.Refuse(t, c, lie(limit, 1000), limit, runtime.ErrCorrupt) // no block is so large
	compresstest.Refuse(t, c, lie(1<<31, 1000), limit, runtime.ErrCorrupt)
}

// TestOneFrame has what a decoder of any Zstandard reads, and ours does not.
func TestOneFrame(t *testing.T) {
	c := zstdformat.New()
	one, err := c.Compress([]byte("one"))
	if err != nil {
		t.Fatal(err)
	}
	empty, err := c.Compress(nil)
	if err != nil {
		t.Fatal(err)
	}
	skippable := []byte{0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 'x'}
	join := func(frames ...[]byte) []byte { return bytes.Join(frames, nil) }
	for name, data := range map[string][]byte{
		"nothing":           {},
		"skippable":         skippable,
		"behind skippable":  join(skippable, one),
		"skippable behind":  join(one, skippable),
		"empty behind":      join(one, empty),
		"behind empty":      join(empty, one),
		"two":               join(one, one),
		"two empty":         join(empty, empty),
		"without a size":    stream(t, []byte("one")),
		"with a dictionary": {0x28, 0xb5, 0x2f, 0xfd, 0x21, 7, 1, 9, 0, 0, 'x'},
		"reserved block":    {0x28, 0xb5, 0x2f, 0xfd, 0x20, 1, 0x0f, 0, 0, 'x'},
	} {
		t.Run(name, func(t *testing.T) { compresstest.Refuse(t, c, data, limit, runtime.ErrCorrupt) })
	}
	sum := frame(t, []byte("one"), zstd.WithSingleSegment(true), zstd.WithEncoderCRC(true))
	if got, err := c.Decompress(sum, limit); err != nil || string(got) != "one" {
		t.Errorf("with a checksum: %q, %v", got, err)
	}
	sum[len(sum)-1] ^= 1
	compresstest.Refuse(t, c, sum, limit, runtime.ErrCorrupt)
}
