package redistier

import (
	"slices"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
)

// TestArgs holds that keys reach the server as they are, whatever bytes they have, and
// that who looks at a command sees them.
func TestArgs(t *testing.T) {
	client := redistest.Shared(t).Client()
	keys := []string{"plain", "", "a b\r\n\x00", "\xff\xfe", "ключ"}
	reads := make([]runtime.RemoteRead, len(keys))
	for i, key := range keys {
		check(t, client.Set(ctx(t), key, "of "+key, 0).Err(), nil)
		reads[i].Key = key
	}
	check(t, New(client, 0).Read(ctx(t), reads), nil)
	for i, key := range keys {
		check(t, reads[i].Text, "of "+key)
	}
	cmd := redis.NewStringSliceCmd(ctx(t), mget([]string{"one", "two"})...)
	check(t, cmd.String(), "mget one two: []")
	n := testing.AllocsPerRun(100, func() { mget(keys) })
	check(t, n, 3)
	check(t, slices.Equal(mget(nil), []any{"mget"}), true)
}
