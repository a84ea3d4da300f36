package redistier_test

import (
	"fmt"

	"github.com/cachegen/cachegen/runtime/redistier"
)

// Dial does not connect: a server that is down is found out by the cache, which does
// without it until it is back.
func ExampleDial() {
	client, err := redistier.Dial("redis://user:password@localhost:6379/0?pool_size=50")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	fmt.Println(client.Options().Addr, client.Options().PoolSize, client.Options().ReadTimeout)

	_, err = redistier.Dial("redis://localhost/first")
	fmt.Println(err)
	// Output:
	// localhost:6379 50 500ms
	// redistier: not a Redis URL, such as redis://user:password@localhost:6379/0: redis: invalid database number: "first"
}
