// Package zstdformat compresses stored values with Zstandard, for tiers with
// compress=zstd.
package zstdformat

import (
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/cachegen/cachegen/runtime"
)

// Compressor is a runtime.Compressor.
type Compressor struct{}

// New returns a compressor.
func New() runtime.Compressor { return Compressor{} }

// ID implements runtime.Compressor.
func (Compressor) ID() byte { return runtime.CompressZstd }

// encoder compresses for all caches of the process: on as many goroutines at once
// as there are processors, and without any of its own. What it writes has no
// checksum, since the envelope around it has one, and memory needs none; it has
// its size, also if that is small.
var encoder = sync.OnceValues(func() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil,
		zstd.WithEncoderCRC(false),
		zstd.WithSingleSegment(true),
		zstd.WithZeroFrames(true),
	)
})

// Compress implements runtime.Compressor.
func (Compressor) Compress(src []byte) ([]byte, error) {
	enc, err := encoder()
	if err != nil {
		return nil, err
	}
	return enc.EncodeAll(src, nil), nil
}

// decoders has a decoder for each limit. There are as few of them as there are
// different max-value= in a program.
var decoders sync.Map // of int to func() (*zstd.Decoder, error)

// decoder returns the decoder of what has limit bytes at most.
func decoder(limit int) (*zstd.Decoder, error) {
	once, ok := decoders.Load(limit)
	if !ok {
		once, _ = decoders.LoadOrStore(limit, sync.OnceValues(func() (*zstd.Decoder, error) {
			return zstd.NewReader(nil,
				zstd.WithDecoderConcurrency(0), // one for each processor
				zstd.WithDecoderMaxMemory(uint64(limit)),
				zstd.WithDecodeAllCapLimit(true),
			)
		}))
	}
	return once.(func() (*zstd.Decoder, error))()
}

// Decompress implements runtime.Compressor. src must be one frame that says how
// long it is.
func (Compressor) Decompress(src []byte, limit int) ([]byte, error) {
	size, err := contentSize(src)
	if err != nil {
		return nil, err
	}
	if size > uint64(limit) {
		return nil, runtime.ErrTooLarge
	}
	dec, err := decoder(max(limit, zstd.MinWindowSize)) // it refuses less, however short the frame
	if err != nil {
		return nil, err
	}
	dst, err := dec.DecodeAll(src, make([]byte, 0, size))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, runtime.ErrCorrupt)
	}
	if uint64(len(dst)) != size {
		return nil, fmt.Errorf("zstd: %d bytes, not %d: %w", len(dst), size, runtime.ErrCorrupt)
	}
	return dst, nil
}
