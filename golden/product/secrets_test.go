package product

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/redistier"
)

// logBuffer is a log that many goroutines write to.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// TestLogsHaveNoSecrets looks for keys and values in logs and in errors, also where
// Redis repeats the arguments of a command, and where its reply is none.
func TestLogsHaveNoSecrets(t *testing.T) {
	const id = 7700770077
	secret := sample(id)
	secret.Name = "secret-value"
	for name, c := range map[string]struct {
		args []string
		hurt func(t *testing.T, s *redistest.Server, p *redistest.Proxy)
	}{
		"unknown commands": {args: []string{
			"--rename-command", "GETRANGE", "", "--rename-command", "SET", "", "--rename-command", "DEL", "",
			"--rename-command", "MGET", "",
		}},
		"no permission": {hurt: func(t *testing.T, s *redistest.Server, _ *redistest.Proxy) {
			if err := s.Client().Do(t.Context(), "ACL", "SETUSER", "default", "resetkeys", "~other:*").Err(); err != nil {
				t.Fatal(err)
			}
		}},
		"replies that are none": {hurt: func(_ *testing.T, _ *redistest.Server, p *redistest.Proxy) {
			p.Filter(redistest.ToClient, func([]byte) []byte { return []byte("!secret-value products:7700770077\r\n") })
		}},
		"out of memory": {args: []string{"--maxmemory", "1"}},
		"garbage in the entry": {hurt: func(_ *testing.T, _ *redistest.Server, p *redistest.Proxy) {
			p.Filter(redistest.ToClient, func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("secret"), []byte("sEcret")) })
		}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			s := redistest.Start(t, c.args...)
			p := redistest.NewProxy(t, s.Addr())
			client, err := redistier.Dial("redis://" + p.Addr())
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			var log logBuffer
			cache := open(t, client, runtime.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
			if c.hurt != nil {
				_ = cache.Set(ctx, id, secret)
				c.hurt(t, s, p)
			}
			fresh := open(t, client, runtime.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
			_, err = fresh.Lookup(ctx, id)
			_, many := fresh.GetMany(ctx, []int64{id, id + 1})
			_, removed := fresh.Delete(ctx, id)
			errs := errors.Join(err, many, removed, fresh.Set(ctx, id, secret), fresh.SetMany(ctx, map[int64]Product{id: secret, 2: secret}))
			if log.String() == "" {
				t.Error("nothing was logged")
			}
			for what, text := range map[string]string{"log": log.String(), "error": fmt.Sprint(errs)} {
				for _, word := range []string{fmt.Sprint(id), "secret", "sEcret", "products:"} {
					if strings.Contains(text, word) {
						t.Errorf("the %s has %q in it: %s", what, word, text)
					}
				}
			}
		})
	}
}
