package redistest

import (
	"fmt"
	"testing"

	"github.com/redis/go-redis/v9"
)

// Database is a numbered database of a running server.
type Database struct {
	tb     testing.TB
	addr   string
	number int
}

// Addr returns the address of the server, host:port.
func (d *Database) Addr() string { return d.addr }

// URL returns the URL of the database.
func (d *Database) URL() string { return fmt.Sprintf("redis://%s/%d", d.addr, d.number) }

// Client returns a client of the database, closed with the test. Unless an
// option says otherwise it neither retries nor outlives a deadline, so that
// what a test does to the server is what the test sees.
func (d *Database) Client(options ...func(*redis.Options)) *redis.Client {
	o := &redis.Options{
		Addr:                  d.addr,
		DB:                    d.number,
		MaxRetries:            -1,
		DialerRetries:         1,
		ContextTimeoutEnabled: true,
		DisableIdentity:       true,
	}
	for _, set := range options {
		set(o)
	}
	client := redis.NewClient(o)
	d.tb.Cleanup(func() { _ = client.Close() })
	return client
}
