package redistest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// errMissing is what every test says on a machine without Redis.
var errMissing = errors.New("redis-server is not in PATH, and these tests need a real one; run: make redis")

// process is a running redis-server.
type process struct {
	cmd  *exec.Cmd
	log  *bytes.Buffer // to be read when done is closed
	done chan struct{}
}

// launch runs redis-server with args and waits until it answers on socket,
// which args name. The socket tells more than the port: only this process
// listens there, and it does so after it has got its port.
func launch(socket string, args []string) (*process, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, errMissing
	}
	p := &process{cmd: exec.Command(path, args...), log: new(bytes.Buffer), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	p.cmd.SysProcAttr = dieWithParent
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		return nil, err
	}
	if err := p.await(socket); err != nil {
		p.kill()
		return nil, fmt.Errorf("%w\n%s", err, strings.TrimSpace(p.log.String()))
	}
	return p, nil
}

// run starts the process and waits for its end, on one thread: the kernel takes
// the thread that started a process for its parent.
func (p *process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err == nil {
		_ = p.cmd.Wait() // it is killed, that is its usual end
		close(p.done)
	}
}

// await polls until the process answers, or is gone, or patience ends.
func (p *process) await(socket string) error {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !answers(socket) {
		select {
		case <-tick.C:
		case <-p.done:
			return errors.New("redis-server ended at once")
		case <-deadline:
			return fmt.Errorf("redis-server did not answer within %v", patience)
		}
	}
	return nil
}

// answers asks for a PONG.
func answers(socket string) bool {
	conn, err := net.DialTimeout("unix", socket, time.Second)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	if _, err := io.WriteString(conn, "PING\r\n"); err != nil {
		return false
	}
	reply := make([]byte, len("+PONG\r\n"))
	_, err = io.ReadFull(conn, reply)
	return err == nil && string(reply) == "+PONG\r\n"
}

// kill ends the process, even one that is stopped, and waits for its end.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // an error means that it has ended
	<-p.done
}

func isAddressInUse(err error) bool {
	return strings.Contains(err.Error(), "ddress already in use")
}
