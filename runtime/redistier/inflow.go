package redistier

import (
	"bytes"
	"io"
	"strconv"

	"github.com/cachegen/cachegen/runtime"
)

// inflow is what comes back on a connection.
type inflow struct {
	from       io.Reader
	buf        []byte
	at, filled int // what nobody has taken yet lies between
}

// value reads a string of at most so many bytes, or none. It is text if the buffer has
// room for it, and else data.
func (in *inflow) value(most int64) (text string, data []byte, err error) {
	n, err := in.length(most)
	switch {
	case err != nil || n < 0:
		return "", nil, err
	case n+len("\r\n") <= len(in.buf):
		data, err = in.take(n)
		return string(data), nil, err
	}
	data = make([]byte, n)
	return "", data, in.fill(data)
}

// line reads the rest of a line, with its end, which is there until the next call.
func (in *inflow) line() ([]byte, error) {
	for looked := 0; ; {
		there := in.buf[in.at:in.filled]
		if n := bytes.IndexByte(there[looked:], '\n'); n >= 0 {
			line := there[:looked+n+1]
			in.at += len(line)
			return line, nil
		}
		looked = len(there)
		if err := in.more(); err != nil {
			return nil, err
		}
	}
}

// take reads a string of so many bytes, and its end, for which the buffer has room. It is
// there until the next call.
func (in *inflow) take(n int) ([]byte, error) {
	end := n + len("\r\n")
	for in.filled-in.at < end {
		if err := in.more(); err != nil {
			return nil, err
		}
	}
	p := in.buf[in.at : in.at+end]
	in.at += end
	if p[n] != '\r' || p[n+1] != '\n' {
		return nil, errStrange
	}
	return p[:n], nil
}

// fill reads a string that is as long as p, and its end.
func (in *inflow) fill(p []byte) error {
	n := copy(p, in.buf[in.at:in.filled])
	in.at += n
	if _, err := io.ReadFull(in.from, p[n:]); err != nil {
		return err
	}
	_, err := in.take(0)
	return err
}

// skip reads a string of so many bytes, and its end, for nobody.
func (in *inflow) skip(n int) error {
	for n > 0 {
		if in.at == in.filled {
			if err := in.more(); err != nil {
				return err
			}
		}
		some := min(n, in.filled-in.at)
		in.at += some
		n -= some
	}
	_, err := in.take(0)
	return err
}

// more reads what comes next.
func (in *inflow) more() error {
	if in.at > 0 {
		in.filled = copy(in.buf, in.buf[in.at:in.filled])
		in.at = 0
	}
	if in.filled == len(in.buf) {
		return errStrange
	}
	n, err := in.from.Read(in.buf[in.filled:])
	in.filled += n
	if n > 0 {
		return nil
	}
	return err
}

// length reads how long the next string is: -1 if there is none.
func (in *inflow) length(most int64) (n int, err error) {
	kind, digits, err := in.header()
	switch {
	case err != nil:
		return -1, err
	case kind == '_' && len(digits) == 0, kind == '$' && string(digits) == "-1":
		return -1, nil
	case kind == '$':
		return number(digits, most)
	}
	return -1, errStrange
}

// list reads how many replies are one.
func (in *inflow) list(most int64) (n int, err error) {
	kind, digits, err := in.header()
	switch {
	case err != nil:
		return -1, err
	case kind == '*':
		return number(digits, most)
	}
	return -1, errStrange
}

// header reads the first line of a reply.
func (in *inflow) header() (kind byte, rest []byte, err error) {
	line, err := in.line()
	switch {
	case err != nil:
		return 0, nil, err
	case len(line) < 3 || line[len(line)-2] != '\r':
		return 0, nil, errStrange
	case bytes.HasPrefix(line, []byte("-WRONGTYPE ")): // which nobody says out of turn
		return 0, nil, runtime.ErrWrongType
	case line[0] == '-':
		return 0, nil, errRefused
	}
	return line[0], line[1 : len(line)-2], nil
}

// number reads a number of at most so many.
func number(digits []byte, most int64) (int, error) {
	n, err := strconv.ParseUint(string(digits), 10, 31)
	if err != nil || int64(n) > most {
		return -1, errStrange
	}
	return int(n), nil
}
