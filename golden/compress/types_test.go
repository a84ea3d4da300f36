package compress

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/gzipformat"
	"github.com/cachegen/cachegen/runtime/s2format"
	"github.com/cachegen/cachegen/runtime/zstdformat"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(redistest.Main(m)) }

var ctx = context.Background()

var page = Page{ID: 1, Title: "one", Lines: strings.Split(strings.Repeat("the same line again and again\n", 200), "\n")}

// cache is what all caches of Page are.
type cache interface {
	Get(ctx context.Context, key int64) (Page, bool, error)
	Set(ctx context.Context, key int64, v Page) error
	Lookup(ctx context.Context, key int64) (runtime.Entry[Page], error)
	Stats() runtime.Stats
	Close(ctx context.Context) error
}

// kinds are the caches over Redis.
var kinds = []struct {
	name       string
	open       func(client *redis.Client) (cache, error)
	compressor runtime.Compressor
}{
	{"gzip", func(r *redis.Client) (cache, error) { return NewGzipCache(GzipCacheConfig{Gredis: r}) }, gzipformat.New()},
	{"zstd", func(r *redis.Client) (cache, error) { return NewZstdCache(ZstdCacheConfig{Zredis: r}) }, zstdformat.New()},
	{"s2", func(r *redis.Client) (cache, error) { return NewS2Cache(S2CacheConfig{Sredis: r}) }, s2format.New()},
}

// each runs a test for each kind. open makes another cache over the same Redis.
func each(t *testing.T, test func(t *testing.T, open func() cache, client *redis.Client, c runtime.Compressor)) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			client := redistest.Shared(t).Client()
			open := func() cache {
				c, err := k.open(client)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = c.Close(ctx) })
				return c
			}
			test(t, open, client, k.compressor)
		})
	}
}

// stored returns the only entry in Redis.
func stored(t *testing.T, client *redis.Client) (key string, data []byte) {
	t.Helper()
	keys := client.Keys(ctx, "*").Val()
	if len(keys) != 1 {
		t.Fatalf("keys %q, want one", keys)
	}
	data, err := client.Get(ctx, keys[0]).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return keys[0], data
}

// TestRoundTrip reads from each tier.
func TestRoundTrip(t *testing.T) {
	each(t, func(t *testing.T, open func() cache, client *redis.Client, comp runtime.Compressor) {
		if err := open().Set(ctx, 1, page); err != nil {
			t.Fatal(err)
		}
		_, data := stored(t, client)
		if len(data) > 1000 || data[4] != comp.ID() {
			t.Errorf("%d bytes are stored with compression %d, want %d", len(data), data[4], comp.ID())
		}
		c := open()
		for _, tier := range []string{"redis", "memory"} {
			e, err := c.Lookup(ctx, 1)
			if err != nil || !strings.HasSuffix(e.Source, tier) {
				t.Fatalf("from %q, %v, want %s", e.Source, err, tier)
			}
			if d := cmp.Diff(page, e.Value); d != "" {
				t.Error(d)
			}
			if got, ok, err := c.Get(ctx, 1); !ok || err != nil || !cmp.Equal(got, page) {
				t.Errorf("Get: %v, %v", ok, err)
			}
		}
	})
}

// TestFlips changes each bit of what is stored.
func TestFlips(t *testing.T) {
	each(t, func(t *testing.T, open func() cache, client *redis.Client, _ runtime.Compressor) {
		if err := open().Set(ctx, 1, Page{ID: 1, Title: "t"}); err != nil {
			t.Fatal(err)
		}
		c := open()
		key, data := stored(t, client)
		flips := uint64(0)
		for i := range data {
			for _, bit := range []int{i % 8, (i + 3) % 8} {
				data[i] ^= 1 << bit
				client.Set(ctx, key, data, 0)
				if e, err := c.Lookup(ctx, 1); e.Status != runtime.Miss || err != nil {
					t.Fatalf("bit %d of byte %d: %v, %v", bit, i, e.Status, err)
				}
				data[i] ^= 1 << bit
				flips++
			}
		}
		if n := c.Stats().Tiers[1].Rejected; n != flips {
			t.Errorf("%d were rejected, want %d", n, flips)
		}
		client.Set(ctx, key, data, 0)
		if e, err := c.Lookup(ctx, 1); e.Status != runtime.Hit || err != nil {
			t.Errorf("after all that: %v, %v", e.Status, err)
		}
	})
}

