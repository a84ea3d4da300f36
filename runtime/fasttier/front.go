package fasttier

import (
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"sync/atomic"

	"github.com/VictoriaMetrics/fastcache"
	"github.com/cespare/xxhash/v2"
)

const (
	// stripes is how many locks the places of a front have.
	stripes = 128
	// frontShare is which part of the size of a cache its front has, and frontMost how many
	// bytes at most.
	frontShare = 32
	frontMost  = 1 << 20
	// longest is how many bytes a place has at most. To copy a longer entry word by word takes
	// about as long as fastcache does.
	longest = 512
	// sampled is of how many look-ups one counts, which is a write.
	sampled = 8
	// hottest is how far an entry can be ahead of all others that belong in its place.
	hottest = 15
	// misfits is by how many more offers are too long than not before places get longer.
	misfits = 32

	word = 8
	line = 8 * word // of a processor's cache
)

// The words that a place begins with. Key and entry follow, each from a word of its own on.
const (
	hashWord    = iota
	lengthsWord // of the key, and of the entry in the lower half; 0: empty
	aheadWord   // of all others, in look-ups
	placeHeader
)

// front keeps copies of the entries that are read most, in front of a fastcache. In fastcache
// a hit locks a part of the cache and counts, and so takes two cache lines from the core that
// did so before. Here it writes nothing, but for one of eight that counts until it is far ahead.
//
// Each entry has a single place, by the hash of its key. Of all that share one, it goes to
// that which has most of the look-ups there, as a majority vote tells without a
// count for each (Boyer and Moore, MJRTY, 1981): whoever has the place gets ahead by each of
// its own look-ups and falls back by each of another, and who comes when it is no longer
// ahead gets the place.
//
// Readers take no lock. They read the number of their stripe before and after: it is odd
// while a place or the fastcache is written, and another one when it has been (a sequence
// lock), and then they ask the fastcache. Whoever changes an entry there holds the lock
// meanwhile, and empties its place. So what was replaced or removed is not in front either;
// what was evicted may be.
type front struct {
	locks   [stripes]stripe
	room    int // bytes of all places together
	table   atomic.Pointer[places]
	_       [line]byte // what each hit reads is not in one line with what is counted
	misfits atomic.Int32
	_       [line]byte
}

// stripe is the lock of some places, in a cache line of its own.
type stripe struct {
	number atomic.Uint64
	_      [line - 8]byte
}

// places are where entries lie, all of one size.
type places struct {
	words []atomic.Uint64 // which the garbage collector does not look at
	each  int             // words of a place
	row   uint64          // places of a stripe
}

// place is where an entry lies, all of whose words are atomic.
type place []atomic.Uint64

// newFront returns a front for a cache of size bytes.
func newFront(size int) *front { return &front{room: min(size/frontShare, frontMost)} }

// newPlaces returns places for entries of about such a size, or nil if they are too long.
func (f *front) newPlaces(key, entry int) *places {
	each := (placeHeader*word + words(key)*word + entry + entry/8 + line - 1) / line * line
	row := f.room / stripes / each
	if row == 0 || each > longest {
		return nil
	}
	each /= word
	return &places{words: make([]atomic.Uint64, stripes*row*each), each: each, row: uint64(row)}
}

// look returns the entry under key, that in front or that of the fastcache, and has it counted. It
// may miss one that is only in front while another entry of its stripe is written.
func (f *front) look(cache *fastcache.Cache, dst, key []byte) (b []byte, ok bool) {
	if f == nil {
		return cache.HasGet(dst, key)
	}
	t := f.table.Load()
	if t == nil {
		if b, ok = cache.HasGet(dst, key); ok && rand.Uint32()%sampled == 0 {
			f.fitting(len(key), len(b))
		}
		return b, ok
	}
	h := xxhash.Sum64(key)
	p, lock := t.place(h), &f.locks[h%stripes].number
	number := lock.Load()
	if p[hashWord].Load() == h && number%2 == 0 {
		if b, ok = p.read(dst, key); ok && lock.Load() == number {
			if n := p[aheadWord].Load(); n < hottest && rand.Uint32()%sampled == 0 {
				p[aheadWord].Store(n + 1)
			}
			return b, true
		}
	}
	empty := p[lengthsWord].Load() == 0
	if b, ok = cache.HasGet(dst, key); ok && (empty && p.fits(len(key), len(b)) || rand.Uint32()%sampled == 0) {
		f.offer(number, h, key, b)
	}
	return b, ok
}

// place returns the place of a hash.
func (t *places) place(h uint64) place {
	i := int(h%stripes*t.row+h>>32*t.row>>32) * t.each
	return t.words[i : i+t.each : i+t.each]
}

