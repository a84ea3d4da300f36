package fasttier

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/VictoriaMetrics/fastcache"

	"github.com/cachegen/cachegen/runtime"
)

const (
	header = 20
	// limit is what key and value of an entry must stay below together:
	// fastcache keeps them in a chunk of 64 KiB with four bytes of lengths.
	limit = 64<<10 - 4

	kindValue  = 1
	kindAbsent = 2
	kindBig    = 3

	// kindEager is set in the kind of entries that are to be reloaded eagerly: an
	// instant more stands in front of their payload.
	kindEager   = 4
	eagerHeader = header + 8

	// bigKey is set in the first byte of the key that a big payload lies under.
	bigKey = 0x80
	// nonceSize is how long the number is that a marker and its payload have in common.
	nonceSize = 8
	// keyRoom is how long most keys are at most.
	keyRoom = 128
)

// epoch is the number drawn by this process, in the place it has in a header.
var epoch = rand.Uint32() << 8

// Tier stores the entries of one cache in a fastcache.Cache, which it may share
// with others.
type Tier struct {
	cache *fastcache.Cache
	front *front // of a cache that nobody else can change
	time  *runtime.Timebase
	own   bool
	freed atomic.Bool // by Close

	long    atomic.Bool // entries were read that a caller had no room for
	scratch sync.Pool   // of *Scratch
}

// New returns a tier over cache, or over a new one of the given size in bytes if
// cache is nil. Close frees only the latter, which has a front of up to 1 MiB beside it.
func New(cache *fastcache.Cache, size int, t *runtime.Timebase) *Tier {
	if cache != nil {
		return &Tier{cache: cache, time: t}
	}
	return &Tier{cache: fastcache.New(size), front: newFront(size), time: t, own: true}
}

// Get returns the payload under key, if there is a live value; its status is then
// runtime.Hit or runtime.Stale. All else is a runtime.Miss, an absence too, and a big
// value before it is known that there are any: the slow path tells them apart. The
// payload lies in dst, whose length must be 0, if there is room for it, or in a
// Scratch, which is to be freed when the payload is not needed any more. Now is the
// tick of the comparison; 0: none.
func (t *Tier) Get(dst, key []byte) (payload []byte, s *Scratch, status runtime.Status, now int64) {
	if t.long.Load() {
		payload, s, status, now, _ = t.getLong(cap(dst), key)
		return payload, s, status, now
	}
	b, ok := t.front.look(t.cache, dst, key)
	if !ok || len(b) < header || binary.LittleEndian.Uint32(b) != epoch|kindValue {
		t.noteBig(b)
		return nil, nil, runtime.Miss, 0
	}
	if len(b) > cap(dst) {
		t.long.Store(true)
	}
	stale := int64(binary.LittleEndian.Uint64(b[4:]))
	expire := int64(binary.LittleEndian.Uint64(b[12:]))
	if stale == runtime.Never {
		return b[header:], nil, runtime.Hit, 0
	}
	now = t.time.Now()
	switch {
	case now < stale:
		return b[header:], nil, runtime.Hit, now
	case now < expire:
		return b[header:], nil, runtime.Stale, now
	}
	return nil, nil, runtime.Miss, now
}

// GetEager is Get for a cache that reloads values eagerly. It says whether that is
// due.
func (t *Tier) GetEager(dst, key []byte) (payload []byte, s *Scratch, status runtime.Status, now int64, due bool) {
	if t.long.Load() {
		return t.getLong(cap(dst), key)
	}
	b, ok := t.front.look(t.cache, dst, key)
	if !ok || len(b) < header {
		return nil, nil, runtime.Miss, 0, false
	}
	var eager int64
	switch word := binary.LittleEndian.Uint32(b); {
	case word == epoch|kindValue:
		eager, payload = runtime.Never, b[header:]
	case word == epoch|kindValue|kindEager && len(b) >= eagerHeader:
		eager, payload = int64(binary.LittleEndian.Uint64(b[header:])), b[eagerHeader:]
	default:
		t.noteBig(b)
		return nil, nil, runtime.Miss, 0, false
	}
	if len(b) > cap(dst) {
		t.long.Store(true)
	}
	now = t.time.Now()
	switch {
	case now < int64(binary.LittleEndian.Uint64(b[4:])):
		return payload, nil, runtime.Hit, now, now >= eager
	case now < int64(binary.LittleEndian.Uint64(b[12:])):
		return payload, nil, runtime.Stale, now, false
	}
	return nil, nil, runtime.Miss, now, false
}

// Load implements runtime.MemoryEngine.
func (t *Tier) Load(dst, key []byte) (e runtime.MemoryEntry, ok bool) {
	e, _, ok = t.load(dst, key)
	return e, ok
}

// load is Load, and returns all bytes that the entry lies in, which are those of dst if
// they were enough.
func (t *Tier) load(dst, key []byte) (e runtime.MemoryEntry, all []byte, ok bool) {
	kind, e, b, ok := t.peek(dst, key)
	if !ok || kind != kindBig {
		return e, b, ok
	}
	return t.fetch(e, b, key)
}

// peek is load but for the payload of a big entry: that is the number of its marker.
func (t *Tier) peek(dst, key []byte) (kind uint32, e runtime.MemoryEntry, b []byte, ok bool) {
	if b, ok = t.front.look(t.cache, dst, key); !ok {
		return 0, e, dst, false
	}
	kind, e, ok = parse(b)
	return kind, e, b, ok
}

