// Package redistier is the Redis engine: entries in a server that many
// processes share.
//
//	RemoteLeaf ──> Engine ──┬── one key    GETRANGE, SET PX, DEL
//	                        └── a batch    MGET, or one pipeline for each node of a cluster
//	           └── Leased for caches with lease=: scripts that check tokens, and an inbox for notices
//	Dial, DialSentinel, DialCluster ──> redis.UniversalClient with options that suit a cache
//	           └── conns that can be cut, for callers who leave, and lent, for reads that follow each other
//
// What a key holds is read only as far as max-value= goes, so a huge value in
// its place costs no memory.
package redistier
