package lease

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/redistier"
)

func TestMain(m *testing.M) {
	logging.Disable() // the client's own, which says of every dial that it failed
	if os.Getenv(childURL) != "" {
		child()
		return
	}
	goleak.VerifyTestMain(redistest.Main(m))
}

func check[T comparable](t testing.TB, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// ctx ends before a test gives up.
func ctx(t testing.TB) context.Context {
	t.Helper()
	c, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return c
}

// pages returns a cache that is to its client what another process would be.
func pages(t testing.TB, client redis.UniversalClient) *PageCache {
	t.Helper()
	c, err := NewPageCache(PageCacheConfig{Redis: client})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, c.Close(context.Background()), nil) })
	return c
}

// upstream is a source of truth that counts what it is asked for, and keeps loads
// until they are let go.
type upstream struct {
	mu    sync.Mutex
	texts map[int64]string
	asked []int64

	began chan int64    // gets each key; nil: nobody wants to know
	gate  chan struct{} // loads wait until it is closed; nil: they do not
}

func newUpstream() *upstream { return &upstream{texts: map[int64]string{}} }

// held returns one whose loads wait for release.
func held() *upstream {
	u := newUpstream()
	u.began, u.gate = make(chan int64, 100), make(chan struct{})
	return u
}

func (u *upstream) release() { close(u.gate) }

func (u *upstream) put(id int64, text string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.texts[id] = text
}

func (u *upstream) loads() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.asked)
}

// load returns the text that there was when the load began.
func (u *upstream) load(_ context.Context, id int64) (Page, error) {
	u.mu.Lock()
	text, ok := u.texts[id]
	u.asked = append(u.asked, id)
	u.mu.Unlock()
	if u.began != nil {
		u.began <- id
	}
	if u.gate != nil {
		<-u.gate
	}
	if !ok {
		return Page{}, runtime.ErrNotFound
	}
	return Page{ID: id, Text: text}, nil
}

func (u *upstream) loadMany(_ context.Context, ids []int64) (map[int64]Page, error) {
	u.mu.Lock()
	u.asked = append(u.asked, ids...)
	u.mu.Unlock()
	found := map[int64]Page{}
	for _, id := range ids {
		found[id] = Page{ID: id, Text: fmt.Sprint("page ", id)}
	}
	return found, nil
}

// answer is what a call of GetOrLoad came to.
type answer struct {
	page Page
	err  error
}

func ask(c *PageCache, id int64, load func(context.Context, int64) (Page, error)) <-chan answer {
	got := make(chan answer, 1)
	go func() {
		p, err := c.GetOrLoad(context.Background(), id, load)
		got <- answer{p, err}
	}()
	return got
}

func (a answer) want(t testing.TB, text string) {
	t.Helper()
	if a.err != nil || a.page.Text != text {
		t.Errorf("got %q, %v, want %q", a.page.Text, a.err, text)
	}
}

// waiting waits until a cache waits for n keys in other processes.
func waiting(t testing.TB, c interface{ Stats() runtime.Stats }, n uint64) {
	t.Helper()
	redistest.Until(t, "somebody waits for another process", func() bool { return c.Stats().Leases.Waited >= n })
}

// Processes are this test binary, run again. They say what they do line by line, and
// begin when they are told to.
const (
	childURL  = "LEASE_URL"
	childKind = "LEASE_KIND"
)

// child is one process: it gets the page 1 once, and counts its load in Redis.
func child() {
	client, err := redistier.Dial(os.Getenv(childURL))
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	load := func(ctx context.Context, id int64) (string, error) {
		fmt.Println("loading")
		if os.Getenv(childKind) == "hang" {
			select {}
		}
		client.Incr(ctx, "loads")
		time.Sleep(200 * time.Millisecond)
		return fmt.Sprint("page ", id), nil
	}
	fmt.Println("ready")
	bufio.NewScanner(os.Stdin).Scan()
	var text string
	if os.Getenv(childKind) == "loose" {
		c, err := NewLooseCache(LooseCacheConfig{Redis: client})
		if err != nil {
			panic(err)
		}
		p, err := c.GetOrLoad(ctx, 1, func(ctx context.Context, id int64) (Loose, error) {
			text, err := load(ctx, id)
			return Loose{ID: id, Text: text}, err
		})
		if err != nil {
			panic(err)
		}
		text = p.Text
	} else {
		c, err := NewPageCache(PageCacheConfig{Redis: client})
		if err != nil {
			panic(err)
		}
		p, err := c.GetOrLoad(ctx, 1, func(ctx context.Context, id int64) (Page, error) {
			text, err := load(ctx, id)
			return Page{ID: id, Text: text}, err
		})
		if err != nil {
			panic(err)
		}
		text = p.Text
	}
	fmt.Println("got", text)
}

// proc is a running child.
type proc struct {
	t     testing.TB
	cmd   *exec.Cmd
	lines *bufio.Scanner
	start func()
}

func startProc(t testing.TB, url, kind string) *proc {
	t.Helper()
	p := &proc{t: t, cmd: exec.CommandContext(ctx(t), os.Args[0])}
	p.cmd.Env = append(os.Environ(), childURL+"="+url, childKind+"="+kind)
	p.cmd.Stderr = os.Stderr
	in, err := p.cmd.StdinPipe()
	check(t, err, nil)
	out, err := p.cmd.StdoutPipe()
	check(t, err, nil)
	p.lines = bufio.NewScanner(out)
	p.start = func() { _ = in.Close() }
	check(t, p.cmd.Start(), nil)
	p.await("ready")
	return p
}

// await reads what the child says until a line that begins like this.
func (p *proc) await(line string) string {
	p.t.Helper()
	for p.lines.Scan() {
		if strings.HasPrefix(p.lines.Text(), line) {
			return p.lines.Text()
		}
	}
	p.t.Fatalf("a process has ended without saying %q", line)
	return ""
}

// TestProcesses has eight processes want one cold key: with leases one of them loads.
func TestProcesses(t *testing.T) {
	for kind, most := range map[string]int{"lease": 1, "loose": 8} {
		t.Run(kind, func(t *testing.T) {
			db := redistest.Shared(t)
			var procs []*proc
			for range 8 {
				procs = append(procs, startProc(t, db.URL(), kind))
			}
			for _, p := range procs {
				p.start()
			}
			for _, p := range procs {
				check(t, p.await("got"), "got page 1")
				check(t, p.cmd.Wait(), nil)
			}
			loads, err := db.Client().Get(ctx(t), "loads").Int()
			check(t, err, nil)
			t.Logf("%d loads", loads)
			if loads > most || loads < min(most, 2) {
				t.Errorf("%d loads, want %d at most", loads, most)
			}
		})
	}
}

// TestKilled has another process load when the one that has the lease is killed, long
// before it would have had its time.
func TestKilled(t *testing.T) {
	db := redistest.Shared(t)
	c := pages(t, db.Client())
	p := startProc(t, db.URL(), "hang")
	p.start()
	p.await("loading")
	u := newUpstream()
	u.put(1, "taken over")
	got := ask(c, 1, u.load)
	waiting(t, c, 1)
	check(t, p.cmd.Process.Kill(), nil)
	_ = p.cmd.Wait()
	(<-got).want(t, "taken over")
	s := c.Stats().Leases
	check(t, s, runtime.LeaseStats{Taken: 1, Waited: 1})
	keys := db.Client().Keys(ctx(t), "*").Val()
	if len(keys) != 1 || slices.ContainsFunc(keys, func(k string) bool { return strings.Contains(k, "%") }) {
		t.Errorf("keys are left: %q", keys)
	}
}
