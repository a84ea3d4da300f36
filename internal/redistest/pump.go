package redistest

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

var errCut = errors.New("connection cut")

// link is a connection through a Proxy: its two halves.
type link struct {
	client, server net.Conn
	once           sync.Once
	gone           chan struct{} // closed by cut
}

func (l *link) cut() {
	l.once.Do(func() {
		close(l.gone)
		_ = l.client.Close()
		_ = l.server.Close()
	})
}

// accept takes connections until the listener is closed.
func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.running.Go(func() { p.serve(client) })
	}
}

// serve connects a client to the server and passes bytes until both sides have
// ended.
func (p *Proxy) serve(client net.Conn) {
	server, err := net.DialTimeout("tcp", p.target, patience)
	if err != nil {
		_ = client.Close()
		return
	}
	l := &link{client: client, server: server, gone: make(chan struct{})}
	defer l.cut()
	if !p.add(l) {
		return
	}
	defer p.remove(l)
	var replies sync.WaitGroup
	replies.Go(func() { p.pump(l, ToClient, client, server) })
	p.pump(l, ToServer, server, client)
	replies.Wait()
}

// add says whether the proxy lets a connection live.
func (p *Proxy) add(l *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.closed:
		return false
	default:
	}
	if !p.down {
		p.links[l] = struct{}{}
	}
	return !p.down
}

func (p *Proxy) remove(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, l)
}

// pump passes bytes in one direction until their sender has ended, and then
// ends this direction, but not the other.
func (p *Proxy) pump(l *link, d Direction, to, from net.Conn) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if p.pass(l, d, to, buf[:n]) != nil {
				l.cut()
				return
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			_ = to.(*net.TCPConn).CloseWrite()
			return
		case err != nil:
			l.cut()
			return
		}
	}
}

// pass does to a piece what direction d has in store for it, and delivers it.
func (p *Proxy) pass(l *link, d Direction, to io.Writer, piece []byte) error {
	if err := p.linger(l, d); err != nil {
		return err
	}
	if err := p.wait(l, d); err != nil {
		return err
	}
	if piece = p.filtered(d, piece); piece == nil {
		return errCut
	}
	_, err := to.Write(piece)
	return err
}

// linger waits for as long as direction d is delayed.
func (p *Proxy) linger(l *link, d Direction) error {
	p.mu.Lock()
	delay := p.ways[d].delay
	p.mu.Unlock()
	if delay == 0 {
		return nil
	}
	late := time.NewTimer(delay)
	defer late.Stop()
	select {
	case <-late.C:
		return nil
	case <-l.gone:
		return errCut
	}
}

// filtered returns what the filter of direction d makes of a piece.
func (p *Proxy) filtered(d Direction, piece []byte) []byte {
	p.mu.Lock()
	filter := p.ways[d].filter
	p.mu.Unlock()
	if filter == nil {
		return piece
	}
	p.filtering.Lock()
	defer p.filtering.Unlock()
	return filter(piece)
}

// wait waits at the gate of direction d while it is shut.
func (p *Proxy) wait(l *link, d Direction) error {
	p.mu.Lock()
	w := &p.ways[d]
	gate := w.gate
	if gate != nil && !w.waiting {
		w.waiting = true
		close(w.arrived)
	}
	p.mu.Unlock()
	if gate == nil {
		return nil
	}
	select {
	case <-gate:
		return nil
	case <-l.gone:
		return errCut
	}
}
