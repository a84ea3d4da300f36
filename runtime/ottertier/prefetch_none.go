//go:build !amd64 && !arm64

package ottertier

import "unsafe"

func prefetch(unsafe.Pointer) {}
