package methods

import (
	"context"
	"database/sql"
	"errors"
	"math/big"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/cachegen/cachegen/internal/codectest"
	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// equal compares what keeps its fields to itself.
var equal = cmp.Options{
	cmp.Comparer(func(a, b Money) bool { return a.cents == b.cents && a.currency == b.currency }),
	cmp.Comparer(func(a, b Range) bool { return a == b }),
	cmp.Comparer(func(a, b url.URL) bool { return a.String() == b.String() }),
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b }),
	cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
	cmp.Comparer(func(a, b big.Int) bool { return a.Cmp(&b) == 0 }),
	cmp.Comparer(func(a, b big.Rat) bool { return a.Cmp(&b) == 0 }),
	cmp.Comparer(func(a, b big.Float) bool {
		return a.Cmp(&b) == 0 && a.Prec() == b.Prec() && a.Mode() == b.Mode() && a.Signbit() == b.Signbit()
	}),
	cmp.Comparer(func(a, b Only) bool { return a == b }),
	cmp.Comparer(func(a, b Stamp) bool { return a.Equal(b.Time) && a.Note == b.Note }),
	cmp.Comparer(func(a, b net.IP) bool { return slices.Equal(a, b) && (a == nil) == (b == nil) }),
}

func link(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

func full() Thing {
	huge, _ := new(big.Int).SetString("-123456789012345678901234567890", 10)
	float := new(big.Float).SetPrec(200).SetMode(big.ToZero)
	float.Quo(big.NewFloat(1), big.NewFloat(3))
	return Thing{
		ID: 7, Code: "c", Price: Money{cents: 1299, currency: "EUR"}, Range: Range{-1, 5},
		Link: *link("https://user:pa%20ss@example.com/a%2Fb?q=1#f"), Links: []*url.URL{link("//h"), nil, {}},
		From: netip.MustParseAddr("fe80::1%eth0"), Port: netip.MustParseAddrPort("1.2.3.4:80"),
		Nets: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), {}},
		Big:  *huge, BigPtr: new(big.Int).Lsh(huge, 500), Rat: big.NewRat(-22, 7), Float: *float,
		ByAddr: map[netip.Addr]string{netip.MustParseAddr("::1"): "one", {}: "none"},
		ByName: map[string]*big.Int{"a": big.NewInt(1), "": nil},
		Pairs:  [2]Money{{cents: 1}, {currency: "USD"}}, Only: Only{netip.MustParseAddr("9.9.9.9")},
		History: &Version{*link("mailto:a@b"), &Version{}},
		Token:   Token{1, 2, 3}, Level: -4, IP: net.IP{1, 2, 3, 4}, Raw: []byte(`{"a": 1}`),
		Stamp: Stamp{time.Unix(5, 6).UTC(), "note"}, Note: sql.NullString{String: "s", Valid: true},
		Seen: sql.NullTime{Time: time.Unix(1, 0).UTC(), Valid: true}, Counted: sql.Null[Money]{V: Money{cents: 3}, Valid: true},
	}
}

func points() []Point {
	a := netip.MustParseAddr("1.2.3.4")
	return []Point{{}, {Addr: a, Addrs: []netip.Addr{}, Next: &Point{Addrs: []netip.Addr{a, {}}}}}
}

func open(t *testing.T) (*ThingCache, *fakebackend.Backend) {
	t.Helper()
	store := fakebackend.New("store")
	c, err := NewThingCache(ThingCacheConfig{Store: store})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c, store
}

// TestEncodeFails makes methods fail when a value is set.
func TestEncodeFails(t *testing.T) {
	ctx := t.Context()
	c, store := open(t)
	for name, tt := range map[string]struct {
		v    Thing
		want error
	}{
		"an error":    {Thing{Price: Money{cents: -1}}, errDebt},
		"a later one": {Thing{Pairs: [2]Money{1: {cents: -1}}}, errDebt},
		"inside":      {Thing{Counted: sql.Null[Money]{V: Money{cents: -1}}}, errDebt},
		"a panic":     {Thing{Price: Money{currency: "panic"}}, nil},
		"nothing":     {Thing{Price: Money{cents: 1}, Pairs: [2]Money{{currency: "cut"}}}, nil},
	} {
		err := c.Set(ctx, 1, tt.v)
		var p *runtime.PanicError
		if err == nil || tt.want != nil && !errors.Is(err, tt.want) || errors.As(err, &p) != (name == "a panic") {
			t.Errorf("%s: Set: %v", name, err)
		}
		got, err := c.GetOrLoad(ctx, 2, func(context.Context, int64) (Thing, error) { return tt.v, nil })
		if err != nil || got.Price.cents != tt.v.Price.cents {
			t.Errorf("%s: GetOrLoad: %v", name, err)
		}
	}
	if n := len(store.Entries()); n != 0 {
		t.Errorf("%d values were stored", n)
	}
}

