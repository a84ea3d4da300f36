package runtime

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Pair is an entry of a map.
type Pair[K comparable, V any] struct {
	Key   K
	Value V
}

// Sorted returns the entries of a map in the order of their keys.
func Sorted[M ~map[K]V, K comparable, V any](m M, compare func(a, b K) int) []Pair[K, V] {
	all := make([]Pair[K, V], 0, len(m))
	for k, v := range m {
		all = append(all, Pair[K, V]{k, v})
	}
	slices.SortFunc(all, func(a, b Pair[K, V]) int { return compare(a.Key, b.Key) })
	return all
}

// The functions that compare keys tell apart all that are stored differently.

// CompareBool puts false first.
func CompareBool[T ~bool](a, b T) int {
	switch {
	case a == b:
		return 0
	case bool(b):
		return -1
	}
	return 1
}

// CompareFloat compares the bits of numbers: those that are no numbers have an order
// too.
func CompareFloat[T ~float32 | ~float64](a, b T) int {
	return cmp.Compare(math.Float64bits(float64(a)), math.Float64bits(float64(b)))
}

// CompareComplex compares real parts, then imaginary ones.
func CompareComplex[T ~complex64 | ~complex128](a, b T) int {
	x, y := complex128(a), complex128(b)
	return cmp.Or(CompareFloat(real(x), real(y)), CompareFloat(imag(x), imag(y)))
}

// CompareTime compares instants, then zones.
func CompareTime(a, b time.Time) int {
	_, x := a.Zone()
	_, y := b.Zone()
	return cmp.Or(cmp.Compare(a.Unix(), b.Unix()), cmp.Compare(a.Nanosecond(), b.Nanosecond()),
		cmp.Compare(x, y), CompareBool(a.Location() == time.UTC, b.Location() == time.UTC))
}
