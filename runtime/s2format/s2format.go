// Package s2format compresses stored values with S2, a faster and larger relative
// of Snappy, for tiers with compress=s2.
package s2format

import (
	"fmt"

	"github.com/klauspost/compress/s2"

	"github.com/cachegen/cachegen/runtime"
)

// Compressor is a runtime.Compressor.
type Compressor struct{}

// New returns a compressor.
func New() runtime.Compressor { return Compressor{} }

// ID implements runtime.Compressor.
func (Compressor) ID() byte { return runtime.CompressS2 }

// Compress implements runtime.Compressor.
func (Compressor) Compress(src []byte) ([]byte, error) {
	if s2.MaxEncodedLen(len(src)) < 0 {
		return nil, runtime.ErrTooLarge
	}
	return s2.Encode(nil, src), nil
}

// Decompress implements runtime.Compressor. src must be one block. Its first
// bytes say how long it is and could claim 4 GiB, so they are looked at before
// anything is allocated; what the block comes to must then fit exactly.
func (Compressor) Decompress(src []byte, limit int) ([]byte, error) {
	size, err := s2.DecodedLen(src)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, runtime.ErrCorrupt)
	}
	if size > limit {
		return nil, runtime.ErrTooLarge
	}
	dst, err := s2.Decode(make([]byte, size), src)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, runtime.ErrCorrupt)
	}
	return dst, nil
}
