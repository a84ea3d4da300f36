package redistier

import (
	"context"
	"net"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"weak"

	"github.com/redis/go-redis/v9"

	cachert "github.com/cachegen/cachegen/runtime"
)

// cuts makes calls of a client end when their contexts do. The client waits for a reply
// until a deadline and looks at nothing else, so a call that somebody may leave would
// take a goroutine, and two of its wake-ups: half of what a read costs on one machine.
//
//	context ── Deadline, in a place that names the hold ──> client ──> conn.SetReadDeadline: it serves the hold
//	Cut ──> the deadline of the conn that serves the hold is over ──> the client gives up, and the conn
type cuts struct {
	mu      sync.Mutex
	free    []*hold
	places  sync.Map    // of *time.Location: which hold a deadline is of
	broken  atomic.Bool // the client does not hand deadlines on as they are
	hooked  atomic.Bool // the client has hooks, which may keep to no context
	plain   uintptr     // the code behind the hooks
	lenders [lenders]lender
}

// dialed has the cuts of the clients that Dial has made.
var dialed sync.Map // of weak.Pointer[redis.Client]

// cuttable makes a client of which calls can be cut.
func cuttable(o *redis.Options) *redis.Client {
	cs := &cuts{}
	dial := redis.NewDialer(o)
	o.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return cs.wrap(c), nil
	}
	client := redis.NewClient(o)
	client.AddHook(cs)
	key := weak.Make(client)
	dialed.Store(key, cs)
	runtime.AddCleanup(client, func(key weak.Pointer[redis.Client]) { dialed.Delete(key) }, key)
	return client
}

// ProcessHook implements redis.Hook, to learn of other hooks: it is called each time that
// they are put one behind the other, with what comes next.
func (cs *cuts) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	switch code := reflect.ValueOf(next).Pointer(); {
	case cs.plain == 0:
		cs.plain = code
	case cs.plain != code:
		cs.hooked.Store(true)
	}
	return next
}

// DialHook implements redis.Hook.
func (cs *cuts) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessPipelineHook implements redis.Hook.
func (cs *cuts) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// hold is what a call is cut by.
type hold struct {
	cuts   *cuts
	place  time.Location // of its deadlines, by which connections know it
	served bool          // a connection has read for it
	cut    atomic.Bool
	conn   atomic.Pointer[conn]
}

// late is how long ago the client may have looked at the clock when it sets a deadline.
const late = 100 * time.Millisecond

// Cuts implements runtime.Cutter: the client's own timeouts must leave deadlines alone.
func (e *Engine) Cuts(timeout time.Duration) bool {
	if e.cuts == nil || e.cuts.hooked.Load() || e.cuts.broken.Load() {
		return false
	}
	o := e.single.Options()
	return o.ReadTimeout > timeout+late && o.WriteTimeout > timeout+late
}

// Hold implements runtime.Cutter.
func (e *Engine) Hold() cachert.Hold { return e.cuts.hold() }

func (cs *cuts) hold() *hold {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if n := len(cs.free); n > 0 {
		h := cs.free[n-1]
		cs.free = cs.free[:n-1]
		return h
	}
	h := &hold{cuts: cs}
	cs.places.Store(&h.place, h)
	return h
}

// of returns the hold that a deadline is of, if it is of any.
func (cs *cuts) of(t time.Time) *hold {
	if place := t.Location(); place != time.UTC && place != time.Local {
		if h, ok := cs.places.Load(place); ok {
			return h.(*hold)
		}
	}
	return nil
}

// Place implements runtime.Hold.
func (h *hold) Place() *time.Location { return &h.place }

// Cut implements runtime.Hold.
func (h *hold) Cut() {
	h.cut.Store(true)
	if c := h.conn.Load(); c != nil {
		c.cut(h)
	}
}

// Release implements runtime.Hold.
func (h *hold) Release(answered, cut bool) {
	if answered && !h.served {
		h.cuts.broken.Store(true)
	}
	if cut { // somebody may be at it yet: it is not used again
		h.cuts.places.Delete(&h.place)
		return
	}
	h.served = false
	h.conn.Store(nil)
	h.cuts.mu.Lock()
	defer h.cuts.mu.Unlock()
	h.cuts.free = append(h.cuts.free, h)
}

// conn is a connection that knows which hold it serves.
type conn struct {
	net.Conn
	cuts *cuts
	got  int // bytes that the client has read since it wrote

	mu    sync.Mutex
	serve *hold // nil: none
}

// plain is a conn of which the client can see whether it is still there.
type plain struct {
	*conn
	syscall.Conn
}

func (cs *cuts) wrap(c net.Conn) net.Conn {
	w := &conn{Conn: c, cuts: cs}
	if raw, ok := c.(syscall.Conn); ok {
		return plain{w, raw}
	}
	return w
}

// NetConn is the connection below, of which the client looks for one that it can ask
// whether it is still there.
func (c *conn) NetConn() net.Conn { return c.Conn }

// SetDeadline ends what the connection has done for a hold.
func (c *conn) SetDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.serve = nil
	return c.Conn.SetDeadline(t)
}

// Read counts what the client reads.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.got += n
	return n, err
}

// SetWriteDeadline begins to write for a hold, if the deadline is of one.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.got = 0
	return c.Conn.SetWriteDeadline(c.begin(t))
}

// SetReadDeadline begins to read for a hold, if the deadline is of one.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	t = c.begin(t)
	if c.serve != nil {
		c.serve.served = true
	}
	return c.Conn.SetReadDeadline(t)
}

// begins begins to write and read for a hold, if the deadline is of one.
func (c *conn) begins(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	t = c.begin(t)
	if c.serve != nil {
		c.serve.served = true
	}
	return c.Conn.SetDeadline(t)
}

// begin notes which hold a deadline is of. If that has been cut, the deadline is over.
func (c *conn) begin(t time.Time) time.Time {
	h := c.cuts.of(t)
	c.serve = h
	if h == nil {
		return t
	}
	h.conn.Store(c)
	if h.cut.Load() {
		return time.Unix(1, 0)
	}
	return t
}

// cut ends what the connection is doing for a hold, and nothing that it does for others.
func (c *conn) cut(h *hold) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.serve == h {
		_ = c.Conn.SetDeadline(time.Unix(1, 0))
	}
}
