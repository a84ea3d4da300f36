//go:build !linux

package redistest

import "syscall"

// dieWithParent has no meaning here.
var dieWithParent *syscall.SysProcAttr
