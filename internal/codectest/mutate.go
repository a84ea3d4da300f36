package codectest

import (
	"bytes"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/cachegen/cachegen/internal/memory"
)

// mutations is how many changed encodings of each type are decoded: what MUTATIONS
// says, or a few.
func mutations() int {
	if n, err := strconv.Atoi(os.Getenv("MUTATIONS")); err == nil && n > 0 {
		return n
	}
	return 2000
}

// mutate decodes encodings that were changed at random, one after the other in
// this goroutine, since nothing takes less time. The random numbers are the same
// each time.
func (c Codec[V]) mutate(t *testing.T, seeds [][]byte) {
	t.Helper()
	r := mutation[V]{Codec: c, tb: t, mutator: newMutator(seeds), scratch: make([]byte, 0, 1<<16), unordered: c.unordered()}
	began, execs := time.Now(), mutations()
	for left, n := execs, 64; left > 0 && !t.Failed(); {
		n = min(n, left)
		left -= n
		if r.measured(n) {
			n = min(n+n/8+1, 1<<12)
		} else {
			n = max(n/2, 1)
		}
		r.adopt()
	}
	t.Logf("%d changed encodings, %d of them values, %.2f million a second", execs, r.accepted, float64(execs)/1e6/time.Since(began).Seconds())
}

// mutation is one run of a mutator against a codec.
type mutation[V any] struct {
	Codec[V]
	tb
	*mutator
	v         V
	scratch   []byte
	unordered bool
	accepted  int
}

// measured decodes the next n encodings. Looking at the memory takes much longer
// than decoding, so it is looked at once: where all of them took less than one may,
// each did. Else they are done again in halves, and the return value is false.
func (r *mutation[V]) measured(n int) bool {
	state, accepted, least := *r.pcg, r.accepted, ^uint64(0)
	used := memory.Taken(func() {
		for range n {
			data := r.next()
			least = min(least, r.limit(data))
			r.decode(data)
		}
	})
	if used <= least {
		return true
	}
	end := *r.pcg
	*r.pcg, r.accepted = state, accepted
	if n == 1 {
		r.bounded(r.tb, r.next())
	} else {
		r.measured(n / 2)
		r.measured(n - n/2)
	}
	*r.pcg = end
	return false
}

// decode decodes, and encodes again what is a value.
func (r *mutation[V]) decode(data []byte) {
	var zero V
	if r.v = zero; r.Decode(&r.v, data, "") != nil {
		return
	}
	r.accepted++
	enc, err := r.Append(r.scratch[:0], &r.v)
	if err != nil || !r.Own && (len(enc) != len(data) || !r.unordered && !bytes.Equal(enc, data)) {
		r.Any(r.tb, data) // says what is wrong
	}
	r.found(data)
}

// mutator makes bytes that are almost an encoding.
type mutator struct {
	pcg   *rand.PCG
	rand  *rand.Rand
	seeds [][]byte
	last  []byte // was a value
	buf   []byte
	given int // of the seeds
}

// longest bounds what the mutator makes, in bytes.
const longest = 1 << 13

func newMutator(seeds [][]byte) *mutator {
	pcg := rand.NewPCG(1, 2)
	m := &mutator{pcg: pcg, rand: rand.New(pcg), given: len(seeds), last: make([]byte, 0, longest), buf: make([]byte, 0, 2*longest)}
	for _, s := range seeds {
		m.seeds = append(m.seeds, bytes.Clone(s[:min(len(s), longest)]))
	}
	return m
}

// found remembers what was a value, and adopt makes the last of them a seed.
func (m *mutator) found(data []byte) { m.last = append(m.last[:0], data...) }

func (m *mutator) adopt() {
	if len(m.last) == 0 {
		return
	}
	const most = 64
	if len(m.seeds) < m.given+most {
		m.seeds = append(m.seeds, bytes.Clone(m.last))
	} else {
		i := m.given + m.rand.IntN(most)
		m.seeds[i] = append(m.seeds[i][:0], m.last...)
	}
	m.last = m.last[:0]
}

// next returns the next bytes, which are good until the one after.
func (m *mutator) next() []byte {
	b := append(m.buf[:0], m.seeds[m.rand.IntN(len(m.seeds))]...)
	for range 1 + m.rand.IntN(4) {
		b = m.change(b)
		if len(b) > longest {
			b = b[:longest]
		}
	}
	return b[:len(b):len(b)]
}

// edges are bytes at the edge of something.
const edges = "\x00\x01\x02\x7f\x80\x81\xfe\xff"

// change makes one change.
func (m *mutator) change(b []byte) []byte {
	if len(b) == 0 {
		return append(b, byte(m.rand.Uint32()))
	}
	at := m.rand.IntN(len(b))
	n := min(1+m.rand.IntN(16), len(b)-at)
	switch m.rand.IntN(11) {
	case 0, 1:
		b[at] ^= 1 << m.rand.IntN(8)
	case 2:
		b[at] = edges[m.rand.IntN(len(edges))]
	case 3:
		b[at] = byte(m.rand.Uint32())
	case 4:
		b[at]++
	case 5:
		b = b[:at]
	case 6: // leave some out
		b = append(b[:at], b[at+n:]...)
	case 7: // once more
		b = append(b[:at+n], b[at:]...)
	case 8: // go on as another
		other := m.seeds[m.rand.IntN(len(m.seeds))]
		b = append(b[:at], other[min(at, len(other)):]...)
	case 9: // a number that takes a byte more than it has to
		b[at] |= 0x80
		b = slices.Insert(b, at+1, 0)
	case 10: // a number that is too large
		for i := range n {
			b[at+i] |= 0x80
		}
	}
	return b
}
