package redistest

import "syscall"

// dieWithParent keeps servers from outliving a test binary that was killed or
// ran into its timeout.
var dieWithParent = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
