package object

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cachegen/cachegen/internal/codectest"
)

// TestCodec takes values through the binary form, which is what Backend hands out.
func TestCodec(t *testing.T) {
	products := codectest.Codec[Product]{Append: appendProduct, Decode: decodeProduct, Prefix: productCachePrefix, Options: []cmp.Option{cmp.Comparer(sameRefs)}}
	products.Check(t, Product{}, rich(), Product{ByRef: map[*int]string{nil: "none"}})
}

// sameRefs compares maps by what their keys point to, since a decoded pointer is equal
// to no other.
func sameRefs(a, b map[*int]string) bool {
	type entry struct {
		there bool
		key   int
		value string
	}
	entries := func(m map[*int]string) map[entry]int {
		all := map[entry]int{}
		for k, v := range m {
			e := entry{there: k != nil, value: v}
			if k != nil {
				e.key = *k
			}
			all[e]++
		}
		return all
	}
	x, y := entries(a), entries(b)
	for e, n := range x {
		if y[e] != n {
			return false
		}
	}
	return len(x) == len(y) && (a == nil) == (b == nil)
}
