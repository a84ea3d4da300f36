package redistier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime"
)

// What direct writes and reads is one command of the protocol of Redis, and its reply
// (https://redis.io/docs/latest/develop/reference/protocol-spec/): strings with their lengths.
//
//	*4 $8 GETRANGE $3 key $1 0 $3 100    or    *2 $3 GET $3 key
//	$5 value    or, for a key that is not there, $0 or $-1 or _
//	-WRONGTYPE … for one that is no string

// scratch is how much of a reply is read before it is known how long it is, in bytes.
const scratch = 32 << 10

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
		return command{"*2\r\n$3\r\nGET\r\n", "", longest}
	}
	last := strconv.FormatInt(maxValue, 10)
	return command{
		"*4\r\n$8\r\nGETRANGE\r\n",
		fmt.Sprintf("$1\r\n0\r\n$%d\r\n%s\r\n", len(last), last),
		min(maxValue, longest) + 1,
	}
}

// direct does an errand on the connection that is lent. It is not done if that has ended
// by itself, or if the server refuses: what it says then is for the client.
func (b *borrower) direct(ctx context.Context, what errand, now time.Time) (done bool, err error) {
	b.due = true
	if err = b.conn.begins(b.deadline(ctx, now)); err == nil {
		err = b.exchange(b.conn.Conn, what)
	}
	if err == nil {
		b.due = false
		return true, nil
	}
	b.giveBack()
	return !lost(err), err
}

// exchange sends the commands and reads the replies.
func (b *borrower) exchange(c net.Conn, what errand) error {
	b.buf = what.asks(b.buf[:0])
	_, err := c.Write(b.buf)
	if cap(b.buf) < scratch || cap(b.buf) > roomy {
		b.buf = make([]byte, scratch)
	}
	if err != nil {
		return err
	}
	b.in = inflow{from: c, buf: b.buf[:cap(b.buf)]}
	if err := what.hears(&b.in); err != nil {
		return err
	}
	if b.in.at < b.in.filled { // this is not all
		return errStrange
	}
	return nil
}

// keyReads are reads of single values.
type keyReads struct {
	command
	engine *Engine
	reads  []runtime.RemoteRead
	shown  redis.StringCmd // shows a string as bytes, without a copy
}

// readLent reads values, if somebody lends a connection for it that does not end by itself.
func (e *Engine) readLent(ctx context.Context, reads []runtime.RemoteRead) (done bool, err error) {
	b := e.idle()
	if b == nil {
		return false, nil
	}
	defer b.mu.Unlock()
	b.some.reads = reads
	done, err = b.run(ctx, &b.some)
	b.some.reads = nil
	if !done || err != nil { // some may have been read, perhaps by the replies to others
		for i := range reads {
			r := &reads[i]
			r.Raw, r.Text, r.Found, r.Err = runtime.Raw{}, "", false, nil
		}
	}
	return done, err
}

func (k *keyReads) asks(p []byte) []byte {
	for i := range k.reads {
		p = append(p, k.head...)
		p = appendBulk(p, k.reads[i].Key)
		p = append(p, k.tail...)
	}
	return p
}

// appendBulk appends a string and its length.
func appendBulk(p []byte, s string) []byte {
	p = append(p, '$')
	p = strconv.AppendInt(p, int64(len(s)), 10)
	p = append(p, "\r\n"...)
	p = append(p, s...)
	return append(p, "\r\n"...)
}

func (k *keyReads) hears(in *inflow) error {
	for i := range k.reads {
		if err := k.hear(in, &k.reads[i]); err != nil {
			return err
		}
	}
	return nil
}

func (k *keyReads) hear(in *inflow, r *runtime.RemoteRead) error {
	text, data, err := in.value(k.most)
	switch {
	case errors.Is(err, runtime.ErrWrongType):
		r.Err = err
		return nil
	case err != nil:
		return err
	}
	if data == nil {
		k.shown.SetVal(text)
		data, _ = k.shown.Bytes()
		k.shown.SetVal("")
	}
	// An empty string is no entry, and that of GETRANGE for a key that is not there.
	r.Found = len(data) > 0
	r.Raw.Data, r.Text, r.Err = data, text, k.engine.fits(data)
	return nil
}

func (k *keyReads) commands(ctx context.Context) []redis.Cmder {
	cmds := make([]redis.Cmder, len(k.reads))
	for i := range cmds {
		cmds[i] = redis.NewRawCmd(ctx, k.engine.get(k.reads[i].Key, false)...)
	}
	return cmds
}

// lost reports whether a read is to be made by the client, since it has lost its
// connection: the pool would have seen that before the command was sent, mostly.
func lost(err error) bool {
	if oe := (*net.OpError)(nil); errors.As(err, &oe) {
		return !oe.Timeout()
	}
	for _, target := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, errStrange, errRefused, runtime.ErrWrongType} {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}