// fetch sets the payload of a big entry whose marker lies in b, where it puts that.
func (t *Tier) fetch(e runtime.MemoryEntry, b, key []byte) (_ runtime.MemoryEntry, all []byte, ok bool) {
	if len(e.Payload) != nonceSize {
		return runtime.MemoryEntry{}, b, false
	}
	nonce := [nonceSize]byte(e.Payload)
	var kb [keyRoom]byte
	all = t.cache.GetBig(b[:0], bigKeyOf(kb[:0], key))
	if len(all) < nonceSize || [nonceSize]byte(all) != nonce {
		return runtime.MemoryEntry{}, all, false
	}
	e.Payload = all[nonceSize:]
	return e, all, true
}

// parse reads a header of this process.
func parse(b []byte) (kind uint32, e runtime.MemoryEntry, ok bool) {
	if len(b) < header {
		return 0, e, false
	}
	word := binary.LittleEndian.Uint32(b)
	kind = word & 0xff &^ kindEager
	if word&^0xff != epoch || kind < kindValue || kind > kindBig {
		return 0, e, false
	}
	e.Stale, e.Expire = int64(binary.LittleEndian.Uint64(b[4:])), int64(binary.LittleEndian.Uint64(b[12:]))
	e.Absent = kind == kindAbsent
	e.Payload = b[header:]
	if word&kindEager != 0 {
		if len(b) < eagerHeader {
			return 0, e, false
		}
		e.Eager = int64(binary.LittleEndian.Uint64(b[header:]))
		e.Payload = b[eagerHeader:]
	}
	return kind, e, true
}

// Save implements runtime.MemoryEngine.
func (t *Tier) Save(key []byte, e runtime.MemoryEntry) {
	if e.Whole != nil {
		t.saveWhole(key, e)
		return
	}
	var buf [1024]byte
	if runtime.MemoryFront+len(e.Payload) > len(buf) {
		t.saveLong(key, e)
		return
	}
	t.set(key, append(appendHeader(buf[:0], kindOf(e), e), e.Payload...))
}

func (t *Tier) set(key, b []byte) {
	s, p := t.front.begin(key)
	p.empty()
	t.cache.Set(key, b)
	s.end()
}

// take removes the entry under key, and returns it.
func (t *Tier) take(dst, key []byte) (b []byte, ok bool) {
	s, p := t.front.begin(key)
	if p != nil { // if it was evicted, it may be here
		b, ok = p.read(dst, key)
		p.empty()
	}
	if !ok {
		b, ok = t.cache.HasGet(dst, key)
	}
	t.cache.Del(key)
	s.end()
	return b, ok
}

// saveLong is Save for an entry that is too long for the stack.
func (t *Tier) saveLong(key []byte, e runtime.MemoryEntry) {
	s := t.borrow()
	defer s.Free()
	s.buf = append(append(s.buf[:0], make([]byte, runtime.MemoryFront)...), e.Payload...)
	e.Whole = s.buf
	t.saveWhole(key, e)
}

// saveWhole is Save for an entry that has room in front of its payload.
func (t *Tier) saveWhole(key []byte, e runtime.MemoryEntry) {
	kind, at := kindOf(e), runtime.MemoryFront-header
	if kind&kindEager != 0 {
		at = runtime.MemoryFront - eagerHeader
	}
	if len(key)+len(e.Whole)-at >= limit {
		t.saveBig(key, kind, e)
		return
	}
	appendHeader(e.Whole[at:at], kind, e)
	t.set(key, e.Whole[at:])
}

// saveBig stores a payload under a key of its own, and then the marker that stands for it.
func (t *Tier) saveBig(key []byte, kind uint32, e runtime.MemoryEntry) {
	s, p := t.front.begin(key)
	p.empty()
	t.cache.Del(key) // until the new payload is there, there is none
	s.end()
	var kb [keyRoom]byte
	big := e.Whole[runtime.MemoryFront-nonceSize:]
	nonce := big[:nonceSize]
	binary.LittleEndian.PutUint64(nonce, rand.Uint64())
	t.cache.SetBig(bigKeyOf(kb[:0], key), big)
	var buf [eagerHeader + nonceSize]byte
	t.set(key, append(appendHeader(buf[:0], kindBig|kind&kindEager, e), nonce...))
}

// kindOf returns the kind of an entry, whatever its length.
func kindOf(e runtime.MemoryEntry) uint32 {
	switch {
	case e.Absent:
		return kindAbsent
	case e.Eager != 0:
		return kindValue | kindEager
	}
	return kindValue
}

func appendHeader(dst []byte, kind uint32, e runtime.MemoryEntry) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, epoch|kind)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(e.Stale))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(e.Expire))
	if kind&kindEager != 0 {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(e.Eager))
	}
	return dst
}

// Drop implements runtime.MemoryEngine.
func (t *Tier) Drop(key []byte, now int64) bool {
	var buf [1024]byte
	b, ok := t.take(buf[:0], key)
	if !ok {
		return false
	}
	kind, e, ok := parse(b)
	if ok && kind == kindBig {
		var kb [keyRoom]byte
		t.cache.Del(bigKeyOf(kb[:0], key))
	}
	return ok && now < e.Expire
}

// Close implements runtime.MemoryEngine.
func (t *Tier) Close() {
	if t.own {
		t.freed.Store(true)
		t.front.clear(t.cache.Reset)
	}
}

// bigKeyOf appends to dst, which is empty, the key of the payload that the marker under key
// stands for.
func bigKeyOf(dst, key []byte) []byte {
	k := append(dst, key...)
	k[0] |= bigKey
	return k
}
