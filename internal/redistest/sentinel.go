package redistest

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
)

// Sentinel is a Redis Sentinel that watches one server, and belongs to one test.
type Sentinel struct {
	*Server
	Master string // the name that it knows the server by
}

// StartSentinel starts a sentinel for a server, and waits until it knows the replicas
// that the server has.
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
	Until(tb, "the sentinel knows the replicas", watcher.complete(s))
	return watcher
}

// complete reports whether the sentinel has heard of each replica of a server from the
// replica itself. Without that it would not promote it.
func (s *Sentinel) complete(master *Server) func() bool {
	ctx, client := context.Background(), s.Client()
	info := master.Client().Info(ctx, "replication").Val()
	return func() bool {
		replicas, err := client.Do(ctx, "SENTINEL", "REPLICAS", s.Master).Result()
		text := strings.ReplaceAll(fmt.Sprint(replicas), ":", " ") // pairs, in whichever protocol
		known := strings.Count(text, "master-link-status ok")
		return err == nil && strings.Contains(info, fmt.Sprintf("connected_slaves:%d\r", known))
	}
}

// URL returns the URL of the watched server, by way of the sentinel.
func (s *Sentinel) URL() string {
	return fmt.Sprintf("redis://%s/0?master_name=%s", s.Addr(), s.Master)
}

// StartReplica starts a replica of a server and waits until it has the server's data.
func StartReplica(tb testing.TB, s *Server) *Server {
	tb.Helper()
	host, port, err := net.SplitHostPort(s.Addr())
	if err != nil {
		tb.Fatal(err)
	}
	replica := Start(tb, "--replicaof", host, port)
	client := replica.Client()
	Until(tb, "the replica has the data of its master", func() bool {
		return strings.Contains(client.Info(context.Background(), "replication").Val(), "master_link_status:up")
	})
	return replica
}

// Failover has the replica of the watched server promoted in its place, as after its
// death, and waits until that has happened.
func (s *Sentinel) Failover(replica *Server) {
	s.tb.Helper()
	ctx, client := context.Background(), s.Client()
	Until(s.tb, "the sentinel promotes a replica", func() bool {
		// Refused while it does not know of the replica, or is at it.
		_ = client.Do(ctx, "SENTINEL", "FAILOVER", s.Master).Err()
		return strings.Contains(replica.Client().Info(ctx, "replication").Val(), "role:master")
	})
	Until(s.tb, "the sentinel names the new master", func() bool {
		addr, _ := client.Do(ctx, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", s.Master).StringSlice()
		return len(addr) == 2 && net.JoinHostPort(addr[0], addr[1]) == replica.Addr()
	})
}
