package codectest

import "github.com/cachegen/cachegen/internal/memory"

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
