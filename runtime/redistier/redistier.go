package redistier

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime"
)

// Engine stores entries in Redis.
type Engine struct {
	client   redis.UniversalClient
	maxValue int64
	// single is the client, if it talks to one server, found by Redis Sentinel or not:
	// then batches use MGET. Every other kind sorts a pipeline by the nodes that own
	// the keys' slots, and sends each its part at the same time.
	single *redis.Client
}

// New returns an engine over client. Single values of more than maxValue bytes
// are not fetched whole; 0 is no limit.
func New(client redis.UniversalClient, maxValue int64) *Engine {
	single, _ := client.(*redis.Client)
	return &Engine{client: client, maxValue: maxValue, single: single}
}

// Read implements runtime.RemoteEngine.
func (e *Engine) Read(ctx context.Context, reads []runtime.RemoteRead) error {
	switch {
	case len(reads) == 1:
		return redact(e.readOne(ctx, &reads[0]))
	case e.single != nil:
		return redact(e.readMany(ctx, reads))
	}
	return redact(e.readPipelined(ctx, reads))
}

// readOne fetches one byte more than a value may have, and no more.
func (e *Engine) readOne(ctx context.Context, r *runtime.RemoteRead) error {
	return e.take(r, e.get(ctx, e.client, r.Key))
}

// get reads one entry, no more of it than a value may have and one byte.
func (e *Engine) get(ctx context.Context, c redis.Cmdable, key string) *redis.StringCmd {
	if e.maxValue > 0 {
		return c.GetRange(ctx, key, 0, e.maxValue)
	}
	return c.Get(ctx, key)
}

// take reads the reply for one key.
func (e *Engine) take(r *runtime.RemoteRead, cmd *redis.StringCmd) error {
	data, err := cmd.Bytes()
	switch {
	case errors.Is(err, redis.Nil):
		return nil
	case isWrongType(err):
		r.Err = runtime.ErrWrongType
		return nil
	case err != nil:
		return err
	}
	r.Text = cmd.Val()
	r.Raw.Data = data
	e.check(r)
	return nil
}

// check sees to what a reply means. To GETRANGE a key that is not there is an
// empty string, which is no entry anyway.
func (e *Engine) check(r *runtime.RemoteRead) {
	r.Found = len(r.Raw.Data) > 0
	if e.maxValue > 0 && int64(len(r.Raw.Data)) > e.maxValue {
		r.Err = runtime.ErrTooLarge
	}
}

func (e *Engine) readMany(ctx context.Context, reads []runtime.RemoteRead) error {
	keys := make([]string, len(reads))
	for i := range reads {
		keys[i] = reads[i].Key
	}
	replies, err := e.single.MGet(ctx, keys...).Result()
	if err != nil {
		return err
	}
	size := 0
	for _, reply := range replies {
		s, _ := reply.(string)
		size += len(s)
	}
	buf := make([]byte, 0, size) // one allocation for the batch
	for i, reply := range replies {
		s, ok := reply.(string)
		if !ok {
			continue // no such key, or one that holds no string
		}
		start := len(buf)
		buf = append(buf, s...)
		reads[i].Text, reads[i].Raw.Data = s, buf[start:len(buf):len(buf)]
		e.check(&reads[i])
	}
	return nil
}

// readPipelined reads a batch through a client that knows which server has which
// key.
func (e *Engine) readPipelined(ctx context.Context, reads []runtime.RemoteRead) error {
	cmds := make([]*redis.StringCmd, len(reads))
	_, err := e.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range reads {
			cmds[i] = p.Get(ctx, reads[i].Key)
		}
		return nil
	})
	for i := range reads {
		if err := e.take(&reads[i], cmds[i]); err != nil {
			reads[i].Err = redact(err)
		}
	}
	return whole(err, cmds)
}

// Write implements runtime.RemoteEngine.
func (e *Engine) Write(ctx context.Context, writes []runtime.RemoteWrite) error {
	if len(writes) == 1 {
		w := &writes[0]
		return redact(e.client.Set(ctx, w.Key, w.Raw.Data, expiry(w.Life)).Err())
	}
	cmds := make([]*redis.StatusCmd, len(writes))
	_, err := e.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range writes {
			w := &writes[i]
			cmds[i] = p.Set(ctx, w.Key, w.Raw.Data, expiry(w.Life))
		}
		return nil
	})
	for i, cmd := range cmds {
		writes[i].Err = redact(cmd.Err())
	}
	return redact(whole(err, cmds))
}

// expiry returns the life that Redis is told: whole milliseconds, of which it
// takes no fewer than one. A life of 0 is for ever, to it and to us.
func expiry(life time.Duration) time.Duration {
	if life == 0 {
		return 0
	}
	return max(life.Truncate(time.Millisecond), time.Millisecond)
}

// Remove implements runtime.RemoteEngine.
func (e *Engine) Remove(ctx context.Context, removes []runtime.RemoteRemove) error {
	if len(removes) == 1 {
		n, err := e.client.Del(ctx, removes[0].Key).Result()
		removes[0].Removed = int(n)
		return redact(err)
	}
	cmds := make([]*redis.IntCmd, len(removes))
	_, err := e.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range removes {
			cmds[i] = p.Del(ctx, removes[i].Key)
		}
		return nil
	})
	for i, cmd := range cmds {
		removes[i].Removed, removes[i].Err = int(cmd.Val()), redact(cmd.Err())
	}
	return redact(whole(err, cmds))
}

// whole returns the error of a pipeline if it is one of the call and not of
// single keys: those have been set where they belong.
func whole[C redis.Cmder](err error, cmds []C) error {
	if err == nil {
		return nil
	}
	for _, cmd := range cmds {
		if cmd.Err() == nil || errors.Is(cmd.Err(), redis.Nil) || isWrongType(cmd.Err()) {
			return nil
		}
	}
	return err
}

func isWrongType(err error) bool {
	return err != nil && strings.HasPrefix(err.Error(), "WRONGTYPE")
}
