package redistier

import (
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
)

var _ runtime.Gatherer = (*Engine)(nil)

// TestReadEach reads keys of callers who know nothing of each other: in one round
// trip, none of them whole if it is too large, and what is wrong with one is no
// matter of the others.
func TestReadEach(t *testing.T) {
	client := redistest.Shared(t).Client()
	e := New(client, limit)
	check(t, client.Set(ctx(t), "good", "value", 0).Err(), nil)
	check(t, client.Set(ctx(t), "large", strings.Repeat("x", 10*limit), 0).Err(), nil)
	check(t, client.RPush(ctx(t), "list", "x").Err(), nil)
	sent := &commands{}
	client.AddHook(sent)
	keys := []string{"good", "none", "list", "large", "good"}
	reads := make([]runtime.RemoteRead, len(keys))
	for i, key := range keys {
		reads[i].Key = key
		owner, ok := e.Owner(key)
		check(t, owner, nil)
		check(t, ok, true)
	}
	check(t, e.ReadEach(ctx(t), reads), nil)
	check(t, reads[0].Text, "value")
	check(t, reads[1].Found, false)
	check(t, reads[1].Err, nil)
	check(t, reads[2].Err, runtime.ErrWrongType)
	check(t, reads[3].Err, runtime.ErrTooLarge)
	check(t, len(reads[3].Raw.Data), limit+1)
	check(t, reads[4].Text, "value")
	check(t, len(*sent), 1) // pipeline
	check(t, strings.HasPrefix((*sent)[0], "getrange"), true)
	check(t, e.ReadEach(ctx(t), reads[:1]), nil)
	check(t, reads[0].Text, "value")
}

// TestTrips holds that a quarter of the connections stays for others.
func TestTrips(t *testing.T) {
	for _, o := range []redis.UniversalOptions{
		{Addrs: []string{"a:1"}, PoolSize: 20},
		{Addrs: []string{"a:1", "b:1"}, PoolSize: 20},
		{Addrs: []string{"a:1"}, PoolSize: 100, MaxActiveConns: 20},
	} {
		client := redis.NewUniversalClient(&o)
		check(t, New(client, limit).Trips(), 15)
		check(t, client.Close(), nil)
	}
	client := redis.NewRing(&redis.RingOptions{}) // which has many pools
	defer client.Close()
	check(t, New(client, limit).Trips(), 0)
}

// TestOwners holds that keys of a cluster are gathered by the server that has them,
// and not before the client knows the servers.
func TestOwners(t *testing.T) {
	cluster := redistest.StartCluster(t, 2)
	client := cluster.Client()
	e := New(client, limit)
	_, ok := e.Owner("k")
	check(t, ok, false)
	read(t, e, "k")
	owners := map[any][]runtime.RemoteRead{}
	for i := range 20 {
		key := fmt.Sprint(i)
		check(t, client.Set(ctx(t), key, "of "+key, 0).Err(), nil)
		owner, ok := e.Owner(key)
		check(t, ok, true)
		owners[owner] = append(owners[owner], runtime.RemoteRead{Key: key})
	}
	check(t, len(owners), 2)
	for _, reads := range owners {
		check(t, e.ReadEach(ctx(t), reads), nil)
		for _, r := range reads {
			check(t, r.Text, "of "+r.Key)
		}
	}
}