// TestDecodeFails stores what methods do not take back: that is a miss, in memory and
// behind it.
func TestDecodeFails(t *testing.T) {
	ctx := t.Context()
	c, _ := open(t)
	if err := c.Set(ctx, 1, Thing{Price: Money{currency: "bad"}}); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := c.Get(ctx, 1); ok || err != nil {
		t.Errorf("Get: %v, %v", ok, err)
	}
	for _, tier := range c.Stats().Tiers {
		if tier.Rejected == 0 {
			t.Errorf("%s: the entry was not rejected", tier.Path)
		}
	}
}

// TestObjects keeps values as they are, and copies what nobody can look into.
func TestObjects(t *testing.T) {
	ctx := t.Context()
	c, err := NewThingObjects(ThingObjectsConfig{Ostore: fakebackend.New("o")})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	v := full()
	key := ThingObjectsKeyOf(v)
	if err := c.Set(ctx, key, v); err != nil {
		t.Fatal(err)
	}
	v.BigPtr.SetInt64(0)
	v.Link.Host = "changed"
	for range 2 {
		got, ok, err := c.Get(ctx, key)
		if !ok || err != nil {
			t.Fatalf("Get: %v, %v", ok, err)
		}
		if d := cmp.Diff(full(), got, equal); d != "" {
			t.Errorf("a value that was kept has changed:\n%s", d)
		}
		got.Big.SetBits(append(got.Big.Bits()[:1], 99))
		got.Rat.SetInt64(1)
		got.Links[0].Host = "mine"
	}
	if s := c.Stats().Tiers[0]; s.Hits != 2 {
		t.Errorf("%d hits among the objects", s.Hits)
	}
	if err := c.Set(ctx, key, Thing{Price: Money{cents: -1}}); !errors.Is(err, errDebt) {
		t.Errorf("Set of what cannot be copied: %v", err)
	}
}

// TestKeyPanics spells a key whose method panics.
func TestKeyPanics(t *testing.T) {
	ctx := t.Context()
	c, err := NewThingObjects(ThingObjectsConfig{Ostore: fakebackend.New("o")})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	var p *runtime.PanicError
	if _, _, err := c.Get(ctx, ThingObjectsKey{Code: "panic"}); !errors.As(err, &p) || !strings.Contains(err.Error(), "no such code") {
		t.Errorf("Get: %v", err)
	}
	if err := c.Set(ctx, ThingObjectsKey{Code: "panic"}, Thing{}); !errors.As(err, &p) {
		t.Errorf("Set: %v", err)
	}
}

var (
	things = codectest.Codec[Thing]{
		Append: appendThing, Decode: decodeThing, Prefix: thingCachePrefix, Own: true, Options: equal,
		Draw: []any{drawMoney, drawRange, drawPort, drawFloat, drawOnly},
	}
	somePoints = codectest.Codec[Point]{Append: appendPoint, Decode: decodePoint, Prefix: pointCachePrefix, Own: true, Options: equal}
)

func drawMoney(t *rapid.T) Money {
	return Money{cents: rapid.Int64Min(0).Draw(t, ""), currency: rapid.StringMatching("[A-Z]{0,3}").Draw(t, "")}
}

func drawRange(t *rapid.T) Range {
	return Range{rapid.IntMin(0).Draw(t, ""), rapid.IntMin(0).Draw(t, "")}
}

func drawPort(t *rapid.T) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, ""))), rapid.Uint16().Draw(t, ""))
}

func drawFloat(t *rapid.T) big.Float {
	f := new(big.Float).SetPrec(rapid.UintRange(1, 300).Draw(t, ""))
	return *f.SetInt64(rapid.Int64().Draw(t, ""))
}

func drawOnly(t *rapid.T) Only {
	return Only{netip.AddrFrom16([16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "")))}
}

func TestCodec(t *testing.T) {
	things.Check(t, Thing{}, full(), Thing{Nets: []netip.Prefix{}, IP: net.IP{}, Raw: []byte{}, ByAddr: map[netip.Addr]string{}})
	somePoints.Check(t, points()...)
}

func FuzzDecode(f *testing.F) { things.Fuzz(f, Thing{}, full()) }
