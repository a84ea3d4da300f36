package main

import (
	"context"
	"fmt"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime/redistier"
)

// redisServer is the Redis behind the cache.
type redisServer struct {
	client *redis.Client
	about  string
	close  func()
}

// openRedis connects to the Redis at url, or to one of our own if url is "".
func openRedis(ctx context.Context, url string) (redisServer, error) {
	if url == "" {
		return embedRedis()
	}
	client, err := redistier.Dial(url)
	if err != nil {
		return redisServer{}, fmt.Errorf("REDIS_URL: %w", err)
	}
	addr := client.Options().Addr // not the URL, which may have a password in it
	// The cache would go on without it. Here that would show nothing.
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := client.Ping(ctx).Err(); err != nil {
		_ = client.Close()
		return redisServer{}, fmt.Errorf("REDIS_URL: no Redis at %s: %w", addr, err)
	}
	return redisServer{
		client: client,
		about:  fmt.Sprintf("%s, from REDIS_URL", addr),
		close:  func() { _ = client.Close() },
	}, nil
}

// embedRedis starts a server within this process. It speaks Redis over a socket
// as any other does.
func embedRedis() (redisServer, error) {
	server, err := miniredis.Run()
	if err != nil {
		return redisServer{}, fmt.Errorf("embedded Redis: %w", err)
	}
	client, err := redistier.Dial("redis://" + server.Addr())
	if err != nil {
		server.Close()
		return redisServer{}, err
	}
	return redisServer{
		client: client,
		about:  "embedded in this process (miniredis); set REDIS_URL to use a real one",
		close: func() {
			_ = client.Close()
			server.Close()
		},
	}, nil
}
