package s2format_test

import (
	"encoding/binary"
	"testing"

	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/compresstest"
	"github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/s2format"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCompressor(t *testing.T) { compresstest.Check(t, s2format.New()) }

func FuzzDecompress(f *testing.F) { compresstest.Fuzz(f, s2format.New()) }

// TestBombs has what says that it inflates to more than it does, or than it may.
func TestBombs(t *testing.T) {
	const limit = 1 << 20
	c := s2format.New()
	for _, says := range []uint64{limit + 1, 2 << 30, 4<<30 - 1} {
		compresstest.Refuse(t, c, binary.AppendUvarint(nil, says), limit, nil)
	}
	compresstest.Refuse(t, c, binary.AppendUvarint(nil, 2<<30-1), limit, runtime.ErrTooLarge)
	compresstest.Refuse(t, c, binary.AppendUvarint(nil, 4<<30), limit, runtime.ErrCorrupt)
	compresstest.Refuse(t, c, binary.AppendUvarint(nil, limit), limit, runtime.ErrCorrupt)

	data, err := c.Compress(make([]byte, 64<<20))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("64 MiB in %d bytes", len(data))
	compresstest.Refuse(t, c, data, limit, runtime.ErrTooLarge)
	_, n := binary.Uvarint(data)
	for _, says := range []uint64{0, 1, limit} { // it lies
		compresstest.Refuse(t, c, append(binary.AppendUvarint(nil, says), data[n:]...), limit, runtime.ErrCorrupt)
	}
}
