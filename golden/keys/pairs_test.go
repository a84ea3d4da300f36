package keys

import (
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/cachegen/cachegen/internal/codectest"
)

// must leaves the error out of a function that spells keys of types which spell
// themselves: these never fail.
var pages = codectest.Codec[Page]{Append: appendPage, Decode: decodePage, Prefix: pageCachePrefix}

var page = Page{Tenant: "t", SKU: "s", At: time.Unix(1700000000, 7).UTC(), Body: "text"}

func TestCodec(t *testing.T) { pages.Check(t, Page{}, page) }
func FuzzPage(f *testing.F)  { pages.Fuzz(f, Page{}, page) }

func must[K any](spell func([]byte, K) ([]byte, error)) func([]byte, K) []byte {
	return func(dst []byte, key K) []byte {
		b, err := spell(dst, key)
		if err != nil {
			panic(err)
		}
		return b
	}
}

var all = codectest.Keys[ByAllKey]{Binary: must(appendByAllKey), Text: must(appendByAllText), Same: func(a, b ByAllKey) bool {
	same := a.J.Equal(b.J)
	a.J, b.J = time.Time{}, time.Time{}
	return same && a == b
}}

// TestPairs draws pairs of keys of every type.
func TestPairs(t *testing.T) {
	codectest.Keys[PageCacheKey]{Binary: appendPageCacheKey, Text: appendPageCacheText}.Check(t)
	codectest.Keys[ByParamsKey]{Binary: appendByParamsKey, Text: appendByParamsText}.Check(t)
	codectest.Keys[[7]byte]{Binary: appendBySevenKey, Text: appendBySevenText}.Check(t)
	codectest.Keys[string]{Binary: appendByTextKey, Text: appendByTextText}.Check(t)
	codectest.Keys[time.Time]{Binary: appendByTimeKey, Text: appendByTimeText, Same: time.Time.Equal}.Check(t)
	codectest.Keys[netip.Addr]{Binary: must(appendByAddrKey), Text: must(appendByAddrText)}.Check(t)
	all.Check(t)
}

// FuzzKeys looks for two keys of all types that are spelled alike.
func FuzzKeys(f *testing.F) {
	f.Add([]byte("0123456789012345a|b|c|d"), []byte("0123456789012345a|b,c||d"))
	f.Add([]byte{}, []byte{0})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		all.Pair(t, keyOf(a), keyOf(b))
		keys := codectest.Keys[PageCacheKey]{Binary: appendPageCacheKey, Text: appendPageCacheText}
		keys.Pair(t, pageKeyOf(a), pageKeyOf(b))
	})
}

// keyOf makes a key of any bytes: sixteen for the numbers, and strings between bars.
func keyOf(data []byte) (k ByAllKey) {
	var n [16]byte
	rest := data[copy(n[:], data):]
	k.A, k.B, k.C, k.D = n[0]&1 == 1, int8(n[1]), binary.LittleEndian.Uint16(n[1:]), int32(binary.LittleEndian.Uint32(n[2:]))
	k.E, k.G, k.H = binary.LittleEndian.Uint64(n[3:]), Level(n[4]), [4]byte(n[5:9])
	k.J, k.K = time.Unix(int64(n[9]), int64(n[10])).UTC(), netip.AddrFrom4([4]byte(n[12:]))
	parts := append(strings.Split(string(rest), "|"), "", "", "")
	k.F, k.I, k.L = SKU(parts[0]), [2]string{parts[1], parts[2]}, strings.Join(parts[3:], "|")
	return k
}

func pageKeyOf(data []byte) PageCacheKey {
	tenant, sku, _ := strings.Cut(string(data), "|")
	return PageCacheKey{Tenant: tenant, SKU: SKU(sku)}
}
