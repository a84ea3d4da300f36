//go:build amd64 || arm64

package ottertier

import "unsafe"

// prefetch has the processor begin to fetch the memory at p, two lines of its cache,
// and does not wait for it. Go has that for itself only.
//
//go:noescape
func prefetch(p unsafe.Pointer)
