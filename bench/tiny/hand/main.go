// The command hand has one cache that is written by hand.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/VictoriaMetrics/fastcache"
	"github.com/redis/go-redis/v9"
)

func main() {
	ctx := context.Background()
	c := &cache{memory: fastcache.New(32 << 20), client: redis.NewClient(&redis.Options{Addr: os.Args[1]})}
	fmt.Println(c.getOrLoad(ctx, 1, func(_ context.Context, id int64) (item, error) { return item{id: id, tags: os.Args}, nil }))
	fmt.Println(c.remove(ctx, 1))
}
