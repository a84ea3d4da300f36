package redistest_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/internal/redistest"
)

func TestStart(t *testing.T) {
	ctx := t.Context()
	s := redistest.Start(t, "--maxmemory", "7mb")
	client := s.Client()
	if err := client.Set(ctx, "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if got := client.ConfigGet(ctx, "maxmemory").Val()["maxmemory"]; got != "7340032" {
		t.Errorf("maxmemory = %q, want what the argument says", got)
	}
	opts, err := redis.ParseURL(s.URL())
	if err != nil || opts.Addr != s.Addr() {
		t.Errorf("URL %q: address %q, error %v", s.URL(), opts.Addr, err)
	}
	overSocket := s.Client(func(o *redis.Options) { o.Network, o.Addr = "unix", s.Socket() })
	if got, err := overSocket.Get(ctx, "k").Result(); got != "v" {
		t.Errorf("over the socket: %q, %v", got, err)
	}
}

func TestStartReportsWhatTheServerSays(t *testing.T) {
	failure := fatal(t, func(tb testing.TB) { redistest.Start(tb, "--no-such-option", "1") })
	if !strings.Contains(failure, "no-such-option") {
		t.Errorf("failure %q does not have the server's own words", failure)
	}
}

func TestMissingServerNamesTheRemedy(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	failure := fatal(t, func(tb testing.TB) { redistest.Start(tb) })
	if !strings.Contains(failure, "make redis") {
		t.Errorf("failure %q does not name the command to run", failure)
	}
}

func TestKillRestart(t *testing.T) {
	ctx := t.Context()
	s := redistest.Start(t)
	if err := s.Client().Set(ctx, "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	addr := s.Addr()
	s.Kill()
	if err := s.Client().Ping(ctx).Err(); err == nil {
		t.Fatal("a killed server answers")
	}
	s.Restart()
	if s.Addr() != addr {
		t.Errorf("restarted on %s, want %s", s.Addr(), addr)
	}
	if n, err := s.Client().DBSize(ctx).Result(); n != 0 || err != nil {
		t.Errorf("after the restart: %d keys, %v; want an empty server", n, err)
	}
}

func TestRestartOfARunningServer(t *testing.T) {
	s := redistest.Start(t)
	s.Restart()
	if err := s.Client().Ping(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
}

func TestStopCont(t *testing.T) {
	s := redistest.Start(t)
	client := s.Client()
	s.Stop()
	s.Stop() // once more is no more
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := client.Ping(ctx).Err(); err == nil {
		t.Fatal("a stopped server answers")
	}
	s.Cont()
	if err := client.Ping(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	s.Stop() // and the end of the test must kill it
}

func TestSharedDatabasesAreApart(t *testing.T) {
	ctx := t.Context()
	one, two := redistest.Shared(t), redistest.Shared(t)
	if one.Addr() != two.Addr() {
		t.Fatalf("two servers: %s, %s", one.Addr(), two.Addr())
	}
	if err := one.Client().Set(ctx, "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if err := two.Client().Get(ctx, "k").Err(); err != redis.Nil { //nolint:errorlint // it is documented to be this very value
		t.Errorf("the other database: %v, want no such key", err)
	}
}
