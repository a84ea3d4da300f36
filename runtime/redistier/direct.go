package redistier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/cachegen/cachegen/runtime"
)

// What direct writes and reads is one command of the protocol of Redis, and its reply
// (https://redis.io/docs/latest/develop/reference/protocol-spec/): strings with their lengths.
//
//	*4 $8 GETRANGE $3 key $1 0 $3 100    or    *2 $3 GET $3 key
//	$5 value    or, for a key that is not there, $0 or $-1 or _

// scratch is how much of a reply is read before it is known how long it is, in bytes.
const scratch = 16 << 10

// longest is how long a string of Redis can be, in bytes.
const longest = 512 << 20

var (
	// errStrange is for what is no reply to a read. Nobody can tell where the next one
	// begins.
	errStrange = errors.New("redistier: not a reply to a read")
	// errRefused is for a reply that says what is wrong with the command, or with one that
	// nobody has sent.
	errRefused = errors.New("redistier: refused")
)

// command is a command for the string of a key, but for the key and its length.
type command struct {
	head, tail string
	most       int64 // bytes that come back
}

// reading returns the command for values of up to so many bytes, or of any size for 0.
func reading(maxValue int64) command {
	if maxValue <= 0 {
		return command{"*2\r\n$3\r\nGET\r\n$", "\r\n", longest}
	}
	last := strconv.FormatInt(maxValue, 10)
	return command{
		"*4\r\n$8\r\nGETRANGE\r\n$",
		fmt.Sprintf("\r\n$1\r\n0\r\n$%d\r\n%s\r\n", len(last), last),
		min(maxValue, longest) + 1,
	}
}

// direct reads a value on the connection that is lent. It is not done if that has ended
// by itself, or if the server refuses: what it says then is for the client.
func (b *borrower) direct(ctx context.Context, r *runtime.RemoteRead, now time.Time) (done bool, err error) {
	b.due = true
	if err = b.conn.begins(b.deadline(ctx, now)); err == nil {
		err = b.exchange(b.conn.Conn, r)
	}
	if err == nil {
		b.due = false
		return true, nil
	}
	b.giveBack()
	return !lost(err), err
}

// exchange sends the command and reads the reply.
func (b *borrower) exchange(c net.Conn, r *runtime.RemoteRead) error {
	p := append(b.buf[:0], b.head...)
	p = strconv.AppendInt(p, int64(len(r.Key)), 10)
	p = append(p, "\r\n"...)
	p = append(p, r.Key...)
	p = append(p, b.tail...)
	b.buf = p
	if _, err := c.Write(p); err != nil {
		return err
	}
	if cap(p) < scratch {
		b.buf = make([]byte, scratch)
	}
	text, data, err := reply(c, b.buf[:cap(b.buf)], b.most)
	if err != nil {
		return err
	}
	if data == nil {
		b.shown.SetVal(text)
		data, _ = b.shown.Bytes()
		b.shown.SetVal("")
	}
	// An empty string is no entry, and that of GETRANGE for a key that is not there.
	r.Found = len(data) > 0
	r.Raw.Data, r.Text, r.Err = data, text, b.engine.fits(data)
	return nil
}

// reply reads a string of at most so many bytes, or none. It is text if buf has room for
// it, and else data.
func reply(c io.Reader, buf []byte, most int64) (text string, data []byte, err error) {
	filled, line := 0, -1
	for line < 0 {
		if filled == len(buf) {
			return "", nil, errStrange
		}
		n, err := c.Read(buf[filled:])
		filled += n
		if line = bytes.IndexByte(buf[:filled], '\n'); line < 0 && err != nil {
			return "", nil, err
		}
	}
	n, err := length(buf[:line+1], most)
	begin := line + 1
	end := begin + n + len("\r\n")
	switch {
	case n < 0 && filled > begin, n >= 0 && filled > end: // this is not all
		return "", nil, errStrange
	case n < 0:
		return "", nil, err
	case end > len(buf):
		data = make([]byte, end-begin)
		filled, begin, end = copy(data, buf[begin:filled]), 0, len(data)
		buf = data
	}
	if _, err := io.ReadFull(c, buf[filled:end]); err != nil {
		return "", nil, err
	}
	switch {
	case string(buf[end-2:end]) != "\r\n":
		return "", nil, errStrange
	case data != nil:
		return "", data[:n], nil
	}
	return string(buf[begin : begin+n]), nil, nil
}

// length returns how long a string is of which this is the first line, or -1.
func length(line []byte, most int64) (n int, err error) {
	if len(line) < 3 || line[len(line)-2] != '\r' {
		return -1, errStrange
	}
	digits := line[1 : len(line)-2]
	switch kind := line[0]; {
	case kind == '-':
		return -1, errRefused
	case kind == '_' && len(digits) == 0, kind == '$' && string(digits) == "-1":
		return -1, nil
	case kind == '$':
		if n, err := strconv.ParseUint(string(digits), 10, 31); err == nil && int64(n) <= most {
			return int(n), nil
		}
	}
	return -1, errStrange
}

// lost reports whether a read is to be made by the client, since it has lost its
// connection: the pool would have seen that before the command was sent, mostly.
func lost(err error) bool {
	if oe := (*net.OpError)(nil); errors.As(err, &oe) {
		return !oe.Timeout()
	}
	for _, target := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, errStrange, errRefused} {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}
