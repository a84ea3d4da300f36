package redistier

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(redistest.Main(m)) }

// limit is the max-value of these tests, in bytes.
const limit = 100

func check[T comparable](t testing.TB, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// ctx ends before a test gives up.
func ctx(t testing.TB) context.Context {
	t.Helper()
	c, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return c
}

// unkind hides that a client talks to one server, as that of a cluster does not.
type unkind struct{ redis.UniversalClient }

// engines are one that uses MGET for batches and one that does not.
func engines(client *redis.Client) map[string]*Engine {
	return map[string]*Engine{"single": New(client, limit), "pipelined": New(unkind{client}, limit)}
}

// read reads keys in one call.
func read(t *testing.T, e *Engine, keys ...string) []runtime.RemoteRead {
	t.Helper()
	reads := make([]runtime.RemoteRead, len(keys))
	for i, key := range keys {
		reads[i].Key = key
	}
	if err := e.Read(ctx(t), reads); err != nil {
		t.Fatalf("Read(%q): %v", keys, err)
	}
	return reads
}

// commands records the round trips of a client, but not those in which it greets the
// server.
type commands []string

func (c *commands) add(cmd redis.Cmder, as string) {
	if name := cmd.Name(); slices.Contains([]string{"get", "getrange", "mget", "set", "del"}, name) {
		*c = append(*c, strings.TrimSpace(name+" "+as))
	}
}

func (c *commands) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c *commands) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c.add(cmd, "")
		return next(ctx, cmd)
	}
}

func (c *commands) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		c.add(cmds[0], "pipelined")
		return next(ctx, cmds)
	}
}
