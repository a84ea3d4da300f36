package runtime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestClose uses a closed cache in every way there is.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "mr", nil)
		c.set(t, "k", "v")
		check(t, c.Closed(), false)
		check(t, c.Close(t.Context()), nil)
		check(t, c.Closed(), true)
		check(t, c.mem.closed, true)
		ctx := t.Context()
		never := func(context.Context, string) (item, error) { return item{}, errors.New("called") }
		for name, use := range map[string]func() error{
			"Get":             func() error { _, _, err := c.Get(ctx, "k"); return err },
			"GetMany":         func() error { _, err := c.GetMany(ctx, []string{"k"}); return err },
			"GetMany none":    func() error { _, err := c.GetMany(ctx, nil); return err },
			"GetOrLoad":       func() error { _, err := c.GetOrLoad(ctx, "k", never); return err },
			"Set":             func() error { return c.Set(ctx, "k", it("v")) },
			"SetMany":         func() error { return c.SetMany(ctx, map[string]item{"k": it("v")}) },
			"SetMany none":    func() error { return c.SetMany(ctx, nil) },
			"Delete":          func() error { _, err := c.Delete(ctx, "k"); return err },
			"DeleteMany":      func() error { _, err := c.DeleteMany(ctx, []string{"k"}); return err },
			"DeleteMany none": func() error { _, err := c.DeleteMany(ctx, nil); return err },
			"Lookup":          func() error { _, err := c.Lookup(ctx, "k"); return err },
			"Store":           func() error { return c.Store(ctx, "k", Entry[item]{Status: Hit}) },
			"Store miss":      func() error { return c.Store(ctx, "k", Entry[item]{}) },
		} {
			if err := use(); !errors.Is(err, ErrClosed) {
				t.Errorf("%s: %v", name, err)
			}
		}
		check(t, c.Close(t.Context()), nil)
		check(t, c.remote.called("read"), 0)
		check(t, c.Stats().Hits, 0) // still there
	})
}

// TestCloseCutShort closes a cache whose refill hangs. What is left ends with the
// client that it hangs in.
func TestCloseCutShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, "rr", func(c *config) { c.leaf = func(l *Leaf) { l.Timeout = 0 } })
		c.set(t, "k", "v")
		delete(c.remote.entries, textKey("k"))
		release := make(chan struct{})
		c.remote.hook(func(_ context.Context, op string) error {
			if op == "write" {
				<-release
			}
			return nil
		})
		c.want(t, "k", "v")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		check(t, c.Close(ctx), context.DeadlineExceeded)
		check(t, time.Since(start), time.Second)
		check(t, c.Close(t.Context()), nil)
		close(release)
		synctest.Wait()
	})
	synctest.Test(t, func(t *testing.T) { // with a context that has ended, and nothing to do
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		check(t, newCache(t, "mr", nil).Close(ctx), nil)
	})
}

// TestCloseShared leaves a shared Offload and the tasks of others in it alone.
func TestCloseShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := NewOffload(OffloadOptions{})
		c := newCache(t, "mr", func(c *config) { c.opts.Offload = o })
		other := false
		o.submit(nil, "other", "task", func(ctx context.Context) {
			time.Sleep(time.Minute)
			other = ctx.Err() == nil
		}, func() {})
		start := time.Now()
		check(t, c.Close(t.Context()), nil)
		check(t, time.Since(start), 0)
		check(t, o.submit(nil, "other", "later", func(context.Context) {}, func() {}), true)
		check(t, o.Close(t.Context()), nil)
		check(t, other, true)
	})
}

// recorder is a Recorder of one cache.
type recorder struct {
	name         string
	stats        func() Stats
	unregistered int
}

func (r *recorder) Register(cache string, stats func() Stats) func() {
	r.name, r.stats = cache, stats
	return func() { r.unregistered++ }
}