// reseal replaces the payload of a stored entry, with everything around it right.
func reseal(data, payload []byte) []byte {
	keyLen := int(binary.LittleEndian.Uint16(data[6:]))
	out := bytes.Clone(data[:44+keyLen])
	binary.LittleEndian.PutUint32(out[40:], uint32(len(payload)))
	out = append(out, payload...)
	return binary.LittleEndian.AppendUint32(out, crc32.Checksum(out, crc32.MakeTable(crc32.Castagnoli)))
}

// TestBombs plants what inflates to too much, and what is no compressed value.
func TestBombs(t *testing.T) {
	each(t, func(t *testing.T, open func() cache, client *redis.Client, comp runtime.Compressor) {
		if err := open().Set(ctx, 1, page); err != nil {
			t.Fatal(err)
		}
		bomb, err := comp.Compress(make([]byte, 48<<20))
		if err != nil {
			t.Fatal(err)
		}
		most, err := comp.Compress(make([]byte, 64<<10+1))
		if err != nil {
			t.Fatal(err)
		}
		key, data := stored(t, client)
		good := data[44+binary.LittleEndian.Uint16(data[6:]) : len(data)-4]
		c := open()
		planted := 0
		for _, payload := range [][]byte{
			bomb, most,
			{},
			[]byte("text"), append(bytes.Clone(good), good...), append(bytes.Clone(good), 0), good[:len(good)-1],
			binary.AppendUvarint(nil, 2<<30-1),
		} {
			planted++
			client.Set(ctx, key, reseal(data, payload), 0)
			if e, err := c.Lookup(ctx, 1); e.Status != runtime.Miss || err != nil {
				t.Errorf("payload of %d bytes: %v, %v", len(payload), e.Status, err)
			}
		}
		if n := c.Stats().Tiers[1].Rejected; n != uint64(planted) {
			t.Errorf("%d were rejected, want %d", n, planted)
		}
		client.Set(ctx, key, reseal(data, good), 0)
		if e, err := c.Lookup(ctx, 1); err != nil || !cmp.Equal(e.Value, page) {
			t.Errorf("after all that: %v, %v", e.Status, err)
		}
	})
}

// TestMaxValue writes what is small when stored, and inflates to too much.
func TestMaxValue(t *testing.T) {
	each(t, func(t *testing.T, open func() cache, client *redis.Client, _ runtime.Compressor) {
		c := open()
		big := page
		big.Title = Text(strings.Repeat("x", 64<<10))
		_ = c.Set(ctx, 1, big) // an error where the memory tier has the same limit
		if n := client.DBSize(ctx).Val(); n != 0 {
			t.Errorf("Redis has %d keys, want none", n)
		}
		if s := c.Stats().Tiers[1]; s.WriteErrors != 1 {
			t.Errorf("%d write errors were counted, want 1", s.WriteErrors)
		}
	})
}

// TestTTL has the cap of a tier with compression.
func TestTTL(t *testing.T) {
	client := redistest.Shared(t).Client()
	c, err := NewZstdCache(ZstdCacheConfig{Zredis: client})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if err := c.Set(ctx, 1, page); err != nil {
		t.Fatal(err)
	}
	key, _ := stored(t, client)
	if d := client.PTTL(ctx, key).Val(); d <= 0 || d > time.Minute {
		t.Errorf("Redis keeps it for %v, want the ttl of the tier", d)
	}
}

