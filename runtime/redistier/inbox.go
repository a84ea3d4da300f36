package redistier

import (
	"context"
	"errors"
	"sync"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime"
)

// inbox is where notices come that a lease is free.
type inbox struct {
	subscriber redis.UniversalClient
	channel    string

	listening sync.Mutex // held by who subscribes
	mu        sync.Mutex
	sub       *redis.PubSub
	done      chan struct{} // closed when sub is read no more
	waiters   map[string]map[*waiter]struct{}
	closed    bool
}

// waiter is somebody who waits for a lease.
type waiter struct{ wake func(runtime.LeaseNotice) }

// expect has the notices about leases given to them.
func (b *inbox) expect(leases []runtime.RemoteLease) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range leases {
		l := &leases[i]
		if b.waiters == nil {
			b.waiters = map[string]map[*waiter]struct{}{}
		}
		if b.waiters[l.Key] == nil {
			b.waiters[l.Key] = map[*waiter]struct{}{}
		}
		w := &waiter{l.Wake}
		b.waiters[l.Key][w] = struct{}{}
		l.Waiter = w
	}
}

// Forget implements runtime.LeaseEngine.
func (b *inbox) Forget(leases []runtime.RemoteLease) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range leases {
		l := &leases[i]
		w, ok := l.Waiter.(*waiter)
		if !ok {
			continue
		}
		l.Waiter = nil
		delete(b.waiters[l.Key], w)
		if len(b.waiters[l.Key]) == 0 {
			delete(b.waiters, l.Key)
		}
	}
}

// address returns the channel to tell, if it is listened to.
func (b *inbox) address() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sub == nil {
		return ""
	}
	return b.channel
}

// mustListen reports whether there is somebody to wait for and nobody who listens.
func (b *inbox) mustListen(leases []runtime.RemoteLease) bool {
	if b.address() != "" {
		return false
	}
	for i := range leases {
		if leases[i].State == runtime.LeaseHeld {
			return true
		}
	}
	return false
}

var errInboxClosed = errors.New("the cache is being closed")

// listen subscribes to the channel and returns when the server has said so. The client
// connects again by itself when the connection is lost.
func (b *inbox) listen(ctx context.Context) error {
	b.listening.Lock()
	defer b.listening.Unlock()
	if b.address() != "" {
		return nil
	}
	sub := b.subscriber.Subscribe(ctx, b.channel)
	if _, err := sub.Receive(ctx); err != nil {
		_ = sub.Close()
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		_ = sub.Close()
		return errInboxClosed
	}
	b.sub, b.done = sub, make(chan struct{})
	go b.read(sub, b.done)
	return nil
}

// read takes notices until sub is closed. Where a connection was lost and another one
// made, notices may have been lost with it: everybody looks.
func (b *inbox) read(sub *redis.PubSub, done chan struct{}) {
	defer close(done)
	for msg := range sub.ChannelWithSubscriptions(redis.WithChannelSize(1000)) {
		switch msg := msg.(type) {
		case *redis.Subscription:
			b.wakeAll()
		case *redis.Message:
			if len(msg.Payload) > 0 {
				b.wake(msg.Payload[1:], runtime.LeaseNotice(msg.Payload[0]))
			}
		}
	}
}

func (b *inbox) wake(key string, why runtime.LeaseNotice) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for w := range b.waiters[key] {
		w.wake(why)
	}
}

func (b *inbox) wakeAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, waiters := range b.waiters {
		for w := range waiters {
			w.wake(runtime.NoticeFree)
		}
	}
}

// Close implements runtime.LeaseEngine.
func (b *inbox) Close() {
	b.mu.Lock()
	sub, done := b.sub, b.done
	b.sub, b.closed = nil, true
	b.mu.Unlock()
	if sub != nil {
		_ = sub.Close()
		<-done
	}
}
