// The command clients links what both other programs stand on, and no more.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/VictoriaMetrics/fastcache"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/singleflight"
)

func main() {
	ctx := context.Background()
	client := redis.NewClient(&redis.Options{Addr: os.Args[1]})
	memory := fastcache.New(32 << 20)
	var flights singleflight.Group
	v, err, _ := flights.Do(os.Args[2], func() (any, error) {
		b, err := client.Get(ctx, os.Args[2]).Bytes()
		memory.Set([]byte(os.Args[2]), b)
		return b, err
	})
	fmt.Println(v, err, client.Set(ctx, os.Args[2], "", 0).Err(), memory.Has([]byte(os.Args[2])))
}
