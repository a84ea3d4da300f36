//go:build unix

package redistest

import "syscall"

// stop halts the process and waits until it stands still.
func (p *process) stop() error {
	pid := p.cmd.Process.Pid
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		return err
	}
	for {
		_, err := syscall.Wait4(pid, nil, syscall.WUNTRACED, nil)
		if err != syscall.EINTR {
			return err
		}
	}
}

func (p *process) cont() error {
	return syscall.Kill(p.cmd.Process.Pid, syscall.SIGCONT)
}
