package redistier

import (
	"crypto/tls"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/cachegen/cachegen/internal/redistest"
)

// TestDialOptions looks at what a client gets that its URL does not speak of.
func TestDialOptions(t *testing.T) {
	client, err := Dial("redis://user:pass%2Fword@example.com:7000/3")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	o := client.Options()
	check(t, o.Addr, "example.com:7000")
	check(t, o.DB, 3)
	check(t, o.Username, "user")
	check(t, o.Password, "pass/word")
	check(t, o.ContextTimeoutEnabled, true)
	check(t, o.MaxRetries, 0) // go-redis makes none of -1
	check(t, o.DialerRetries, 1)
	check(t, o.DialTimeout, dialTimeout)
	check(t, o.ReadTimeout, ioTimeout)
	check(t, o.WriteTimeout, ioTimeout)
	check(t, o.PoolTimeout, ioTimeout)
	check(t, o.DisableIdentity, true)
	check(t, o.MaintNotificationsConfig.Mode, maintnotifications.ModeDisabled)
	check(t, o.TLSConfig == nil, true)
}

func TestDialOverrides(t *testing.T) {
	client, err := Dial("rediss://localhost?max_retries=2&dial_timeout=3s&read_timeout=4&write_timeout=5s&pool_timeout=6s&pool_size=7&db=8")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	o := client.Options()
	check(t, fmt.Sprint(o.MaxRetries, o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout, o.PoolSize, o.DB), "2 3s 4s 5s 6s 7 8")
	check(t, o.Addr, "localhost:6379")
	check(t, o.TLSConfig.MinVersion, tls.VersionTLS12)
	check(t, o.TLSConfig.InsecureSkipVerify, false)
}

// TestDialBadURL says what is wrong, and never a part of a password.
func TestDialBadURL(t *testing.T) {
	for _, url := range []string{
		"redis://user:sec/ret@localhost:6379/0",
		"redis://user:12/secret@localhost:6379/0",
		"redis://:sec?ret@localhost/0",
		"redis://:12?secret@localhost/0",
		"redis://:12?db=secret@localhost/0",
		"redis://user:sec#ret@localhost/0",
		"redis://user:%secret@localhost/0",
		"redis://user:secret@localhost:port/0",
		"redis://user:secret@localhost/zero",
		"redis://user:secret@localhost/0?pool_sise=3",
		"redis://user:secret@local host/0",
		"memcached://user:secret@localhost",
		"user:secret@localhost",
		"\x00redis://user:secret@localhost",
	} {
		client, err := Dial(url)
		if err == nil {
			client.Close()
			if client.Options().Password == "" {
				t.Errorf("Dial(%q): no error", url)
			}
			continue
		}
		for _, part := range []string{"sec", "ret@", "%se", "\"12\"", ":12"} {
			if strings.Contains(err.Error(), part) {
				t.Errorf("Dial(%q): %v", url, err)
			}
		}
		check(t, strings.HasPrefix(err.Error(), "redistier: not a Redis URL"), true)
	}
	for url, want := range map[string]string{
		"":                               "invalid URL scheme",
		"http://localhost":               "http",
		"redis://localhost:port":         "invalid port",
		"redis://localhost/zero":         "zero",
		"redis://localhost?pool_sise=3":  "pool_sise",
		"redis://localhost?pool_size=xx": "pool_size",
		"unix://":                        "empty unix socket path",
	} {
		if _, err := Dial(url); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Dial(%q): %v, want %s", url, err, want)
		}
	}
}

// TestDialServer talks to a server over TCP, over a socket, and when it is not there.
func TestDialServer(t *testing.T) {
	server := redistest.Start(t)
	for _, url := range []string{server.URL(), "unix://" + server.Socket() + "?db=2"} {
		client, err := Dial(url)
		if err != nil {
			t.Fatal(err)
		}
		check(t, client.Set(ctx(t), "k", "v", 0).Err(), nil)
		check(t, client.Get(ctx(t), "k").Val(), "v")
		check(t, client.Close(), nil)
	}
	server.Kill()
	client, err := Dial("redis://user:secret@" + server.Addr())
	check(t, err, nil) // it does not connect yet
	defer client.Close()
	start := time.Now()
	err = client.Get(ctx(t), "k").Err()
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("Get from a server that is down: %v", err)
	}
	if d := time.Since(start); d > 5*time.Second { // 1.7 s with go-redis's own options
		t.Errorf("it took %v to say so", d)
	}
}

// TestDialPassword has no password in what a server that refuses it makes us say.
func TestDialPassword(t *testing.T) {
	server := redistest.Start(t)
	check(t, server.Client().ConfigSet(ctx(t), "requirepass", "right").Err(), nil)
	for url, ok := range map[string]bool{"redis://:right@" + server.Addr(): true, "redis://:secret@" + server.Addr(): false, server.URL(): false} {
		client, err := Dial(url)
		if err != nil {
			t.Fatal(err)
		}
		err = client.Ping(ctx(t)).Err()
		check(t, err == nil, ok)
		if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "right")) {
			t.Errorf("Ping: %v", err)
		}
		check(t, client.Close(), nil)
	}
}
