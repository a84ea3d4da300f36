package redistier

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// The options of Dial, where the URL does not say otherwise. A cache wants an
// answer soon or none: the client's own defaults wait for seconds, try a dead
// server again and again, and send a write twice when its reply is late.
const (
	dialTimeout = 500 * time.Millisecond
	ioTimeout   = 500 * time.Millisecond
)

// Dial returns a client for a URL such as redis://user:password@host:6379/0,
// rediss:// for TLS, or unix:///path/to/socket, with options that suit a cache.
// The parameters that redis.ParseURL knows, such as ?pool_size=50, override
// them. It does not connect yet: a server that is down is no error here. Reads of caches
// over this client return when their contexts end without a goroutine for each. Reads that
// follow each other closely borrow connections of the client's pool, a quarter of it at most
// and for up to 20 ms at a time, and pass the client by, unless it has hooks: its own
// metrics do not count them.
func Dial(rawURL string) (*redis.Client, error) {
	opts, err := redis.ParseURL(rawURL)
	if err != nil {
		return nil, badURL(rawURL, err)
	}
	soundOptions(opts)
	return cuttable(opts), nil
}

// badURL says what is wrong with a URL. If it may have a password in it, nothing of
// it is repeated: where a slash or a question mark in the password was not escaped,
// parsers take it for a port, a path or an option, and say so.
func badURL(rawURL string, err error) error {
	const text = "redistier: not a Redis URL, such as redis://user:password@localhost:6379/0"
	if strings.Contains(rawURL, "@") {
		return errors.New(text + " (special characters in a password must be escaped)")
	}
	if e := (*url.Error)(nil); errors.As(err, &e) {
		err = e.Err
	}
	return fmt.Errorf("%s: %w", text, err)
}

// soundOptions sets what the URL has left open.
func soundOptions(o *redis.Options) {
	o.ContextTimeoutEnabled = true // the deadline of a tier reaches the connection
	soundRetries(&o.MaxRetries, &o.DialerRetries)
	soundTimeouts(&o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, &o.PoolTimeout)
	o.DisableIdentity = true // nothing but the cache's own commands on a new connection
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

func setIfZero[T comparable](p *T, v T) {
	var zero T
	if *p == zero {
		*p = v
	}
}
