// Package compresstest checks compressors: that they give back what they were
// given, refuse everything else, and take no more memory than they are allowed.
package compresstest

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/cachegen/cachegen/internal/memory"
	"github.com/cachegen/cachegen/runtime"
)

// Slack is what a decompressor may take besides the limit: its tables, and a block
// of what it reads.
const Slack = 1 << 20

// Samples returns values of many sizes, some that compress well and some that do
// not.
func Samples() [][]byte {
	random := make([]byte, 100<<10)
	r := rand.NewChaCha8([32]byte{})
	_, _ = r.Read(random)
	return [][]byte{
		{},
		{7},
		[]byte("hello"), []byte(strings.Repeat("hello, ", 40)), random[:255], random[:256], random[:1025],
		random, bytes.Repeat(random[:300], 1000), make([]byte, 1<<20),
	}
}

// Check takes samples there and back, then does to what is stored all that must
// be noticed.
func Check(t *testing.T, c runtime.Compressor) {
	for _, sample := range Samples() {
		data := compress(t, c, sample)
		same(t, c, data, sample)
		if len(sample) > 0 {
			Refuse(t, c, data, len(sample)-1, runtime.ErrTooLarge)
		}
		behind := append(bytes.Clone(data), 0)
		Refuse(t, c, behind, 1<<20, nil)
		Refuse(t, c, append(bytes.Clone(data), data...), 1<<20, nil)
		if len(data) > 2000 || len(sample) > 64<<10 {
			continue // the rest takes its square
		}
		for n := range data {
			Refuse(t, c, data[:n:n], 1<<20, nil)
		}
		flips(t, c, data, sample)
	}
	concurrent(t, c)
}

func compress(t testing.TB, c runtime.Compressor, sample []byte) []byte {
	t.Helper()
	before := bytes.Clone(sample)
	data, err := c.Compress(sample)
	if err != nil {
		t.Fatalf("compressing %d bytes: %v", len(sample), err)
	}
	if !bytes.Equal(before, sample) {
		t.Fatal("compressing changes its input")
	}
	return data
}

func same(t testing.TB, c runtime.Compressor, data, sample []byte) {
	t.Helper()
	before := bytes.Clone(data)
	got, err := c.Decompress(data, len(sample))
	if err != nil || !bytes.Equal(got, sample) {
		t.Errorf("%d bytes came back as %d: %v", len(sample), len(got), err)
	}
	if !bytes.Equal(before, data) {
		t.Error("decompressing changes its input")
	}
}

// flips changes every bit. The envelope notices that; here it must only do no harm,
// neither to this value nor to the next.
func flips(t *testing.T, c runtime.Compressor, data, sample []byte) {
	t.Helper()
	for i := range data {
		for bit := range 8 {
			data[i] ^= 1 << bit
			if got, err := c.Decompress(data, len(sample)); err == nil && len(got) > len(sample) {
				t.Errorf("%d bytes, with a limit of %d", len(got), len(sample))
			}
			data[i] ^= 1 << bit
		}
	}
	same(t, c, data, sample)
}

// concurrent decompresses good and bad data from many goroutines.
func concurrent(t *testing.T, c runtime.Compressor) {
	t.Helper()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				for _, sample := range Samples()[:7] {
					data := compress(t, c, sample)
					same(t, c, data, sample)
					if _, err := c.Decompress(data[:len(data)-1], len(sample)); err == nil {
						t.Error("what is cut off is read")
					}
				}
			}
		})
	}
	wg.Wait()
}

// Refuse checks that data is refused, with the error if one is given, and within
// the memory that the limit allows.
func Refuse(t testing.TB, c runtime.Compressor, data []byte, limit int, want error) {
	t.Helper()
	got, err := bounded(t, c, data, limit)
	if err == nil || want != nil && !errors.Is(err, want) {
		t.Errorf("%d bytes are read as %d, with the error %v, want %v", len(data), len(got), err, want)
	}
}

// bounded decompresses and looks how much memory that takes.
func bounded(t testing.TB, c runtime.Compressor, data []byte, limit int) ([]byte, error) {
	t.Helper()
	var got []byte
	var err error
	most := uint64(limit) + Slack
	if used := memory.Least(most, func() { got, err = c.Decompress(data, limit) }); used > most {
		t.Errorf("decompressing %d bytes took %d bytes of memory, want at most %d", len(data), used, most)
	}
	return got, err
}

// Fuzz decompresses any bytes. What is read must have a compressed form that is
// read as the same.
func Fuzz(f *testing.F, c runtime.Compressor) {
	const limit = 64 << 10
	for _, sample := range Samples() {
		f.Add(compress(f, c, sample))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := bounded(t, c, data, limit)
		switch {
		case err != nil:
			return
		case len(got) > limit:
			t.Errorf("%d bytes, with a limit of %d", len(got), limit)
		}
		same(t, c, compress(t, c, got), got)
	})
}
