package redistest

import (
	"fmt"
	"testing"
	"time"
)

// Until waits until ok returns true, and fails the test if that takes longer than
// anything should.
func Until(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	if err := poll(ok); err != nil {
		tb.Fatalf("%s: %v", what, err)
	}
}

// poll waits until ok, for as long as patience goes.
func poll(ok func() bool) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			return fmt.Errorf("not ready within %v", patience)
		}
	}
	return nil
}