// TestSharing encodes once for three tiers, and not at all to refill two of them.
func TestSharing(t *testing.T) {
	fast, small := fakebackend.New("fast"), fakebackend.New("small")
	offload := runtime.NewOffload(runtime.OffloadOptions{})
	defer offload.Close(ctx)
	open := func() *MixedCache {
		c, err := NewMixedCache(MixedCacheConfig{Fast: fast, Small: small, Options: runtime.Options{Offload: offload}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close(ctx) })
		return c
	}
	encodings.Store(0)
	if err := open().Set(ctx, 1, page); err != nil {
		t.Fatal(err)
	}
	if n := encodings.Load(); n != 1 {
		t.Errorf("the value was encoded %d times to be stored, want once", n)
	}
	before := fast.Entries()
	fast.Clear()
	c := open()
	for _, source := range []string{"mixed.small", "mixed.near.plain"} {
		if e, err := c.Lookup(ctx, 1); err != nil || e.Source != source || !cmp.Equal(e.Value, page) {
			t.Fatalf("from %q, %v, want %q", e.Source, err, source)
		}
		if _, _, err := c.Get(ctx, 1); err != nil {
			t.Fatal(err)
		}
		if err := offload.Wait(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if n := encodings.Load(); n != 1 {
		t.Errorf("the value was encoded %d times more to be refilled, want never", n-1)
	}
	for key, raw := range fast.Entries() {
		// The same but for the time of writing, and so the checksum.
		if was := before[key].Data; len(raw.Data) != len(was) || !bytes.Equal(raw.Data[24:len(was)-4], was[24:len(was)-4]) {
			t.Errorf("what was refilled is not what had been stored")
		}
	}
	if len(fast.Entries()) != 1 {
		t.Error("fast was not refilled")
	}
}

// TestString has the compressions in it.
func TestString(t *testing.T) {
	c, err := NewMixedCache(MixedCacheConfig{Fast: fakebackend.New("fast"), Small: fakebackend.New("small")})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	for _, want := range []string{"plain:fastcache+json,", "fast:backend+json+s2)", "small:backend+json+zstd)"} {
		if !strings.Contains(fmt.Sprint(c), want) {
			t.Errorf("%v has no %s", c, want)
		}
	}
}

// TestBackend moves what one cache has stored into others, as raw data and as the
// tier of an outer cache.
func TestBackend(t *testing.T) {
	each(t, func(t *testing.T, open func() cache, client *redis.Client, comp runtime.Compressor) {
		backend := func() runtime.Backend { return open().(interface{ Backend() runtime.Backend }).Backend() }
		from, key := open(), []byte("raw")
		raw := from.(interface{ Backend() runtime.Backend }).Backend()
		typed := raw.(runtime.Composed[Page])
		if err := typed.StoreRaw(ctx, key, runtime.Entry[Page]{Value: page, Status: runtime.Hit}); err != nil {
			t.Fatal(err)
		}
		for _, b := range []runtime.Backend{raw, backend()} { // from memory, and from Redis
			data, ok, err := b.Read(ctx, key)
			if !ok || err != nil {
				t.Fatalf("Read: %v, %v", ok, err)
			}
			client.FlushDB(ctx)
			to := backend()
			if err := to.Write(ctx, key, data); err != nil {
				t.Fatalf("Write: %v", err)
			}
			if e, err := to.(runtime.Composed[Page]).LookupRaw(ctx, key); err != nil || !cmp.Equal(e.Value, page) {
				t.Errorf("%v, %v", e.Status, err)
			}
			if err := raw.Write(ctx, key, data); err != nil { // so that Redis has it again
				t.Fatal(err)
			}
			if err := typed.StoreRaw(ctx, key, runtime.Entry[Page]{Value: page, Status: runtime.Hit}); err != nil {
				t.Fatal(err)
			}
		}
		if comp.ID() == runtime.CompressGzip {
			data, _, _ := raw.Read(ctx, key)
			if len(data.Data) > 1000 {
				t.Errorf("the layer has %d bytes: it is not compressed", len(data.Data))
			}
		}
		outer, err := NewMixedCache(MixedCacheConfig{Fast: backend(), Small: fakebackend.New("small")})
		if err != nil {
			t.Fatal(err)
		}
		defer outer.Close(ctx)
		if err := outer.Set(ctx, 1, page); err != nil {
			t.Fatal(err)
		}
		if v, ok, err := outer.Get(ctx, 1); !ok || err != nil || !cmp.Equal(v, page) {
			t.Errorf("Get of the outer cache: %v, %v", ok, err)
		}
	})
}
