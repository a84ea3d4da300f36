package fasttier

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/golang/snappy"
)

// The dump of a fastcache is a directory with a number in metadata.bin and its buckets
// in data.*.bin, compressed with Snappy, all numbers 64 bits in little endian:
//
//	number of the bucket, end of the ring, generation
//	entries: their count, and for each the hash of its key and its place
//	chunks of 64 KiB: their count, and the bytes of each
//
// A place counts bytes from the first chunk, in its lower 40 bits. There lie the
// lengths of key and value, 16 bits in big endian each, and both.
const (
	chunkSize = 64 << 10
	placeBits = 40
	// maxChunks is more than any bucket has, so that a dump that is none is found out.
	maxChunks = 1 << placeBits / chunkSize
)

var errDump = errors.New("this version of fastcache saves itself in a form that is not known here")

// eachKey calls fn for every key of a dump. Nothing but keys is taken from it.
func eachKey(ctx context.Context, dump string, fn func(key []byte) error) error {
	files, err := filepath.Glob(filepath.Join(dump, "data.*.bin"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return errDump
	}
	for _, name := range files {
		if err := eachKeyOf(ctx, name, fn); err != nil {
			return err
		}
	}
	return nil
}

func eachKeyOf(ctx context.Context, name string, fn func(key []byte) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	d := &dumpReader{r: bufio.NewReader(snappy.NewReader(f)), chunk: make([]byte, chunkSize)}
	for ctx.Err() == nil {
		if _, err := d.r.Peek(1); err == io.EOF {
			return nil
		}
		if err := d.bucket(fn); err != nil {
			return err
		}
	}
	return ctx.Err()
}

type dumpReader struct {
	r     *bufio.Reader
	chunk []byte
}

// bucket reads one bucket.
func (d *dumpReader) bucket(fn func(key []byte) error) error {
	var head [4]uint64
	if err := d.numbers(head[:]); err != nil {
		return err
	}
	var places []uint64
	for range head[3] {
		var e [2]uint64
		if err := d.numbers(e[:]); err != nil {
			return err
		}
		places = append(places, e[1]&(1<<placeBits-1))
	}
	slices.SortFunc(places, cmp.Compare)
	var chunks [1]uint64
	if err := d.numbers(chunks[:]); err != nil {
		return err
	}
	if chunks[0] > maxChunks {
		return errDump
	}
	for i := range chunks[0] {
		if _, err := io.ReadFull(d.r, d.chunk); err != nil {
			return fmt.Errorf("%w: %w", errDump, err)
		}
		for len(places) > 0 && places[0]/chunkSize == i {
			key, ok := keyAt(d.chunk, places[0]%chunkSize)
			if !ok {
				return errDump
			}
			if err := fn(key); err != nil {
				return err
			}
			places = places[1:]
		}
	}
	if len(places) > 0 {
		return errDump
	}
	return nil
}

// keyAt returns the key of the entry at a place in a chunk.
func keyAt(chunk []byte, at uint64) ([]byte, bool) {
	if at+4 > chunkSize {
		return nil, false
	}
	n := at + 4 + uint64(binary.BigEndian.Uint16(chunk[at:]))
	if n+uint64(binary.BigEndian.Uint16(chunk[at+2:])) > chunkSize {
		return nil, false
	}
	return chunk[at+4 : n], true
}

func (d *dumpReader) numbers(to []uint64) error {
	if err := binary.Read(d.r, binary.LittleEndian, to); err != nil {
		return fmt.Errorf("%w: %w", errDump, err)
	}
	return nil
}
