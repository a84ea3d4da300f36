// Package redistest gives tests a real Redis, and ways to hurt it.
//
//	test ──> Client ──> Proxy ──> redis-server       own process, free port, own directory
//	           │          │            │
//	           │          hold, delay, cut, refuse, change bytes
//	           │                       │
//	           └── Shared: a          Kill, Restart, Stop, Cont
//	               database of a
//	               server that all
//	               tests of a package
//	               use
//
// StartCluster starts several servers as one Redis Cluster, and StartSentinel one
// that watches another.
//
// Start gives a server to one test, which may do with it what it likes. Tests
// that only want to read and write take a database of the shared server, which
// costs them no start of a process; their package needs a TestMain then:
//
//	func TestMain(m *testing.M) { goleak.VerifyTestMain(redistest.Main(m)) }
//
// A test that asks for a Redis on a machine without redis-server fails. It is
// never skipped: what has not been run has not been tested.
package redistest
