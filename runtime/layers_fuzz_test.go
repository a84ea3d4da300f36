package runtime

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/cachegen/cachegen/internal/memory"
)

// FuzzLayers opens any bytes as the envelope of a composition. What is opened is
// exactly what seal writes, and takes no more memory than the bytes have.
func FuzzLayers(f *testing.F) {
	one := layers{source: "inner.memory", l1: &layer{CodecBinary, 0, []byte("value")}}
	both := layers{l1: &layer{CodecBinary, 0, nil}, l2: &layer{CodecJSON, 2, []byte("{}")}}
	absent := layers{source: "redis", absent: true, l2: &layer{CodecBinary, 1, nil}}
	for _, e := range []layers{one, both, absent} {
		f.Add(e.seal())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		openLayers(t, b)
		if len(b) >= 4 { // with a checksum that is right, the other checks are on their own
			b = bytes.Clone(b)
			end := len(b) - 4
			binary.LittleEndian.PutUint32(b[end:], crc32.Checksum(b[:end], castagnoli))
			openLayers(t, b)
		}
	})
}

func openLayers(t *testing.T, b []byte) {
	t.Helper()
	var e layers
	var err error
	limit := uint64(len(b)) + 4096
	if used := memory.Least(limit, func() { e = layers{}; err = e.open(b) }); used > limit {
		t.Errorf("opening %d bytes took %d bytes of memory", len(b), used)
	}
	if err != nil {
		return
	}
	if again := e.seal(); !bytes.Equal(again, b) {
		t.Errorf("%x was opened, and would be sealed as %x", b, again)
	}
}
