package main

import (
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// watch is a timer of the system's, for which Go's poller waits as it does for a socket.
type watch struct {
	fd   int
	file *os.File
	room [8]byte // for how often it went off
}

var watches = sync.Pool{New: func() any {
	fd := must(unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC))
	return &watch{fd: fd, file: os.NewFile(uintptr(fd), "timer")}
}}

// rest waits for d as one waits for the reply of a database. Sleeping is something else: Go's
// poller waits for timers in whole milliseconds, if nothing else wakes it, so that loads
// would be the slower the fewer round trips a cache makes, and end many at a time.
func rest(d time.Duration) {
	w := watches.Get().(*watch)
	defer watches.Put(w)
	check(unix.TimerfdSettime(w.fd, 0, &unix.ItimerSpec{Value: unix.NsecToTimespec(int64(max(d, 1)))}, nil))
	must(w.file.Read(w.room[:]))
}
