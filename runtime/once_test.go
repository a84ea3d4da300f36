package runtime

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestOnce compares what is taken with what a map says, of batches of all sizes in turn.
func TestOnce(t *testing.T) {
	var o once[string]
	for n := range 600 {
		keys := make([]string, n)
		for i := range keys {
			keys[i] = string(rune('a' + rand.IntN(n+1)))
		}
		seen := map[string]bool{}
		var want []string
		for _, k := range keys {
			if !seen[k] {
				want = append(want, k)
			}
			seen[k] = true
		}
		if got := o.each(nil, keys); !slices.Equal(got, want) {
			t.Fatalf("%q of %q, not %q", got, keys, want)
		}
	}
	var panicky once[any]
	func() {
		defer func() { check(t, recover() != nil, true) }()
		panicky.each(nil, []any{1, []int{}}) // a key that cannot be compared, behind one
	}()
	check(t, len(panicky.each(nil, []any{1, 2, 1})), 2)
	keys := []int{3, 1, 3, 2, 1}
	var numbers once[int]
	room := make([]int, 0, 8)
	check(t, slices.Equal(numbers.each(room, keys), []int{3, 1, 2}), true)
	check(t, testing.AllocsPerRun(100, func() { numbers.each(room, keys) }), 0.0)
}

func BenchmarkOnce(b *testing.B) {
	keys := make([]int64, 100)
	for i := range keys {
		keys[i] = rand.Int64()
	}
	room := make([]int64, 0, 100)
	b.Run("map", func(b *testing.B) {
		seen := map[int64]struct{}{}
		for b.Loop() {
			for _, k := range keys {
				seen[k] = struct{}{}
			}
			clear(seen)
		}
	})
	b.Run("once", func(b *testing.B) {
		var o once[int64]
		for b.Loop() {
			o.each(room, keys)
		}
	})
}
