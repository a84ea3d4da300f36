package redistest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

const (
	// patience is how long a server may take to answer. It is reached only
	// when something is wrong.
	patience = 20 * time.Second

	// Ports are drawn below those that the kernel gives to outgoing
	// connections, so that a port is still free when its server restarts.
	firstPort, lastPort = 10_000, 30_000
)

// Server is a redis-server process that belongs to one test. Its methods must
// be called from the goroutine of the test.
type Server struct {
	Database
	port    int
	dir     string
	args    []string
	process *process
	stopped bool
}

// Start starts a redis-server for tb, without persistence, and waits until it
// answers. More arguments are options of redis-server: "--maxmemory", "1mb".
// The process ends with the test.
func Start(tb testing.TB, args ...string) *Server {
	tb.Helper()
	s, err := start(args)
	if err != nil {
		tb.Fatal(err)
	}
	s.tb = tb
	tb.Cleanup(s.close)
	return s
}

// start tries ports until a server listens on one.
func start(args []string) (*Server, error) {
	// Not in the directory of the test: its name may be too long for a socket.
	dir, err := os.MkdirTemp("", "redistest")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, args: args}
	for range 20 {
		s.port = firstPort + rand.IntN(lastPort-firstPort)
		s.addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port))
		if !free(s.addr) {
			continue
		}
		if err = s.launch(); err == nil {
			return s, nil
		}
		if !isAddressInUse(err) {
			break
		}
	}
	_ = os.RemoveAll(dir)
	return nil, fmt.Errorf("no redis-server: %w", err)
}

func free(addr string) bool {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return false
	}
	return l.Close() == nil
}

// launch runs a process on the port of the server.
func (s *Server) launch() error {
	var config []string
	if slices.Contains(s.args, "--sentinel") { // keeps its state in its configuration
		file := filepath.Join(s.dir, "sentinel.conf")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			return err
		}
		config = []string{file}
	}
	p, err := launch(s.Socket(), append(append(config,
		"--port", strconv.Itoa(s.port),
		"--bind", "127.0.0.1",
		"--unixsocket", s.Socket(),
		"--dir", s.dir,
		"--save", "",
		"--appendonly", "no",
		"--databases", strconv.Itoa(databases),
	), s.args...))
	if err != nil {
		return err
	}
	s.process, s.stopped = p, false
	return nil
}

// Socket returns the path of the unix socket that the server listens on too.
func (s *Server) Socket() string { return filepath.Join(s.dir, "s") }

// Kill ends the process by SIGKILL, and with it all its connections and data.
func (s *Server) Kill() { s.process.kill() }

// Restart starts an empty server in the place of one that was killed, or is
// killed by this, on the same port, and waits until it answers.
func (s *Server) Restart() {
	s.tb.Helper()
	s.Kill()
	deadline := time.Now().Add(patience)
	for {
		err := s.launch()
		if err == nil {
			return
		}
		// Somebody may pass by our port while we do not hold it.
		if !isAddressInUse(err) || time.Now().After(deadline) {
			s.tb.Fatalf("restart: %v", err)
		}
	}
}

// Stop halts the process by SIGSTOP and waits until it stands still: its
// connections stay open, the kernel still accepts new ones, nobody answers.
func (s *Server) Stop() {
	s.tb.Helper()
	if s.stopped {
		return
	}
	if err := s.process.stop(); err != nil {
		s.tb.Fatalf("stop: %v", err)
	}
	s.stopped = true
}

// Cont lets a stopped process go on. It will answer what it was asked meanwhile.
func (s *Server) Cont() {
	s.tb.Helper()
	if err := s.process.cont(); err != nil {
		s.tb.Fatalf("cont: %v", err)
	}
	s.stopped = false
}

func (s *Server) close() {
	s.Kill()
	_ = os.RemoveAll(s.dir)
}
