package product

import (
	"context"
	"encoding/binary"
	"math"
	"testing"
	"time"

	"github.com/VictoriaMetrics/fastcache"

	"github.com/cachegen/cachegen/internal/redistest"
)

// handSmall is a hit as an expert would write it for the one type: key and entry
// on the stack, the deadline compared with a monotonic clock, the decoder by hand.
type handSmall struct {
	cache *fastcache.Cache
	base  time.Time
}

func (h *handSmall) set(key int64, v Small) {
	var kb [16]byte
	kb[0] = 1
	binary.LittleEndian.PutUint64(kb[7:], uint64(key))
	b := binary.LittleEndian.AppendUint64(nil, uint64(time.Since(h.base)+time.Minute))
	b = binary.LittleEndian.AppendUint64(b, uint64(v.ID))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v.Score))
	live := byte(0)
	if v.Live {
		live = 1
	}
	b = append(b, live)
	b = binary.LittleEndian.AppendUint64(b, uint64(v.At.Unix()))
	b = binary.LittleEndian.AppendUint32(b, uint32(v.At.Nanosecond()))
	b = append(b, v.Name...)
	h.cache.Set(kb[:15], b)
}

func (h *handSmall) get(key int64) (v Small, ok bool) {
	var kb [16]byte
	var buf [256]byte
	kb[0] = 1
	binary.LittleEndian.PutUint64(kb[7:], uint64(key))
	b, ok := h.cache.HasGet(buf[:0], kb[:15])
	if !ok || len(b) < 37 || int64(binary.LittleEndian.Uint64(b)) < int64(time.Since(h.base)) {
		return v, false
	}
	v.ID = int64(binary.LittleEndian.Uint64(b[8:]))
	v.Score = math.Float64frombits(binary.LittleEndian.Uint64(b[16:]))
	v.Live = b[24] == 1
	v.At = time.Unix(int64(binary.LittleEndian.Uint64(b[25:])), int64(binary.LittleEndian.Uint32(b[33:]))).UTC()
	v.Name = string(b[37:])
	return v, true
}

var small = Small{ID: 7, Name: "twelve bytes", Score: 1.5, Live: true, At: time.Unix(1700000000, 7).UTC()}

func BenchmarkHit(b *testing.B) {
	ctx := context.Background()
	server := redistest.Start(b)
	client := server.Client()
	smalls, err := NewSmallCache(SmallCacheConfig{Redis: client})
	if err != nil {
		b.Fatal(err)
	}
	defer smalls.Close(ctx)
	products := openBench(b, server)
	defer products.Close(ctx)
	hand := &handSmall{fastcache.New(32 << 20), time.Now()}
	for id := range int64(1000) {
		small.ID = id
		hand.set(id, small)
		if err := smalls.Set(ctx, id, small); err != nil {
			b.Fatal(err)
		}
		if err := products.Set(ctx, id, sample(id)); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("Small/by hand", func(b *testing.B) {
		b.ReportAllocs()
		for id := int64(0); b.Loop(); id++ {
			hand.get(id % 1000)
		}
	})
	b.Run("Small/generated", func(b *testing.B) {
		b.ReportAllocs()
		for id := int64(0); b.Loop(); id++ {
			_, _, _ = smalls.Get(ctx, id%1000)
		}
	})
	b.Run("Product/generated", func(b *testing.B) {
		b.ReportAllocs()
		for id := int64(0); b.Loop(); id++ {
			_, _, _ = products.Get(ctx, id%1000)
		}
	})
}

func openBench(b *testing.B, server *redistest.Server) *ProductCache {
	b.Helper()
	c, err := NewProductCache(ProductCacheConfig{Redis: server.Client()})
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func BenchmarkCodec(b *testing.B) {
	v := sample(1)
	data, err := appendProduct(nil, &v)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			data, _ = appendProduct(data[:0], &v)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var v Product
			_ = decodeProduct(&v, data, "")
		}
	})
}
