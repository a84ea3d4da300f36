// Package gzipformat compresses stored values with gzip, for tiers with
// compress=gzip.
package gzipformat

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/cachegen/cachegen/runtime"
)

const (
	headerSize  = 10
	trailerSize = 8
	// maxRatio is how much smaller deflate can make anything: 258 bytes take two
	// bits at least.
	maxRatio = 1032
)

// header is what New's compressor begins with, up to the fields that do not
// matter: magic, deflate, no flags and so no name, comment or extra field.
var header = []byte{0x1f, 0x8b, 8, 0}

// Compressor is a runtime.Compressor.
type Compressor struct{}

// New returns a compressor.
func New() runtime.Compressor { return Compressor{} }

// ID implements runtime.Compressor.
func (Compressor) ID() byte { return runtime.CompressGzip }

var writers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// Compress implements runtime.Compressor.
func (Compressor) Compress(src []byte) ([]byte, error) {
	w := writers.Get().(*gzip.Writer)
	defer writers.Put(w)
	out := bytes.NewBuffer(make([]byte, 0, headerSize+trailerSize+len(src)/2))
	w.Reset(out)
	defer w.Reset(nil) // it must not hold on to what is the caller's now
	if _, err := w.Write(src); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// reader is a gzip.Reader with what it reads.
type reader struct {
	gzip gzip.Reader
	src  bytes.Reader
}

var readers = sync.Pool{New: func() any { return new(reader) }}

// Decompress implements runtime.Compressor. src must be one member without a
// name, whose length is what its end says.
func (Compressor) Decompress(src []byte, limit int) ([]byte, error) {
	if len(src) < headerSize+trailerSize || !bytes.HasPrefix(src, header) {
		return nil, fmt.Errorf("gzip: no member: %w", runtime.ErrCorrupt)
	}
	size := uint64(binary.LittleEndian.Uint32(src[len(src)-4:]))
	if size > uint64(limit) {
		return nil, runtime.ErrTooLarge
	}
	if size > maxRatio*uint64(len(src)) {
		return nil, fmt.Errorf("gzip: %d bytes cannot inflate to %d: %w", len(src), size, runtime.ErrCorrupt)
	}
	r := readers.Get().(*reader)
	defer readers.Put(r)
	r.src.Reset(src)
	defer r.src.Reset(nil)
	if err := r.gzip.Reset(&r.src); err != nil {
		return nil, err
	}
	r.gzip.Multistream(false)
	dst := make([]byte, size)
	if _, err := io.ReadFull(&r.gzip, dst); err != nil {
		return nil, err
	}
	// The end has the checksum, and must be the end of everything.
	switch n, err := r.gzip.Read(make([]byte, 1)); {
	case n != 0:
		return nil, fmt.Errorf("gzip: more than %d bytes: %w", size, runtime.ErrCorrupt)
	case !errors.Is(err, io.EOF):
		return nil, fmt.Errorf("gzip: %w: %w", err, runtime.ErrCorrupt)
	}
	if n := r.src.Len(); n > 0 {
		return nil, fmt.Errorf("gzip: %d bytes behind the end: %w", n, runtime.ErrCorrupt)
	}
	return dst, nil
}
