package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/cachegen/cachegen/runtime/redistier"
)

func main() {
	if err := run(context.Background(), os.Getenv("REDIS_URL")); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, url string) error {
	client, err := redistier.Dial(url)
	if err != nil {
		return err
	}
	defer client.Close()

	cache, err := NewProductCache(ProductCacheConfig{Redis: client})
	if err != nil {
		return err
	}
	defer cache.Close(ctx)
	fmt.Println(cache)

	// The first read loads; the next ones find the value in memory.
	for range 3 {
		p, err := cache.GetOrLoad(ctx, 42, fromDatabase)
		if err != nil {
			return err
		}
		fmt.Println(p.Name, p.Tags)
	}

	// Lookup says where a value is.
	entry, err := cache.Lookup(ctx, 42)
	if err != nil {
		return err
	}
	fmt.Println(entry.Status, "from", entry.Source)

	removed, err := cache.Delete(ctx, 42)
	fmt.Println("copies removed:", removed)
	return err
}

// fromDatabase stands for the query that the cache saves.
func fromDatabase(_ context.Context, id int64) (Product, error) {
	fmt.Println("loading", id)
	return Product{ID: id, Name: "Lamp", Price: 49.9, Tags: []string{"light", "desk"}}, nil
}
