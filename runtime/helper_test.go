package runtime

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// item is what the caches of these tests store: a value with memory that callers
// could share by mistake.
type item struct{ B []byte }

func it(s string) item { return item{[]byte(s)} }

// Values that the format below cannot deal with.
const (
	badValue   = "cannot be encoded"
	panicValue = "panics in the codec"
)

var errEncode = errors.New("bad value")

// format stores an item as it is, behind its codec, which tells the formats apart.
func format(codec byte) Format[item] {
	return Format[item]{
		Codec: codec,
		Append: func(dst []byte, v *item) ([]byte, error) {
			dst = append(append(dst, codec), v.B...)
			switch string(v.B) {
			case badValue:
				return dst, errEncode // with half of an encoding
			case panicValue:
				panic("codec")
			}
			return dst, nil
		},
		Decode: func(v *item, data []byte, _ string) error {
			if len(data) == 0 || data[0] != codec {
				return ErrCorrupt
			}
			v.B = bytes.Clone(data[1:])
			return nil
		},
	}
}

// fakeMemory is a MemoryEngine that loses nothing unless it is told to.
type fakeMemory struct {
	mu      sync.Mutex
	entries map[string]MemoryEntry
	closed  bool
	saved   func(key []byte) // called after a Save
}

func (m *fakeMemory) Load(_, key []byte) (MemoryEntry, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[string(key)]
	return e, ok
}

func (m *fakeMemory) Save(key []byte, e MemoryEntry) {
	m.mu.Lock()
	e.Payload = bytes.Clone(e.Payload)
	m.entries[string(key)] = e
	m.mu.Unlock()
	if m.saved != nil {
		m.saved(key)
	}
}

func (m *fakeMemory) Drop(key []byte, now int64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[string(key)]
	delete(m.entries, string(key))
	return ok && now < e.Expire
}

func (m *fakeMemory) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	clear(m.entries)
}

// evict forgets everything.
func (m *fakeMemory) evict() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.entries)
}

func (m *fakeMemory) len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.entries)
}

// fakeRemote is a RemoteEngine. before and after are called around what it does to
// a batch, in the goroutine of the call; an error of before is that of the call.
type fakeRemote struct {
	before, after func(ctx context.Context, op string) error

	mu      sync.Mutex
	entries map[string]RemoteWrite
	keyErr  map[string]error // of single keys
	calls   map[string]int
}

func (r *fakeRemote) do(ctx context.Context, op string, fn func()) error {
	r.mu.Lock()
	r.calls[op]++
	before, after := r.before, r.after
	r.mu.Unlock()
	if before != nil {
		if err := before(ctx, op); err != nil {
			return err
		}
	}
	r.mu.Lock()
	fn()
	r.mu.Unlock()
	if after != nil {
		return after(ctx, op)
	}
	return nil
}

func (r *fakeRemote) Read(ctx context.Context, reads []RemoteRead) error {
	return r.do(ctx, "read", func() {
		for i := range reads {
			w, ok := r.entries[reads[i].Key]
			reads[i].Raw, reads[i].Found, reads[i].Err = Raw{Data: w.Raw.Data}, ok, r.keyErr[reads[i].Key]
		}
	})
}

func (r *fakeRemote) Write(ctx context.Context, writes []RemoteWrite) error {
	return r.do(ctx, "write", func() {
		for i := range writes {
			if writes[i].Err = r.keyErr[writes[i].Key]; writes[i].Err == nil {
				r.entries[writes[i].Key] = writes[i]
			}
		}
	})
}

func (r *fakeRemote) Remove(ctx context.Context, removes []RemoteRemove) error {
	return r.do(ctx, "remove", func() {
		for i := range removes {
			if removes[i].Err = r.keyErr[removes[i].Key]; removes[i].Err != nil {
				continue
			}
			if _, ok := r.entries[removes[i].Key]; ok {
				removes[i].Removed = 1
				delete(r.entries, removes[i].Key)
			}
		}
	})
}

// hook sets before; nil ends it.
func (r *fakeRemote) hook(fn func(ctx context.Context, op string) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.before = fn
}

// hookAfter sets after; nil ends it.
func (r *fakeRemote) hookAfter(fn func(ctx context.Context, op string) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.after = fn
}

// down makes every call fail; up ends that.
func (r *fakeRemote) down() {
	r.hook(func(context.Context, string) error { return errDown })
}

func (r *fakeRemote) up() { r.hook(nil) }

// fail sets the error of one key.
func (r *fakeRemote) fail(key string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keyErr[textKey(key)] = err
}

func (r *fakeRemote) called(op string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls[op]
}

func (r *fakeRemote) get(key string) (RemoteWrite, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w, ok := r.entries[textKey(key)]
	return w, ok
}

