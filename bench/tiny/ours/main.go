// The command ours has one generated cache.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/redis/go-redis/v9"
)

func main() {
	ctx := context.Background()
	c, err := NewItemCache(ItemCacheConfig{Redis: redis.NewClient(&redis.Options{Addr: os.Args[1]})})
	if err != nil {
		panic(err)
	}
	fmt.Println(c.GetOrLoad(ctx, 1, func(_ context.Context, id int64) (Item, error) { return Item{ID: id, Tags: os.Args}, nil }))
	fmt.Println(c.Delete(ctx, 1))
}
