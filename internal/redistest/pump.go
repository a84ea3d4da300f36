package redistest

import (
	"bytes"
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

// piece is what has come from the network at once.
type piece struct {
	data []byte
	due  time.Time // it is to be delivered; zero: at once
}

// pump passes bytes in one direction until their sender has ended, and then
// ends this direction, but not the other.
func (p *Proxy) pump(l *link, d Direction, to, from net.Conn) {
	under := make(chan piece, 1024)
	var ended error
	go func() {
		defer close(under)
		ended = p.fetch(l, d, from, under)
	}()
	late := time.NewTimer(0)
	defer late.Stop()
	var err error
	for x := range under {
		if err == nil {
			err = l.linger(late, x.due)
		}
		if err == nil {
			err = p.pass(l, d, to, x.data)
		}
		if err != nil {
			l.cut() // which ends fetch
		}
	}
	if err != nil || !errors.Is(ended, io.EOF) {
		l.cut()
		return
	}
	_ = to.(*net.TCPConn).CloseWrite()
}

// fetch reads what is to be passed on, and returns why there is no more. What comes later
// does not wait for what is under way.
func (p *Proxy) fetch(l *link, d Direction, from net.Conn, under chan<- piece) error {
	for buf := make([]byte, 64<<10); ; {
		n, err := from.Read(buf)
		if n > 0 {
			select {
			case under <- piece{bytes.Clone(buf[:n]), p.due(d)}:
			case <-l.gone:
				return errCut
			}
		}
		if err != nil {
			return err
		}
	}
}

// pass does to a piece what direction d has in store for it, and delivers it.
func (p *Proxy) pass(l *link, d Direction, to io.Writer, data []byte) error {
	if err := p.wait(l, d); err != nil {
		return err
	}
	if data = p.filtered(d, data); data == nil {
		return errCut
	}
	_, err := to.Write(data)
	return err
}

// due is when what comes now is to be delivered in direction d.
func (p *Proxy) due(d Direction) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ways[d].delay == 0 {
		return time.Time{}
	}
	return time.Now().Add(p.ways[d].delay)
}

// linger waits until something is due, by a timer that it uses again.
func (l *link) linger(late *time.Timer, due time.Time) error {
	if due.IsZero() {
		return nil
	}
	late.Reset(time.Until(due))
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
