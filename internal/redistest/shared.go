package redistest

import (
	"context"
	"fmt"
	"sync"
	"testing"
)

// databases is how many a server has. That many tests of a package can use the
// shared server at the same time.
const databases = 1024

// shared is the server of the tests of a package.
var shared struct {
	sync.Mutex
	ready  bool // there is a TestMain that will end the server
	server *Server
	err    error
	next   int
}

// M runs the tests of a package with a shared server. It is a *testing.M to
// goleak.VerifyTestMain.
type M struct{ tests interface{ Run() int } }

// Main returns an M for the tests of a package. The server starts with the first
// test that wants it and ends after the last test.
func Main(m *testing.M) *M { return &M{m} }

// Run runs the tests and returns their exit code.
func (m *M) Run() int {
	shared.Lock()
	shared.ready = true
	shared.Unlock()
	code := m.tests.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.server != nil {
		shared.server.close()
		shared.server = nil
	}
	return code
}

// Shared returns a database of the shared server, empty, and for tb alone. Its
// package must call Main from TestMain.
func Shared(tb testing.TB) *Database {
	tb.Helper()
	d, err := takeShared()
	if err != nil {
		tb.Fatal(err)
	}
	d.tb = tb
	if err := d.Client().FlushDB(context.Background()).Err(); err != nil {
		tb.Fatalf("empty %s: %v", d.URL(), err)
	}
	return d
}

func takeShared() (*Database, error) {
	shared.Lock()
	defer shared.Unlock()
	if !shared.ready {
		return nil, fmt.Errorf("redistest.Shared needs func TestMain(m *testing.M) { os.Exit(redistest.Main(m).Run()) }")
	}
	if shared.server == nil && shared.err == nil {
		shared.server, shared.err = start(nil)
	}
	if shared.err != nil {
		return nil, shared.err
	}
	number := shared.next % databases
	shared.next++
	return &Database{addr: shared.server.addr, number: number}, nil
}
