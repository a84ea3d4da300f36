package formats

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/codectest"
	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(redistest.Main(m)) }

var event = Event{ID: "e1", Kind: "start", Data: map[string]string{"a": "b"}, At: time.Unix(7, 0).UTC()}

var events = codectest.Codec[Event]{Append: appendEvent, Decode: decodeEvent, Prefix: eventCachePrefix}

func TestCodec(t *testing.T) { events.Check(t, Event{}, event, Event{Data: map[string]string{}}) }
func FuzzEvent(f *testing.F) { events.Fuzz(f, Event{}, event) }

// TestTwoFormats goes from JSON in Redis to binary in memory.
func TestTwoFormats(t *testing.T) {
	ctx := context.Background()
	client := redistest.Shared(t).Client()
	open := func() *EventCache {
		c, err := NewEventCache(EventCacheConfig{Redis: client})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close(ctx) })
		return c
	}
	if err := open().Set(ctx, "e1", event); err != nil {
		t.Fatal(err)
	}
	c := open()
	for _, source := range []string{"events.redis", "events.memory"} {
		e, err := c.Lookup(ctx, "e1")
		if err != nil || e.Source != source {
			t.Fatalf("from %q, %v, want %q", e.Source, err, source)
		}
		if d := cmp.Diff(event, e.Value); d != "" {
			t.Error(d)
		}
		if _, _, err := c.Get(ctx, "e1"); err != nil {
			t.Fatal(err)
		}
	}
	keys := client.Keys(ctx, "*").Val()
	if len(keys) != 1 || !bytes.HasPrefix([]byte(keys[0]), []byte("events-v1:")) {
		t.Fatalf("keys %q, want one in the namespace", keys)
	}
	want, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	if data, _ := client.Get(ctx, keys[0]).Bytes(); !bytes.Contains(data, want) {
		t.Errorf("Redis has %q, without the JSON %s", data, want)
	}
	if d := client.PTTL(ctx, keys[0]).Val(); d > 2*time.Minute {
		t.Errorf("Redis keeps it for %v, want the ttl of the tier", d)
	}
}

// TestMaxValue writes what is too large for one tier and not for the other.
func TestMaxValue(t *testing.T) {
	ctx := context.Background()
	client := redistest.Shared(t).Client()
	c, err := NewEventCache(EventCacheConfig{Redis: client})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	big := event
	big.Kind = string(bytes.Repeat([]byte("x"), 100<<10)) // more than a fastcache entry too
	if err := c.Set(ctx, "e1", big); err != nil {
		t.Fatalf("Set: %v, want none: memory has it", err)
	}
	if got, ok, err := c.Get(ctx, "e1"); !ok || err != nil || got.Kind != big.Kind {
		t.Errorf("Get: %d bytes, %v, %v", len(got.Kind), ok, err)
	}
	if n := client.DBSize(ctx).Val(); n != 0 {
		t.Errorf("Redis has %d keys, want none", n)
	}
	if s := c.Stats().Tiers[1]; s.WriteErrors != 1 {
		t.Errorf("%d write errors were counted, want 1", s.WriteErrors)
	}
}

// TestJSONOnly has JSON in both tiers: one encoding for both.
func TestJSONOnly(t *testing.T) {
	ctx := context.Background()
	client := redistest.Shared(t).Client()
	c, err := NewEventJSON(EventJSONConfig{Jredis: client})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if err := c.Set(ctx, "e1", event); err != nil {
		t.Fatal(err)
	}
	if e, err := c.Lookup(ctx, "e1"); err != nil || e.Source != "jevents.jmemory" || e.Status != runtime.Hit || !cmp.Equal(e.Value, event) {
		t.Errorf("%+v, %v", e, err)
	}
	if n, err := c.Delete(ctx, "e1"); n != 2 || err != nil {
		t.Errorf("Delete: %d, %v", n, err)
	}
}
