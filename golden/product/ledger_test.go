package product

import (
	"fmt"
	"strconv"
	"sync"

	"github.com/cachegen/cachegen/runtime"
)

// ledger tells which versions of one key a read may return. Its clock counts
// what begins and ends.
type ledger struct {
	mu    sync.Mutex
	clock int64
	ended map[int64]int64 // when the writes ended, by version, which is when they began
	floor int64           // the latest begin of a write that has returned nil
}

// version is a tick that a write or a load begins with.
func (l *ledger) version() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clock++
	return l.clock
}

// wrote notes the end of the write, or remove, that began with version.
func (l *ledger) wrote(version int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clock++
	l.ended[version] = l.clock
	if err == nil {
		l.floor = max(l.floor, version)
	}
}

// look returns what a reader notes before he asks.
func (l *ledger) look() (floor int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.floor
}

// check returns an error if a reader who noted floor may not have got v under id:
// its load had begun, or its write had ended, before a write began that had
// returned when he asked. (A load that begins just before a write returns may be
// after the write for the cache, and it is right: its source knows by then.)
func (l *ledger) check(id int64, v Small, floor int64) error {
	version := int64(v.Score)
	if v.ID != id || v.Name != nameOf(id, version) {
		return fmt.Errorf("key %d: got %+v", id, v)
	}
	if v.Live { // loaded
		if version < floor {
			return fmt.Errorf("key %d: loaded at %d, before a write began at %d", id, version, floor)
		}
		return nil
	}
	l.mu.Lock()
	ended, ok := l.ended[version]
	l.mu.Unlock()
	if ok && ended < floor {
		return fmt.Errorf("key %d: written from %d to %d, before a write began at %d", id, version, ended, floor)
	}
	return nil
}

// told is a value that says what it is.
func told(id, version int64, loaded bool) Small {
	return Small{ID: id, Name: nameOf(id, version), Score: float64(version), Live: loaded}
}

func nameOf(id, version int64) string {
	return strconv.FormatInt(id, 10) + "/" + strconv.FormatInt(version, 10)
}

// live reports whether an entry has a value.
func live(e runtime.Entry[Small]) bool { return e.Status == runtime.Hit || e.Status == runtime.Stale }