// forget forgets everything.
func (r *fakeRemote) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.entries)
}

func (r *fakeRemote) snapshot() map[string]RemoteWrite {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.entries)
}

var errDown = errors.New("server is down")

const testPrefix = "test:00000000:"

func binaryKey(dst []byte, key string) ([]byte, error) {
	return FinishKey(append(append(dst, "\x00fingerpr"...), key...)), nil
}

func textKey(key string) string { return testPrefix + string(AppendKeyString(nil, key)) }

// config is what a test changes of a cache.
type config struct {
	spec  Spec[string, item]
	opts  Options
	leaf  func(*Leaf)
	write writePolicy
	// engine makes the engine of a remote tier; nil: a fakeRemote.
	engine func(tier int) RemoteEngine
}

// cache is a Core over fake engines.
type cache struct {
	*Core[string, item]
	mem     *fakeMemory // the first memory tier
	remote  *fakeRemote // the first remote tier
	remotes []*fakeRemote
}

// newCache returns a cache over the tiers that kinds names, m for memory and r for
// remote, from left to right: each is composed with all those before it, is read
// after them, and refills them.
func newCache(t testing.TB, kinds string, change func(*config)) *cache {
	t.Helper()
	conf := config{
		spec: Spec[string, item]{
			Name: "Test", Prefix: testPrefix, Fingerprint: 42,
			TTL: time.Minute, Stale: time.Minute, LoadTimeout: 10 * time.Second,
			BinaryKey: binaryKey,
			TextKey:   func(dst []byte, key string) ([]byte, error) { return AppendKeyString(dst, key), nil },
			Formats:   []Format[item]{format(CodecBinary)},
		},
		opts:  Options{Logger: slog.New(slog.DiscardHandler)},
		leaf:  func(*Leaf) {},
		write: WriteOptimistic[string, item],
	}
	if change != nil {
		change(&conf)
	}
	c := &cache{}
	clock := NewTimebase(conf.opts.Clock)
	var tiers []Tier[string, item]
	var root Part[string, item]
	for i, kind := range kinds {
		info := Leaf{Index: i, Path: "test." + string(kind) + string(rune('0'+i)), Engine: "fake", Refill: 1<<i - 1}
		if kind == 'r' {
			info.Timeout, info.MaxValue = 200*time.Millisecond, 1<<20
		}
		conf.leaf(&info)
		var tier Tier[string, item]
		if kind == 'm' {
			m := &fakeMemory{entries: map[string]MemoryEntry{}}
			if c.mem == nil {
				c.mem = m
			}
			tier = NewMemoryLeaf[string, item](info, m)
		} else if conf.engine != nil {
			tier = NewRemoteLeaf[string, item](info, conf.engine(i))
		} else {
			r := &fakeRemote{entries: map[string]RemoteWrite{}, keyErr: map[string]error{}, calls: map[string]int{}}
			c.remotes = append(c.remotes, r)
			tier = NewRemoteLeaf[string, item](info, r)
		}
		tiers = append(tiers, tier)
		if root == nil {
			root = tier
			continue
		}
		l1 := root
		root = Parts[string, item]{
			WriteAll:  func(op *Op[string, item], res []Result) { conf.write(op, res, l1, tier) },
			RemoveAll: func(op *Op[string, item], res []Result) { RemoveBoth(op, res, l1, tier) },
		}
	}
	if c.remotes != nil {
		c.remote = c.remotes[0]
	}
	conf.spec.Read = func(op *Op[string, item]) {
		for _, tier := range tiers {
			tier.Read(op)
		}
	}
	conf.spec.Write, conf.spec.Remove = root.Write, root.Remove
	c.Core = NewCore(conf.spec, conf.opts, clock, tiers...)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_ = c.Close(ctx)
	})
	return c
}

// leaf returns the remote tier with an index.
func (c *cache) leaf(i int) *RemoteLeaf[string, item] { return c.leaves[i].(*RemoteLeaf[string, item]) }

func (c *cache) set(t testing.TB, key, value string) {
	t.Helper()
	if err := c.Set(context.Background(), key, it(value)); err != nil {
		t.Fatalf("Set(%q): %v", key, err)
	}
}

// want checks what Get returns; "" is a miss.
func (c *cache) want(t testing.TB, key, value string) {
	t.Helper()
	v, ok, err := c.Get(context.Background(), key)
	if err != nil {
		t.Fatalf("Get(%q): %v", key, err)
	}
	if string(v.B) != value || ok != (value != "") {
		t.Fatalf("Get(%q) = %q, %v, want %q", key, v.B, ok, value)
	}
}

// refill waits until all background work is done.
func (c *cache) settle(t testing.TB) {
	t.Helper()
	if err := c.offload.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func check[T comparable](t testing.TB, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// logBuffer keeps what is logged.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