func TestStats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{}
		c := newCache(t, "mr", func(c *config) { c.opts.Metrics = r })
		check(t, r.name, "Test")
		c.set(t, "k", "value")
		c.want(t, "k", "value")
		c.want(t, "none", "")
		c.mem.evict()
		c.want(t, "k", "value")
		c.Hot.End(untimed, 0, 100, Hit) // as generated code counts
		c.Hot.End(untimed, 0, 20, Stale)
		time.Sleep(time.Minute)
		c.want(t, "k", "value") // stale
		if _, err := c.Delete(t.Context(), "k"); err != nil {
			t.Error(err)
		}
		c.remote.down()
		if _, _, err := c.Get(t.Context(), "k"); !errors.Is(err, errDown) {
			t.Errorf("Get: %v", err)
		}
		s := r.stats()
		check(t, fmt.Sprint(s.Hits, s.Stale, s.Misses, s.Absent, s.Loads, s.LoadErrors, s.Joined), "3 2 2 0 0 0 0")
		m, far := s.Tiers[0], s.Tiers[1]
		stored := uint64(sealedSize(textKey("k"), 6))
		counts := func(s TierStats) string { // without how long it took
			s.Times = TierTimes{}
			return fmt.Sprintf("%+v", s)
		}
		check(t, counts(m), counts(TierStats{Path: "test.m0", Engine: "fake", Reads: 7, Hits: 4, Misses: 3, Writes: 2, Removes: 1, BytesIn: 12, BytesOut: 132}))
		check(t, counts(far), counts(TierStats{
			Path: "test.r1", Engine: "fake", Reads: 3, Hits: 1, Misses: 1, ReadErrors: 1,
			Writes: 1, Removes: 1, BytesIn: stored, BytesOut: stored,
		}))
		check(t, r.unregistered, 0)
		check(t, c.Close(t.Context()), nil)
		check(t, r.unregistered, 1)
	})
}

// TestLogs makes a tier fail and hold garbage, all the time: there is a line a second,
// which says how many there would have been and nothing of keys and values.
func TestLogs(t *testing.T) {
	const key, value = "secret-key", "secret-value"
	synctest.Test(t, func(t *testing.T) {
		logs := &logBuffer{}
		c := newCache(t, "r", func(c *config) { c.opts.Logger = logs.logger() })
		c.set(t, key, value)
		use := func() {
			for range 10 {
				_, _, _ = c.Get(t.Context(), key)
				_ = c.Set(t.Context(), key, it(value))
				_, _ = c.Delete(t.Context(), key)
				_, _ = c.GetMany(t.Context(), []string{key, "other"})
				_ = c.SetMany(t.Context(), map[string]item{key: it(value), "other": it(badValue)})
				time.Sleep(100 * time.Millisecond)
			}
		}
		c.remote.down()
		use()
		use()
		c.remote.up()
		time.Sleep(time.Second)
		c.set(t, key, value)
		w := c.remote.entries[textKey(key)]
		w.Raw.Data[len(w.Raw.Data)-1] ^= 1
		for range 20 {
			c.want(t, key, "")
			time.Sleep(100 * time.Millisecond)
		}
		lines := strings.Split(strings.TrimSpace(logs.String()), "\n")
		check(t, len(lines), 4)
		for _, line := range lines {
			if strings.Contains(line, "secret") || !strings.Contains(line, "tier=test.r0") || !strings.Contains(line, "cache=Test") {
				t.Errorf("the line is %s", line)
			}
		}
		check(t, strings.Contains(lines[1], "op=write error=\"server is down\" cache=Test suppressed=40"), true)
		check(t, strings.Contains(lines[3], "reason=checksum cache=Test suppressed=9"), true)
	})
}

// TestLogsCaller tells the caller's deadline from the tier's own.
func TestLogsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logs := &logBuffer{}
		c := newCache(t, "r", func(c *config) { c.opts.Logger = logs.logger() })
		c.remote.hook(func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() })
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, _, err := c.Get(ctx, "k")
		check(t, errors.Is(err, context.DeadlineExceeded), true)
		check(t, logs.String(), "")
		_, _, err = c.Get(t.Context(), "k")
		check(t, errors.Is(err, ErrTimeout), true)
		c.remote.hook(func(context.Context, string) error { return context.DeadlineExceeded }) // as a dial does
		time.Sleep(time.Second)
		_, _, err = c.Get(t.Context(), "k")
		check(t, errors.Is(err, context.DeadlineExceeded), true)
		check(t, strings.Count(logs.String(), "tier failed"), 2)
		check(t, c.Stats().Tiers[0].ReadErrors, 3)
	})
}

func TestOptions(t *testing.T) {
	c := newCache(t, "m", func(c *config) { c.opts = Options{} })
	check(t, c.logger, slog.Default())
	err := Required("ProductCache", "Redis")
	check(t, err.Error(), "cachegen: ProductCache: Config.Redis is nil and must be given")
}
