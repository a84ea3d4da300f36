package hand

import (
	"sync"
	"time"

	"github.com/VictoriaMetrics/fastcache"

	"github.com/cachegen/cachegen/bench/shop"
)

// base is where deadlines count from: the monotonic clock alone is read.
var base = time.Now()

// envelope is what stands in front of a value in memory: a kind, when it is stale,
// when it expires.
const envelope = 4 + 8 + 8

// keySize is how long a key in memory is: the cache's own prefix and the number.
const keySize = 9 + 8

// Memory keeps values of one type in a fastcache.
type Memory struct {
	Cache *fastcache.Cache
	TTL   time.Duration
	Large bool // blobs are of 64 KiB or more, which fastcache takes in pieces only
}

func key(dst *[keySize]byte, id int64) []byte {
	copy(dst[:9], "\x00handmade")
	le.PutUint64(dst[9:], uint64(id))
	return dst[:]
}

// header appends an envelope.
func (m *Memory) header(dst []byte) []byte {
	deadline := uint64(time.Since(base) + m.TTL)
	return le.AppendUint64(le.AppendUint64(le.AppendUint32(dst, 1), deadline), deadline)
}

// alive cuts off the envelope of an entry that lives.
func alive(b []byte) ([]byte, bool) {
	if len(b) < envelope || le.Uint32(b) != 1 || int64(time.Since(base)) >= int64(le.Uint64(b[4:])) {
		return nil, false
	}
	return b[envelope:], true
}

// SetSmall stores a value.
func (m *Memory) SetSmall(id int64, v *shop.Small) {
	var kb [keySize]byte
	var buf [256]byte
	m.Cache.Set(key(&kb, id), AppendSmall(m.header(buf[:0]), v))
}

// GetSmall returns a value.
func (m *Memory) GetSmall(id int64) (v shop.Small, ok bool) {
	var kb [keySize]byte
	var buf [256]byte
	b, ok := m.Cache.HasGet(buf[:0], key(&kb, id))
	if !ok {
		return v, false
	}
	if b, ok = alive(b); !ok || DecodeSmall(&v, b) != nil {
		return shop.Small{}, false
	}
	return v, true
}

// SetProduct stores a value.
func (m *Memory) SetProduct(id int64, v *shop.Product) {
	var kb [keySize]byte
	var buf [2048]byte
	m.Cache.Set(key(&kb, id), AppendProduct(m.header(buf[:0]), v))
}

// GetProduct returns a value.
func (m *Memory) GetProduct(id int64) (v shop.Product, ok bool) {
	var kb [keySize]byte
	var buf [2048]byte
	b, ok := m.Cache.HasGet(buf[:0], key(&kb, id))
	if !ok {
		return v, false
	}
	if b, ok = alive(b); !ok || DecodeProduct(&v, b) != nil {
		return shop.Product{}, false
	}
	return v, true
}

// Has reads an entry and looks at nothing of it.
func (m *Memory) Has(id int64) bool {
	var kb [keySize]byte
	var buf [2048]byte
	_, ok := m.Cache.HasGet(buf[:0], key(&kb, id))
	return ok
}

// entries are where blobs are encoded, one after the other.
var entries = sync.Pool{New: func() any { return new([]byte) }}

// SetBlob stores a value.
func (m *Memory) SetBlob(id int64, v *shop.Blob) {
	var kb [keySize]byte
	entry := entries.Get().(*[]byte)
	*entry = AppendBlob(m.header((*entry)[:0]), v)
	if m.Large {
		m.Cache.SetBig(key(&kb, id), *entry)
	} else {
		m.Cache.Set(key(&kb, id), *entry)
	}
	entries.Put(entry)
}

// GetBlob returns a value. Its bytes are those that came out of the cache, which
// nobody else has.
func (m *Memory) GetBlob(id int64) (v shop.Blob, ok bool) {
	var kb [keySize]byte
	var b []byte
	if m.Large {
		b = m.Cache.GetBig(nil, key(&kb, id))
	} else if b, ok = m.Cache.HasGet(nil, key(&kb, id)); !ok {
		return v, false
	}
	if b, ok = alive(b); !ok || len(b) < 4 || uint64(len(b)) < 4+uint64(le.Uint32(b)) {
		return v, false
	}
	n := le.Uint32(b)
	return shop.Blob{Name: string(b[4 : 4+n]), Data: b[4+n:]}, true
}
