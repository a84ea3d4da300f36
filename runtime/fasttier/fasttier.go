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

	// kindEager is set in the kind of entries that are to be reloaded eagerly: an
	// instant more stands in front of their payload.
	kindEager   = 4
	eagerHeader = header + 8

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
// must be 0, if there is room for it. Now is the tick of the comparison; 0: none.
func (t *Tier) Get(dst, key []byte) (payload []byte, status runtime.Status, now int64) {
	b, ok := t.cache.HasGet(dst, key)
	if !ok || len(b) < header || binary.LittleEndian.Uint32(b) != epoch|kindValue {
		return nil, runtime.Miss, 0
	}
	stale := int64(binary.LittleEndian.Uint64(b[4:]))
	expire := int64(binary.LittleEndian.Uint64(b[12:]))
	if stale == runtime.Never {
		return b[header:], runtime.Hit, 0
	}
	now = t.time.Now()
	switch {
	case now < stale:
		return b[header:], runtime.Hit, now
	case now < expire:
		return b[header:], runtime.Stale, now
	}
	return nil, runtime.Miss, now
}

// GetEager is Get for a cache that reloads values eagerly. It says whether that is
// due.
func (t *Tier) GetEager(dst, key []byte) (payload []byte, status runtime.Status, now int64, due bool) {
	b, ok := t.cache.HasGet(dst, key)
	if !ok || len(b) < header {
		return nil, runtime.Miss, 0, false
	}
	var eager int64
	switch word := binary.LittleEndian.Uint32(b); {
	case word == epoch|kindValue:
		eager, payload = runtime.Never, b[header:]
	case word == epoch|kindValue|kindEager && len(b) >= eagerHeader:
		eager, payload = int64(binary.LittleEndian.Uint64(b[header:])), b[eagerHeader:]
	default:
		return nil, runtime.Miss, 0, false
	}
	now = t.time.Now()
	switch {
	case now < int64(binary.LittleEndian.Uint64(b[4:])):
		return payload, runtime.Hit, now, now >= eager
	case now < int64(binary.LittleEndian.Uint64(b[12:])):
		return payload, runtime.Stale, now, false
	}
	return nil, runtime.Miss, now, false
}

// Load implements runtime.MemoryEngine.
func (t *Tier) Load(dst, key []byte) (e runtime.MemoryEntry, ok bool) {
	b, ok := t.cache.HasGet(dst, key)
	if !ok {
		return e, false
	}
	kind, e, ok := parse(b)
	if !ok {
		return e, false
	}
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
	kind, size := uint32(kindValue), header
	payload := e.Payload
	var nonce [8]byte
	if e.Eager != 0 {
		kind, size = kindValue|kindEager, eagerHeader
	}
	switch {
	case e.Absent:
		kind, e.Eager = kindAbsent, 0
	case len(key)+size+len(payload) >= limit:
		kind = kindBig | kind&kindEager
		t.cache.Del(key) // until the new payload is there, there is none
		binary.LittleEndian.PutUint64(nonce[:], rand.Uint64())
		t.cache.SetBig(bigKeyOf(key), append(nonce[:], payload...))
		payload = nonce[:]
	}
	var buf [1024]byte
	b := binary.LittleEndian.AppendUint32(buf[:0], epoch|kind)
	b = binary.LittleEndian.AppendUint64(b, uint64(e.Stale))
	b = binary.LittleEndian.AppendUint64(b, uint64(e.Expire))
	if e.Eager != 0 {
		b = binary.LittleEndian.AppendUint64(b, uint64(e.Eager))
	}
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
	kind, e, ok := parse(b)
	if ok && kind == kindBig {
		t.cache.Del(bigKeyOf(key))
	}
	return ok && now < e.Expire
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
