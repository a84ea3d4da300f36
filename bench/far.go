package main

import (
	"net"
	"sync"
	"time"
)

// distance is how long bytes are on their way to a server that is far away, in one direction.
const distance = time.Millisecond

// relay passes on what it gets to a server, and what that replies, as late as a network
// would: what is sent later does not wait for what is under way.
type relay struct {
	net.Listener
	server string
	mu     sync.Mutex
	conns  []net.Conn
}

// piece is bytes on their way.
type piece struct {
	data []byte
	due  time.Time
}

// newRelay returns a relay to a server, on a port of this machine.
func newRelay(server string) *relay {
	r := &relay{Listener: must(net.Listen("tcp", "127.0.0.1:0")), server: server}
	go r.accept()
	return r
}

func (r *relay) accept() {
	for {
		client, err := r.Accept()
		if err != nil {
			return // it was closed
		}
		server := must(net.Dial("tcp", r.server))
		r.mu.Lock()
		r.conns = append(r.conns, client, server)
		r.mu.Unlock()
		go carry(client, server)
		go carry(server, client)
	}
}

// carry passes on what comes from one side, until that ends.
func carry(from, to net.Conn) {
	under := make(chan piece, 1024)
	go func() {
		for p := range under {
			time.Sleep(time.Until(p.due))
			_, _ = to.Write(p.data) // who has hung up wants nothing
		}
		_ = to.Close()
	}()
	defer close(under)
	for buf := make([]byte, 64<<10); ; {
		n, err := from.Read(buf)
		if n > 0 {
			under <- piece{append([]byte(nil), buf[:n]...), time.Now().Add(distance)}
		}
		if err != nil {
			return
		}
	}
}

// end closes the relay, and what goes through it.
func (r *relay) end() {
	_ = r.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		_ = c.Close()
	}
}
