//go:build amd64 || arm64

package ottertier

import "unsafe"

// prefetch has the processor begin to fetch the memory at p, as far as one line of its
// cache goes, and does not wait for it. Go has that for itself only.
//
//go:noescape
func prefetch(p unsafe.Pointer)