func (p place) fits(key, entry int) bool { return placeHeader+words(key)+words(entry) <= len(p) }

// read reads the entry in a place, if it is that of key, into dst if there is room. What it
// returns is an entry only if nobody has written meanwhile.
func (p place) read(dst, key []byte) (b []byte, ok bool) {
	lengths := p[lengthsWord].Load()
	n, at := int(uint32(lengths)), placeHeader+words(len(key))
	if int(lengths>>32) != len(key) || !p.fits(len(key), n) {
		return nil, false
	}
	for i := placeHeader; i < at; i++ {
		if p[i].Load() != firstWord(key) {
			return nil, false
		}
		key = key[min(word, len(key)):]
	}
	if cap(dst) < n {
		dst = make([]byte, n)
	}
	b = dst[:n]
	from, rest := p[at:at+words(n)], b
	for ; len(rest) >= word; from, rest = from[1:], rest[word:] {
		binary.LittleEndian.PutUint64(rest, from[0].Load())
	}
	if len(rest) > 0 {
		var w [word]byte
		binary.LittleEndian.PutUint64(w[:], from[0].Load())
		copy(rest, w[:])
	}
	return b, true
}

// empty takes the place, if there is one, from the entry that has it.
func (p place) empty() {
	if p != nil {
		p[lengthsWord].Store(0)
	}
}

// write gives the place to an entry.
func (p place) write(h uint64, key, b []byte) {
	p[hashWord].Store(h)
	p[lengthsWord].Store(uint64(len(key))<<32 | uint64(len(b)))
	p[aheadWord].Store(1)
	p = p[placeHeader:]
	for _, b := range [...][]byte{key, b} {
		for ; len(b) > 0; b, p = b[min(word, len(b)):], p[1:] {
			p[0].Store(firstWord(b))
		}
	}
}

// firstWord returns the first eight bytes, or those that there are.
func firstWord(b []byte) uint64 {
	if len(b) >= word {
		return binary.LittleEndian.Uint64(b)
	}
	var w [word]byte
	copy(w[:], b)
	return binary.LittleEndian.Uint64(w[:])
}

// words is how many words n bytes take.
func words(n int) int { return (n + word - 1) / word }

// offer counts a look-up of an entry that is not in front: the one in its place falls back,
// or it gets the place itself. Its bytes are no longer of use once the stripe has another number than
// before they were read.
func (f *front) offer(number, h uint64, key, b []byte) {
	t := f.fitting(len(key), len(b))
	if t == nil {
		return
	}
	p := t.place(h)
	if n := p[aheadWord].Load(); n > 0 && p[lengthsWord].Load() != 0 {
		p[aheadWord].Store(n - 1)
		return
	}
	lock := &f.locks[h%stripes].number
	if number%2 != 0 || !lock.CompareAndSwap(number, number+1) {
		return
	}
	p.write(h, key, b)
	lock.Store(number + 2)
}

// fitting returns the places if an entry fits there. They are made for the length of the first, and made
// anew and longer if most do not fit.
func (f *front) fitting(key, entry int) *places {
	t := f.table.Load()
	if t != nil && t.place(0).fits(key, entry) {
		if f.misfits.Load() > 0 {
			f.misfits.Add(-1)
		}
		return t
	}
	if words(key)+words(entry) > longest/word || t != nil && f.misfits.Add(1) < misfits {
		return nil
	}
	f.misfits.Store(0)
	longer := f.newPlaces(key, entry)
	if longer == nil || !f.table.CompareAndSwap(t, longer) {
		return nil
	}
	return longer
}

// begin locks the stripe of an entry that is to change in the fastcache, until end is called,
// and returns its place if it is in front.
func (f *front) begin(key []byte) (s *stripe, p place) {
	if f == nil {
		return nil, nil
	}
	h := xxhash.Sum64(key)
	s = &f.locks[h%stripes]
	s.begin()
	if t := f.table.Load(); t != nil && t.place(h)[hashWord].Load() == h {
		p = t.place(h)
	}
	return s, p
}

func (s *stripe) begin() {
	for n := s.number.Load(); n%2 != 0 || !s.number.CompareAndSwap(n, n+1); n = s.number.Load() {
		runtime.Gosched() // another one is about to end
	}
}

func (s *stripe) end() {
	if s != nil {
		s.number.Add(1)
	}
}

// clear forgets all entries, as do does with those of the fastcache.
func (f *front) clear(do func()) {
	for i := range f.locks {
		f.locks[i].begin()
	}
	f.table.Store(nil)
	do()
	for i := range f.locks {
		f.locks[i].end()
	}
}
