package fasttier

import (
	"encoding/binary"
	"math/rand/v2"
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

	// bigKey is set in the first byte of the key that a big payload lies under.
	bigKey = 0x80
)

// epoch is the number drawn by this process, in the place it has in a header.
var epoch = rand.Uint32() << 8

// Tier stores the entries of one cache in a fastcache.Cache, which it may share
// with others.
type Tier struct {
	cache *fastcache.Cache
	time  *runtime.Timebase
	own   bool
	freed atomic.Bool // by Close
}

// New returns a tier over cache, or over a new one of the given size in bytes if
// cache is nil. Close frees only the latter.
func New(cache *fastcache.Cache, size int, t *runtime.Timebase) *Tier {
	own := cache == nil
	if own {
		cache = fastcache.New(size)
	}
	return &Tier{cache: cache, time: t, own: own}
}

// Get returns the payload under key, if there is a live value; its status is then
// runtime.Hit or runtime.Stale. All else is a runtime.Miss, an absence and a big
// value too: the slow path tells them apart. The payload lies in dst, whose length
// must be 0, if there is room for it.
func (t *Tier) Get(dst, key []byte) ([]byte, runtime.Status) {
	b, ok := t.cache.HasGet(dst, key)
	if !ok || len(b) < header || binary.LittleEndian.Uint32(b) != epoch|kindValue {
		return nil, runtime.Miss
	}
	stale := int64(binary.LittleEndian.Uint64(b[4:]))
	expire := int64(binary.LittleEndian.Uint64(b[12:]))
	if stale == runtime.Never {
		return b[header:], runtime.Hit
	}
	now := t.time.Now()
	switch {
	case now < stale:
		return b[header:], runtime.Hit
	case now < expire:
		return b[header:], runtime.Stale
	}
	return nil, runtime.Miss
}

// Load implements runtime.MemoryEngine.
func (t *Tier) Load(dst, key []byte) (e runtime.MemoryEntry, ok bool) {
	b, ok := t.cache.HasGet(dst, key)
	if !ok {
		return e, false
	}
	kind, stale, expire, ok := parse(b)
	if !ok {
		return e, false
	}
	e = runtime.MemoryEntry{Payload: b[header:], Absent: kind == kindAbsent, Stale: stale, Expire: expire}
	if kind != kindBig {
		return e, true
	}
	big := t.cache.GetBig(nil, bigKeyOf(key))
	if len(big) < 8 || string(big[:8]) != string(e.Payload) {
		return runtime.MemoryEntry{}, false
	}
	e.Payload = big[8:]
	return e, true
}

// parse reads a header of this process.
func parse(b []byte) (kind uint32, stale, expire int64, ok bool) {
	if len(b) < header {
		return 0, 0, 0, false
	}
	word := binary.LittleEndian.Uint32(b)
	kind = word & 0xff
	if word&^0xff != epoch || kind < kindValue || kind > kindBig {
		return 0, 0, 0, false
	}
	return kind, int64(binary.LittleEndian.Uint64(b[4:])), int64(binary.LittleEndian.Uint64(b[12:])), true
}

// Save implements runtime.MemoryEngine.
func (t *Tier) Save(key []byte, e runtime.MemoryEntry) {
	kind := uint32(kindValue)
	payload := e.Payload
	var nonce [8]byte
	switch {
	case e.Absent:
		kind = kindAbsent
	case len(key)+header+len(payload) >= limit:
		kind = kindBig
		t.cache.Del(key) // until the new payload is there, there is none
		binary.LittleEndian.PutUint64(nonce[:], rand.Uint64())
		t.cache.SetBig(bigKeyOf(key), append(nonce[:], payload...))
		payload = nonce[:]
	}
	var buf [1024]byte
	b := binary.LittleEndian.AppendUint32(buf[:0], epoch|kind)
	b = binary.LittleEndian.AppendUint64(b, uint64(e.Stale))
	b = binary.LittleEndian.AppendUint64(b, uint64(e.Expire))
	t.cache.Set(key, append(b, payload...))
}

// Drop implements runtime.MemoryEngine.
func (t *Tier) Drop(key []byte, now int64) bool {
	var buf [1024]byte
	b, ok := t.cache.HasGet(buf[:0], key)
	if !ok {
		return false
	}
	t.cache.Del(key)
	kind, _, expire, ok := parse(b)
	if ok && kind == kindBig {
		t.cache.Del(bigKeyOf(key))
	}
	return ok && now < expire
}

// Close implements runtime.MemoryEngine.
func (t *Tier) Close() {
	if t.own {
		t.freed.Store(true)
		t.cache.Reset()
	}
}

// bigKeyOf returns the key of the payload that the marker under key stands for.
func bigKeyOf(key []byte) []byte {
	k := append([]byte(nil), key...)
	k[0] |= bigKey
	return k
}
