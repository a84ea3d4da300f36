// Package memory measures how much memory code allocates, for tests that hold it
// to a limit.
package memory

import "runtime"

// Taken returns how many bytes are allocated while fn runs.
func Taken(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// Least returns how many bytes are allocated while fn runs. If they are more than
// limit, fn runs up to two times more and the least counts, since other goroutines
// allocate too.
func Least(limit uint64, fn func()) uint64 {
	least := Taken(fn)
	for i := 0; i < 2 && least > limit; i++ {
		least = min(least, Taken(fn))
	}
	return least
}
