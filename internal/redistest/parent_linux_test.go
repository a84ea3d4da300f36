package redistest_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/internal/redistest"
)

// TestServersDieWithTheirParent runs this binary once more, to be killed.
func TestServersDieWithTheirParent(t *testing.T) {
	if os.Getenv("REDISTEST_CHILD") != "" {
		s := redistest.Start(t)
		fmt.Printf("addr %s\n", s.Addr())
		_ = os.Stdout.Sync()
		p, _ := os.FindProcess(os.Getpid())
		_ = p.Kill()
		select {}
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "REDISTEST_CHILD=1", "TMPDIR="+t.TempDir())
	out, _ := cmd.Output()
	_, rest, ok := strings.Cut(string(out), "addr ")
	if !ok {
		t.Fatalf("the child said %q", out)
	}
	addr, _, _ := strings.Cut(rest, "\n")
	client := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1, DialerRetries: 1})
	defer func() { _ = client.Close() }()
	await(t, func() bool { return client.Ping(t.Context()).Err() != nil })
}
