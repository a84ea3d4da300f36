package redistest

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// slots is how many a Redis Cluster has.
const slots = 16384

// Cluster is a Redis Cluster that belongs to one test: masters without replicas,
// each with an equal share of the slots.
type Cluster struct {
	Nodes []*Server
	tb    testing.TB
}

// StartCluster starts a cluster of n nodes and waits until each of them knows
// that all slots are served, and has a link to each other: what is published before goes
// nowhere.
func StartCluster(tb testing.TB, n int) *Cluster {
	tb.Helper()
	c := &Cluster{tb: tb}
	for range n {
		c.Nodes = append(c.Nodes, Start(tb, "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--databases", "1"))
	}
	ctx := context.Background()
	for i, node := range c.Nodes {
		client := node.Client()
		first, end := i*slots/n, (i+1)*slots/n
		if err := client.Do(ctx, "CLUSTER", "ADDSLOTSRANGE", first, end-1).Err(); err != nil {
			tb.Fatalf("node %d: %v", i, err)
		}
		// Each needs an epoch of its own, or they would have to settle on them first.
		if err := client.Do(ctx, "CLUSTER", "SET-CONFIG-EPOCH", i+1).Err(); err != nil {
			tb.Fatalf("node %d: %v", i, err)
		}
		if i > 0 {
			if err := client.ClusterMeet(ctx, "127.0.0.1", strconv.Itoa(c.Nodes[0].port)).Err(); err != nil {
				tb.Fatalf("node %d: %v", i, err)
			}
		}
	}
	for i, node := range c.Nodes {
		client := node.Client()
		err := poll(func() bool {
			info := client.ClusterInfo(ctx).Val()
			return strings.Contains(info, "cluster_state:ok") &&
				strings.Contains(info, fmt.Sprintf("cluster_known_nodes:%d", n)) &&
				strings.Contains(info, fmt.Sprintf("cluster_slots_ok:%d", slots)) &&
				linked(client.ClusterNodes(ctx).Val(), n)
		})
		if err != nil {
			tb.Fatalf("node %d of the cluster: %v\n%s", i, err, client.ClusterInfo(ctx).Val())
		}
	}
	return c
}

// linked reports whether a node has links to all n, by its list of them: see
// https://redis.io/docs/latest/commands/cluster-nodes.
func linked(nodes string, n int) bool {
	there := 0
	for node := range strings.Lines(nodes) {
		f := strings.Fields(node) // id, address, flags, master, ping, pong, epoch, link, slots
		if len(f) > 7 && f[7] == "connected" && !strings.Contains(f[2], "handshake") {
			there++
		}
	}
	return there == n
}

// Addrs returns the addresses of the nodes, host:port.
func (c *Cluster) Addrs() []string {
	addrs := make([]string, len(c.Nodes))
	for i, node := range c.Nodes {
		addrs[i] = node.Addr()
	}
	return addrs
}

// URL returns the URL of the cluster, which names all nodes.
func (c *Cluster) URL() string {
	addrs := c.Addrs()
	return "redis://" + addrs[0] + "?addr=" + strings.Join(addrs[1:], "&addr=")
}

// Client returns a client of the cluster, closed with the test, which neither
// retries nor outlives a deadline.
func (c *Cluster) Client(options ...func(*redis.ClusterOptions)) *redis.ClusterClient {
	o := &redis.ClusterOptions{
		Addrs: c.Addrs(), MaxRetries: -1, DialerRetries: 1,
		ContextTimeoutEnabled: true, DisableIdentity: true,
	}
	for _, set := range options {
		set(o)
	}
	client := redis.NewClusterClient(o)
	c.tb.Cleanup(func() { _ = client.Close() })
	return client
}

// BeginMigration takes the keys of a slot from one node to another, and leaves the slot
// with the first: who asks it for one of the keys is told to ASK the other.
func (c *Cluster) BeginMigration(slot, from, to int) {
	c.tb.Helper()
	source, target := c.Nodes[from], c.Nodes[to]
	c.do(target, "CLUSTER", "SETSLOT", slot, "IMPORTING", c.id(source))
	c.do(source, "CLUSTER", "SETSLOT", slot, "MIGRATING", c.id(target))
	keys := source.Client().ClusterGetKeysInSlot(context.Background(), slot, 1<<20).Val()
	if len(keys) == 0 {
		return
	}
	args := []any{"MIGRATE", "127.0.0.1", target.port, "", 0, patience.Milliseconds(), "KEYS"}
	for _, key := range keys {
		args = append(args, key)
	}
	c.do(source, args...)
}

// EndMigration gives the slot to the other node too: who asks the first one now is told
// that the slot has MOVED.
func (c *Cluster) EndMigration(slot, to int) {
	c.tb.Helper()
	owner := c.id(c.Nodes[to])
	c.do(c.Nodes[to], "CLUSTER", "SETSLOT", slot, "NODE", owner)
	for _, node := range c.Nodes {
		c.do(node, "CLUSTER", "SETSLOT", slot, "NODE", owner)
	}
}

func (c *Cluster) id(node *Server) string {
	return node.Client().Do(context.Background(), "CLUSTER", "MYID").Val().(string)
}

func (c *Cluster) do(node *Server, args ...any) {
	c.tb.Helper()
	if err := node.Client().Do(context.Background(), args...).Err(); err != nil {
		c.tb.Fatalf("%v: %v", args, err)
	}
}
