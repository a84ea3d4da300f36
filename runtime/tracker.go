package runtime

import (
	"context"
	"sync"

	"github.com/cachegen/cachegen/internal/remedy"
)

// tracker counts the background work of one cache.
type tracker struct {
	mu     sync.Mutex
	n      int
	shut   chan struct{} // closed when no more work may begin
	idle   chan struct{} // closed when there is none
	closed bool
}

// begin counts a piece of work, unless the cache is being closed.
func (t *tracker) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return false
	}
	t.n++
	return true
}

// end is called when a piece of work has ended.
func (t *tracker) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n--; t.n == 0 && t.idle != nil {
		close(t.idle)
	}
}

// closing returns a channel that is closed when close is called.
func (t *tracker) closing() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.signal()
}

func (t *tracker) signal() chan struct{} {
	if t.shut == nil {
		t.shut = make(chan struct{})
	}
	return t.shut
}

// close lets no more work begin and waits for what there is. When ctx ends
// first it returns the context's error; cancel is called in any case when the
// wait is over.
func (t *tracker) close(ctx context.Context, cancel func()) error {
	defer cancel()
	t.mu.Lock()
	t.closed = true
	close(t.signal())
	if t.n == 0 || !remedy.Drain {
		t.mu.Unlock()
		return nil
	}
	t.idle = make(chan struct{})
	t.mu.Unlock()
	select {
	case <-t.idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
