package custom

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(redistest.Main(m)) }

var (
	ctx = context.Background()
	doc = Doc{ID: "d", Text: []byte("text")}
)

// codec stores a text behind a mark. It does everything that a codec may do, and
// fails on demand.
type codec struct {
	mark             string
	encoded, decoded int
	got              []byte // what was to be decoded last
	fail             error
	panics           bool
}

func (c *codec) Append(dst []byte, d *Doc) ([]byte, error) {
	c.encoded++
	if c.panics {
		panic(c.mark)
	}
	return append(append(dst, c.mark...), d.Text...), c.fail
}

func (c *codec) Decode(src []byte, d *Doc) error {
	c.decoded++
	c.got = bytes.Clone(src)
	if c.panics {
		panic(c.mark)
	}
	text, ok := bytes.CutPrefix(src, []byte(c.mark))
	if !ok || c.fail != nil {
		return errors.Join(c.fail, errors.New("no mark"))
	}
	*d = Doc{ID: "d", Text: text} // it is the caller's now
	return nil
}

// open returns a cache with a codec for each tier, and its Redis.
func open(t *testing.T, db *redistest.Database, memory, redis *codec) *DocCache {
	t.Helper()
	c, err := NewDocCache(DocCacheConfig{MemoryCodec: memory, Redis: db.Client(), RedisCodec: redis})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(ctx) })
	return c
}

// stored returns the only entry in Redis.
func stored(t *testing.T, db *redistest.Database) []byte {
	t.Helper()
	client := db.Client()
	keys := client.Keys(ctx, "*").Val()
	if len(keys) != 1 {
		t.Fatalf("keys %q, want one", keys)
	}
	return []byte(client.Get(ctx, keys[0]).Val())
}

func TestRequired(t *testing.T) {
	client := redistest.Shared(t).Client()
	for field, cfg := range map[string]DocCacheConfig{
		"MemoryCodec": {Redis: client, RedisCodec: &codec{}},
		"RedisCodec":  {Redis: client, MemoryCodec: &codec{}},
	} {
		if c, err := NewDocCache(cfg); c != nil || err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("without %s: %v", field, err)
		}
	}
	if _, err := NewZipCache(ZipCacheConfig{Only: client}); err == nil {
		t.Error("a compressed tier goes without its codec")
	}
}

// TestTwoCodecs has a form of its own in each tier, each made once.
func TestTwoCodecs(t *testing.T) {
	db := redistest.Shared(t)
	memory, redis := &codec{mark: "m:"}, &codec{mark: "r:"}
	if err := open(t, db, memory, redis).Set(ctx, "d", doc); err != nil {
		t.Fatal(err)
	}
	if memory.encoded != 1 || redis.encoded != 1 {
		t.Errorf("encoded %d and %d times, want once each", memory.encoded, redis.encoded)
	}
	if data := stored(t, db); !bytes.Contains(data, []byte("r:text")) || data[3] != runtime.CodecCustom {
		t.Errorf("Redis has %q", data)
	}
	c := open(t, db, memory, redis)
	for _, want := range []struct{ source, data string }{{"docs.redis", "r:text"}, {"docs.memory", "m:text"}} {
		memory.got, redis.got = nil, nil
		e, err := c.Lookup(ctx, "d")
		if err != nil || e.Source != want.source || string(e.Value.Text) != "text" {
			t.Fatalf("%q from %q, %v, want it from %q", e.Value.Text, e.Source, err, want.source)
		}
		if got := string(memory.got) + string(redis.got); got != want.data {
			t.Errorf("%s: the codec got %q, want %q", want.source, got, want.data)
		}
		if v, ok, err := c.Get(ctx, "d"); !ok || err != nil || string(v.Text) != "text" {
			t.Fatalf("Get: %q, %v, %v", v.Text, ok, err)
		} else {
			copy(v.Text, "XXXX") // it is the caller's
		}
	}
}

// TestOthersCodec finds what another codec wrote.
func TestOthersCodec(t *testing.T) {
	db := redistest.Shared(t)
	if err := open(t, db, &codec{}, &codec{mark: "old:"}).Set(ctx, "d", doc); err != nil {
		t.Fatal(err)
	}
	c := open(t, db, &codec{}, &codec{mark: "new:"})
	if _, ok, err := c.Get(ctx, "d"); ok || err != nil {
		t.Errorf("Get: %v, %v, want a miss", ok, err)
	}
	if n := c.Stats().Tiers[1].Rejected; n != 1 {
		t.Errorf("%d were rejected, want 1", n)
	}
}

// TestEncodeFails has codecs that fail or panic as values are stored.
func TestEncodeFails(t *testing.T) {
	bad := errors.New("bad value")
	for name, redis := range map[string]*codec{"error": {fail: bad}, "panic": {panics: true}} {
		t.Run(name, func(t *testing.T) {
			db := redistest.Shared(t)
			c := open(t, db, &codec{}, redis)
			err := c.Set(ctx, "d", doc)
			var p *runtime.PanicError
			if !errors.Is(err, bad) && !errors.As(err, &p) {
				t.Errorf("Set: %v", err)
			}
			if err := c.SetMany(ctx, map[string]Doc{"d": doc, "e": doc}); err == nil {
				t.Error("SetMany: no error")
			}
			if _, ok, err := c.Get(ctx, "d"); ok || err != nil {
				t.Errorf("Get: %v, %v, want a miss", ok, err)
			}
			if n := db.Client().DBSize(ctx).Val(); n != 0 {
				t.Errorf("Redis has %d keys, want none", n)
			}
			v, err := c.GetOrLoad(ctx, "d", func(context.Context, string) (Doc, error) { return doc, nil })
			if err != nil || string(v.Text) != "text" {
				t.Errorf("GetOrLoad: %q, %v, want what was loaded", v.Text, err)
			}
		})
	}
}

// TestDecodeFails has codecs that fail or panic as values are read.
func TestDecodeFails(t *testing.T) {
	for name, redis := range map[string]*codec{"error": {fail: errors.New("bad bytes")}, "panic": {panics: true}} {
		t.Run(name, func(t *testing.T) {
			db := redistest.Shared(t)
			if err := open(t, db, &codec{}, &codec{}).Set(ctx, "d", doc); err != nil {
				t.Fatal(err)
			}
			c := open(t, db, &codec{}, redis)
			if _, ok, err := c.Get(ctx, "d"); ok || err != nil {
				t.Errorf("Get: %v, %v, want a miss", ok, err)
			}
			if n := c.Stats().Tiers[1].Rejected; n != 1 {
				t.Errorf("%d were rejected, want 1", n)
			}
		})
	}
}

// TestCompressed compresses what a codec makes, even of nothing.
func TestCompressed(t *testing.T) {
	for _, text := range []string{"", strings.Repeat("text", 1000)} {
		db := redistest.Shared(t)
		k := &codec{}
		c, err := NewZipCache(ZipCacheConfig{Only: db.Client(), OnlyCodec: k})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Set(ctx, "d", Doc{ID: "d", Text: []byte(text)}); err != nil {
			t.Fatal(err)
		}
		if data := stored(t, db); len(data) > 200 || data[3] != runtime.CodecCustom || data[4] != runtime.CompressGzip {
			t.Errorf("Redis has %d bytes, codec %d, compression %d", len(data), data[3], data[4])
		}
		if v, ok, err := c.Get(ctx, "d"); !ok || err != nil || string(v.Text) != text || string(k.got) != text {
			t.Errorf("Get: %d bytes, %v, %v", len(v.Text), ok, err)
		}
		if err := c.Close(ctx); err != nil {
			t.Error(err)
		}
	}
}
