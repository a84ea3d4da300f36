package zstdformat

import (
	"fmt"

	"github.com/klauspost/compress/zstd"

	"github.com/cachegen/cachegen/runtime"
)

const (
	blockHeader = 3
	checksum    = 4
	maxBlock    = 128 << 10 // what a block can inflate to

	blockRLE      = 1
	blockReserved = 3
)

// contentSize returns how many bytes the frame inflates to, by its own account.
// The decoder reads any number of frames in a row, those to be skipped included,
// and such without a size; here src must be one frame, with a size that its
// blocks can come to.
func contentSize(src []byte) (uint64, error) {
	var h zstd.Header
	if err := h.Decode(src); err != nil {
		return 0, fmt.Errorf("%w: %w", err, runtime.ErrCorrupt)
	}
	if h.Skippable || !h.SingleSegment || !h.HasFCS || h.DictionaryID != 0 {
		return 0, fmt.Errorf("zstd: not a frame of ours: %w", runtime.ErrCorrupt)
	}
	blocks, rest := uint64(0), src[h.HeaderSize:]
	for last := false; !last; blocks++ {
		if len(rest) < blockHeader {
			return 0, errFrame
		}
		head := int(rest[0]) | int(rest[1])<<8 | int(rest[2])<<16
		last = head&1 == 1
		size := head >> 3
		switch head >> 1 & 3 {
		case blockRLE:
			size = 1
		case blockReserved:
			return 0, errFrame
		}
		if rest = rest[blockHeader:]; len(rest) < size {
			return 0, errFrame
		}
		rest = rest[size:]
	}
	if h.HasCheckSum {
		if len(rest) < checksum {
			return 0, errFrame
		}
		rest = rest[checksum:]
	}
	if len(rest) != 0 || h.FrameContentSize > blocks*maxBlock {
		return 0, errFrame
	}
	return h.FrameContentSize, nil
}

var errFrame = fmt.Errorf("zstd: not one whole frame: %w", runtime.ErrCorrupt)
