package redistest

import (
	"net"
	"sync"
	"testing"
	"time"
)

// Direction is one of the two ways that bytes go through a Proxy.
type Direction int

const (
	// ToServer is the way of commands.
	ToServer Direction = iota
	// ToClient is the way of replies.
	ToClient
)

// Proxy is a TCP proxy on a loopback port that can do to connections what
// networks do. Its methods may be called at any time, from any goroutine, and
// act on the connections there are as on those to come.
type Proxy struct {
	target   string
	listener net.Listener
	running  sync.WaitGroup
	closed   chan struct{}

	mu    sync.Mutex
	down  bool
	links map[*link]struct{}
	ways  [2]way

	filtering sync.Mutex
}

// way is what happens to the bytes of one direction.
type way struct {
	gate    chan struct{} // nil: open; else bytes wait until it is closed
	arrived chan struct{} // closed when bytes wait at the gate
	waiting bool          // arrived is closed
	delay   time.Duration
	filter  func([]byte) []byte
}

// NewProxy starts a proxy to the server at target, host:port. It ends with the
// test.
func NewProxy(tb testing.TB, target string) *Proxy {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{target: target, listener: l, closed: make(chan struct{}), links: make(map[*link]struct{})}
	p.running.Go(p.accept)
	tb.Cleanup(func() {
		close(p.closed)
		_ = l.Close()
		p.Cut()
		p.running.Wait()
	})
	return p
}

// Addr returns the address to connect to, host:port.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Hold keeps back what goes in direction d until Release. The channel is closed
// as soon as there is something that waits. What has been held is delivered
// even if its sender has hung up meanwhile.
func (p *Proxy) Hold(d Direction) (arrived <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w := &p.ways[d]; w.gate == nil {
		w.gate, w.arrived, w.waiting = make(chan struct{}), make(chan struct{}), false
	}
	return p.ways[d].arrived
}

// Release delivers what Hold has kept back, and lets pass what follows.
func (p *Proxy) Release(d Direction) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w := &p.ways[d]; w.gate != nil {
		close(w.gate)
		w.gate, w.arrived = nil, nil
	}
}

// Delay makes everything that comes from now on in direction d late by as much, as a network
// does: what comes later is under way at the same time. Zero ends it.
func (p *Proxy) Delay(d Direction, late time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ways[d].delay = late
}

// Filter gives everything that goes in direction d to change, piece by piece as
// it comes from the network, and passes on what it returns: other bytes, fewer,
// more; after nil the connection is cut. A nil change ends it. The calls of one
// proxy come one at a time.
func (p *Proxy) Filter(d Direction, change func([]byte) []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ways[d].filter = change
}

// Cut closes all connections at once, with what is on its way in them.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		l.cut()
	}
}

// Down cuts all connections, and new ones as soon as they come, until Up.
func (p *Proxy) Down() {
	p.setDown(true)
	p.Cut()
}

// Up ends Down.
func (p *Proxy) Up() { p.setDown(false) }

func (p *Proxy) setDown(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}
