//go:build !linux

package main

import "time"

// rest sleeps for d, as exactly as Go's timers do.
func rest(d time.Duration) { time.Sleep(d) }
