package redistier

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime"
)

// batchReads are reads of batches.
//
//	*3 $4 MGET $1 a $1 b
//	*2 $5 value _
type batchReads struct {
	engine  *Engine
	batches []runtime.KeyBatch
}

// bulk are the replies to MGET behind each other, to be used again: a string for each would be
// more than most values are.
type bulk struct {
	bytes []byte
	ends  []int // in bytes, of each reply
	large []int // which were more than a value may have, and are not there
}

// bulks are not in use.
var bulks = sync.Pool{New: func() any { return &bulk{} }}

// roomy is how much room a buffer has at most that is kept, in bytes.
const roomy = 256 << 10

// readLentBatches reads batches, if somebody lends a connection for it.
func (e *Engine) readLentBatches(ctx context.Context, batches []runtime.KeyBatch) (done bool, err error) {
	b := e.idle()
	if b == nil {
		return false, nil
	}
	defer b.mu.Unlock()
	b.many.batches = batches
	done, err = b.run(ctx, &b.many)
	b.many.batches = nil
	return done, err
}

func (m *batchReads) asks(p []byte) []byte {
	for i := range m.batches {
		keys := m.batches[i].Keys
		p = append(p, '*')
		p = strconv.AppendInt(p, int64(1+len(keys)), 10)
		p = append(p, "\r\n$4\r\nMGET\r\n"...)
		for _, key := range keys {
			p = appendBulk(p, key)
		}
	}
	return p
}

func (m *batchReads) hears(in *inflow) error {
	for i := range m.batches {
		found := bulks.Get().(*bulk)
		if err := found.hears(in, len(m.batches[i].Keys), m.engine.maxValue); err != nil {
			return err
		}
		m.batches[i].Replies = found
	}
	return nil
}

// hears reads the replies to n keys.
func (b *bulk) hears(in *inflow, n int, maxValue int64) error {
	switch m, err := in.list(longest); {
	case err != nil:
		return err
	case n != m:
		return errStrange
	}
	// Most have come by now, and how much all are is not known.
	b.bytes, b.ends = slices.Grow(b.bytes[:0], in.filled-in.at), slices.Grow(b.ends[:0], n)
	b.large = b.large[:0]
	for i := range n {
		if err := b.hear(in, i, maxValue); err != nil {
			return err
		}
	}
	return nil
}

// hear reads the i-th reply.
func (b *bulk) hear(in *inflow, i int, maxValue int64) error {
	n, err := in.length(longest)
	if err != nil {
		return err
	}
	begin := len(b.bytes)
	switch {
	case n < 0:
	case maxValue > 0 && int64(n) > maxValue:
		b.large = append(b.large, i)
		err = in.skip(n)
	case n+len("\r\n") <= len(in.buf):
		var p []byte
		p, err = in.take(n)
		b.bytes = append(b.bytes, p...)
	default:
		b.bytes = slices.Grow(b.bytes, n)[:begin+n]
		err = in.fill(b.bytes[begin:])
	}
	b.ends = append(b.ends, len(b.bytes))
	return err
}

// Reply implements runtime.Replies.
func (b *bulk) Reply(i int) (data []byte, text string, err error) {
	begin := 0
	if i > 0 {
		begin = b.ends[i-1]
	}
	if end := b.ends[i]; begin < end {
		return b.bytes[begin:end:end], "", nil
	}
	if len(b.large) > 0 && slices.Contains(b.large, i) {
		return nil, "", runtime.ErrTooLarge
	}
	return nil, "", nil
}

// Release implements runtime.Replies.
func (b *bulk) Release() {
	if cap(b.bytes) <= roomy && 8*(cap(b.ends)+cap(b.large)) <= roomy {
		bulks.Put(b)
	}
}

func (m *batchReads) commands(ctx context.Context) []redis.Cmder {
	cmds := make([]redis.Cmder, len(m.batches))
	for i := range cmds {
		cmds[i] = redis.NewRawCmd(ctx, mget(m.batches[i].Keys)...)
	}
	return cmds
}

// mget returns the command for a batch.
func mget(keys []string) []any {
	args := make([]any, 1+len(keys))
	args[0] = "mget"
	for i, key := range keys {
		args[1+i] = key // a string: hooks of the client look at it
	}
	return args
}
