package redistest

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

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
// that all slots are served.
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
				strings.Contains(info, fmt.Sprintf("cluster_slots_ok:%d", slots))
		})
		if err != nil {
			tb.Fatalf("node %d of the cluster: %v\n%s", i, err, client.ClusterInfo(ctx).Val())
		}
	}
	return c
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

// Sentinel is a Redis Sentinel that watches one server, and belongs to one test.
type Sentinel struct {
	*Server
	Master string // the name that it knows the server by
}

// StartSentinel starts a sentinel for a server.
func StartSentinel(tb testing.TB, s *Server) *Sentinel {
	tb.Helper()
	watcher := &Sentinel{Server: Start(tb, "--sentinel"), Master: "main"}
	host, port, err := net.SplitHostPort(s.Addr())
	if err != nil {
		tb.Fatal(err)
	}
	if err := watcher.Client().Do(context.Background(), "SENTINEL", "MONITOR", watcher.Master, host, port, 1).Err(); err != nil {
		tb.Fatalf("sentinel: %v", err)
	}
	return watcher
}

// URL returns the URL of the watched server, by way of the sentinel.
func (s *Sentinel) URL() string {
	return fmt.Sprintf("redis://%s/0?master_name=%s", s.Addr(), s.Master)
}

// poll waits until ok, for as long as patience goes.
func poll(ok func() bool) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			return fmt.Errorf("not ready within %v", patience)
		}
	}
	return nil
}
