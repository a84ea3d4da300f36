package keys

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/fakebackend"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// cache is what the caches of all keys have in common.
type cache[K comparable] interface {
	Set(ctx context.Context, key K, v Page) error
	Get(ctx context.Context, key K) (Page, bool, error)
	GetMany(ctx context.Context, keys []K) (map[K]Page, error)
	Delete(ctx context.Context, key K) (int, error)
	Close(ctx context.Context) error
}

// apart stores a page under each key and finds each again, from memory and from
// the backend: no two keys are one.
func apart[K comparable](t *testing.T, back *fakebackend.Backend, open func() (cache[K], error), keys []K) {
	t.Helper()
	ctx := context.Background()
	c, err := open()
	if err != nil {
		t.Fatal(err)
	}
	body := func(i int) Page { return Page{Body: strings.Repeat("x", i+1)} }
	for i, k := range keys {
		if err := c.Set(ctx, k, body(i)); err != nil {
			t.Fatalf("key %v: %v", k, err)
		}
	}
	if n := len(back.Entries()); n != len(keys) {
		t.Errorf("the backend has %d keys, want %d", n, len(keys))
	}
	other, err := open() // with an empty memory
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range keys {
		for from, c := range map[string]cache[K]{"memory": c, "the backend": other} {
			got, ok, err := c.Get(ctx, k)
			if !ok || err != nil || got != body(i) {
				t.Errorf("key %v from %s: %d bytes, %v, %v, want %d", k, from, len(got.Body), ok, err, i+1)
			}
		}
	}
	if all, err := other.GetMany(ctx, keys); len(all) != len(keys) || err != nil {
		t.Errorf("GetMany: %d of %d keys, %v", len(all), len(keys), err)
	}
	for _, k := range keys {
		if n, err := c.Delete(ctx, k); n != 2 || err != nil {
			t.Errorf("Delete of %v: %d, %v", k, n, err)
		}
	}
	for _, c := range []cache[K]{c, other} {
		if err := c.Close(ctx); err != nil {
			t.Error(err)
		}
	}
}

// awkward are strings that a careless key would mix up.
var awkward = []string{
	"", ":", "::", "a", "a:", ":a", "a:b", "%", "%3A", "%25", "{", "}", "{a}", "a{b}c", ",", "\x00", "\xff", "é", "e\u0301",
	" ", "\r\n", strings.Repeat("k", 7), strings.Repeat("k", 500), strings.Repeat("k", 511), strings.Repeat("k", 512),
	strings.Repeat("k", 513), strings.Repeat("k", 1015), strings.Repeat("k", 1016), strings.Repeat("k", 1<<20), strings.Repeat("k", 1<<20) + "!",
}

func TestText(t *testing.T) {
	back := fakebackend.New("b")
	apart(t, back, func() (cache[string], error) { return NewByText(ByTextConfig{Textback: back}) }, awkward)
}

func TestFields(t *testing.T) {
	back := fakebackend.New("b")
	var keys []PageCacheKey
	for _, a := range awkward[:22] {
		for _, b := range awkward[:22] {
			keys = append(keys, PageCacheKey{Tenant: a, SKU: SKU(b)})
		}
	}
	apart(t, back, func() (cache[PageCacheKey], error) { return NewPageCache(PageCacheConfig{Tenantback: back}) }, keys)
	if k := PageCacheKeyOf(Page{Tenant: "t", SKU: "s"}); k != (PageCacheKey{"t", "s"}) {
		t.Errorf("PageCacheKeyOf: %v", k)
	}
}

func TestParams(t *testing.T) {
	back := fakebackend.New("b")
	keys := []ByParamsKey{{"", 0}, {"", -1}, {"1", 0}, {"", 10}, {"1", 10}, {"11", 0}, {"a:1", 2}, {"a", 12}}
	apart(t, back, func() (cache[ByParamsKey], error) { return NewByParams(ByParamsConfig{Paramsback: back}) }, keys)
}

func TestAll(t *testing.T) {
	back := fakebackend.New("b")
	base := ByAllKey{J: time.Unix(1, 2).UTC(), K: netip.MustParseAddr("1.2.3.4")}
	keys := []ByAllKey{base}
	for _, change := range []func(*ByAllKey){
		func(k *ByAllKey) { k.A = true },
		func(k *ByAllKey) { k.B = -1 },
		func(k *ByAllKey) { k.C = 1 },
		func(k *ByAllKey) { k.D = -1 },
		func(k *ByAllKey) { k.E = 1 << 63 },
		func(k *ByAllKey) { k.F = "x" },
		func(k *ByAllKey) { k.G = 1 },
		func(k *ByAllKey) { k.H[3] = 1 },
		func(k *ByAllKey) { k.I[0] = "a" },
		func(k *ByAllKey) { k.I[1] = "a" },
		func(k *ByAllKey) { k.I = [2]string{"a,b", "c"} },
		func(k *ByAllKey) { k.I = [2]string{"a", "b,c"} },
		func(k *ByAllKey) { k.J = k.J.Add(1) },
		func(k *ByAllKey) { k.K = netip.MustParseAddr("::1%eth0") },
		func(k *ByAllKey) { k.K = netip.Addr{} },
		func(k *ByAllKey) { k.L = "x" },
	} {
		k := base
		change(&k)
		keys = append(keys, k)
	}
	apart(t, back, func() (cache[ByAllKey], error) { return NewByAll(ByAllConfig{Allback: back}) }, keys)
}

func TestSeven(t *testing.T) {
	back := fakebackend.New("b")
	apart(t, back, func() (cache[[7]byte], error) { return NewBySeven(BySevenConfig{Sevenback: back}) }, [][7]byte{{}, {1}, {6: 1}})
}

// TestTime takes one instant in two zones for one key.
func TestTime(t *testing.T) {
	ctx := context.Background()
	back := fakebackend.New("b")
	c, err := NewByTime(ByTimeConfig{Timeback: back})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	if err := c.Set(ctx, at, Page{Body: "b"}); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := c.Get(ctx, at.In(time.FixedZone("", 3600))); !ok || err != nil {
		t.Error("an instant in another zone is another key")
	}
	if _, ok, _ := c.Get(ctx, at.Add(1)); ok {
		t.Error("a nanosecond later is the same key")
	}
}

func TestAddr(t *testing.T) {
	back := fakebackend.New("b")
	keys := []netip.Addr{{}, netip.MustParseAddr("1.2.3.4"), netip.MustParseAddr("::ffff:1.2.3.4"), netip.MustParseAddr("::1"), netip.MustParseAddr("fe80::1%a:b")}
	apart(t, back, func() (cache[netip.Addr], error) { return NewByAddr(ByAddrConfig{Addrback: back}) }, keys)
}

// TestReadable holds the keys that people see in redis-cli.
func TestReadable(t *testing.T) {
	ctx := context.Background()
	back := fakebackend.New("b")
	c, err := NewByParams(ByParamsConfig{Paramsback: back})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if err := c.Set(ctx, ByParamsKey{Tenant: "a:{b}", Page: 7}, Page{}); err != nil {
		t.Fatal(err)
	}
	for key := range back.Entries() {
		if !strings.HasPrefix(key, "byparams:") || !strings.HasSuffix(key, ":a%3A%7Bb%7D:7") {
			t.Errorf("key %q", key)
		}
	}
}
