package redistier

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
	"weak"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime"
)

// Engine stores entries in Redis.
type Engine struct {
	client   redis.UniversalClient
	maxValue int64
	last     any // maxValue, as an argument: the client would put it into an any each time
	// single is the client, if it talks to one server, found by Redis Sentinel or not:
	// then batches use MGET. Every other kind sorts a pipeline by the nodes that own
	// the keys' slots, and sends each its part at the same time.
	single *redis.Client
	cuts   *cuts       // of single, if Dial has made it; else nil
	lent   []*borrower // of what cuts has; empty: nothing is
	// cluster is the client, if it asks the masters of a cluster, and knows says that
	// it has found out which they are.
	cluster *redis.ClusterClient
	knows   atomic.Bool
}

// New returns an engine over client. Single values of more than maxValue bytes
// are not fetched whole; 0 is no limit.
func New(client redis.UniversalClient, maxValue int64) *Engine {
	e := &Engine{client: client, maxValue: maxValue, last: maxValue}
	switch c := client.(type) {
	case *redis.Client:
		e.single = c
		if cs, ok := dialed.Load(weak.Make(c)); ok {
			e.cuts = cs.(*cuts)
			e.lent = newBorrowers(e)
		}
	case *redis.ClusterClient:
		if o := c.Options(); !o.ReadOnly && !o.RouteByLatency && !o.RouteRandomly {
			e.cluster = c
		}
	}
	return e
}

// Read implements runtime.RemoteEngine.
func (e *Engine) Read(ctx context.Context, reads []runtime.RemoteRead) error {
	switch {
	case len(reads) == 1:
		err := e.readOne(ctx, reads)
		if err == nil && !e.knows.Load() {
			e.knows.Store(true)
		}
		return redact(err)
	case e.single != nil:
		return redact(e.readMany(ctx, reads))
	}
	return redact(e.pipeline(ctx, reads, true))
}

// readOne fetches one byte more than a value may have, and no more.
func (e *Engine) readOne(ctx context.Context, reads []runtime.RemoteRead) error {
	if done, err := e.readLent(ctx, reads); done {
		return err
	}
	return e.take(&reads[0], e.command(ctx, e.client, reads[0].Key, false))
}

// command asks for a value, or for one byte more than the limit of it.
func (e *Engine) command(ctx context.Context, c processor, key string, all bool) *redis.StringCmd {
	cmd := redis.NewStringCmd(ctx, e.get(key, all)...)
	_ = c.Process(ctx, cmd) // the error is the command's
	return cmd
}

// get returns the command for a value, or for one byte more than the limit of it.
func (e *Engine) get(key string, all bool) []any {
	if all || e.maxValue <= 0 {
		return []any{"get", key}
	}
	return []any{"getrange", key, first, e.last}
}

// processor is a client or a pipeline.
type processor interface {
	Process(ctx context.Context, cmd redis.Cmder) error
}

// first is the first byte of a value, to a command.
var first any = int64(0)

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
	// To GETRANGE a key that is not there is an empty string, which is no entry anyway.
	r.Found = len(data) > 0
	r.Raw.Data, r.Text, r.Err = data, cmd.Val(), e.fits(data)
	return nil
}

// fits returns ErrTooLarge for more than a value may have.
func (e *Engine) fits(data []byte) error {
	if e.maxValue > 0 && int64(len(data)) > e.maxValue {
		return runtime.ErrTooLarge
	}
	return nil
}

// Owner implements runtime.Gatherer. The client of a cluster is asked only when it
// knows the nodes: before, it would look for them, and the caller would wait.
func (e *Engine) Owner(key string) (owner any, ok bool) {
	switch {
	case e.single != nil:
		return nil, true
	case e.cluster == nil || !e.knows.Load():
		return nil, false
	}
	master, err := e.cluster.MasterForKey(context.Background(), key)
	return master, err == nil
}

// Punctual implements runtime.Gatherer: a client keeps deadlines if it has been told
// to, and calls nothing on its way that may not know of them.
func (e *Engine) Punctual() bool {
	if e.single == nil || e.cuts != nil && e.cuts.hooked.Load() {
		return false
	}
	o := e.single.Options()
	return o.ContextTimeoutEnabled && o.OnConnect == nil && o.Limiter == nil &&
		o.CredentialsProvider == nil && o.CredentialsProviderContext == nil && o.StreamingCredentialsProvider == nil
}

// Trips implements runtime.Gatherer: a part of the pool stays for everything else.
func (e *Engine) Trips() int {
	size, most := 0, 0
	switch {
	case e.single != nil:
		size, most = e.single.Options().PoolSize, e.single.Options().MaxActiveConns
	case e.cluster != nil: // of each node
		size, most = e.cluster.Options().PoolSize, e.cluster.Options().MaxActiveConns
	}
	if most > 0 {
		size = min(size, most)
	}
	return size - size/spare
}

// ReadEach implements runtime.Gatherer.
func (e *Engine) ReadEach(ctx context.Context, reads []runtime.RemoteRead) error {
	if len(reads) == 1 {
		return redact(e.readOne(ctx, reads))
	}
	if done, err := e.readLent(ctx, reads); done {
		return redact(err)
	}
	return redact(e.pipeline(ctx, reads, false))
}

func (e *Engine) readMany(ctx context.Context, reads []runtime.RemoteRead) error {
	keys := make([]string, len(reads))
	for i := range reads {
		keys[i] = reads[i].Key
	}
	replies, err := e.ReadKeys(ctx, keys)
	if err != nil {
		return err
	}
	for i := range reads {
		r := &reads[i]
		r.Raw.Data, r.Text, r.Err = replies.Reply(i)
		r.Found = r.Raw.Data != nil
	}
	return nil
}

// ReadsKeys implements runtime.KeyReader: of one server only.
func (e *Engine) ReadsKeys() bool { return e.single != nil }

// ReadKeys implements runtime.KeyReader.
func (e *Engine) ReadKeys(ctx context.Context, keys []string) (runtime.Replies, error) {
	batch := [1]runtime.KeyBatch{{Keys: keys}}
	if done, err := e.readLentBatches(ctx, batch[:]); done {
		return batch[0].Replies, redact(err)
	}
	// The client's own MGet makes an any of each string.
	cmd := redis.NewStringSliceCmd(ctx, mget(keys)...)
	if err := e.single.Process(ctx, cmd); err != nil {
		return nil, redact(err)
	}
	return e.replies(cmd, keys)
}

func (e *Engine) replies(cmd *redis.StringSliceCmd, keys []string) (runtime.Replies, error) {
	switch n := len(cmd.Val()); {
	case cmd.Err() != nil:
		return nil, redact(cmd.Err())
	case n != len(keys):
		return nil, fmt.Errorf("redistier: %d replies to MGET of %d keys", n, len(keys))
	}
	return &replies{engine: e, texts: cmd.Val()}, nil
}

// ReadBatches implements runtime.Batcher.
func (e *Engine) ReadBatches(ctx context.Context, batches []runtime.KeyBatch) (err error) {
	if len(batches) == 1 {
		batches[0].Replies, err = e.ReadKeys(ctx, batches[0].Keys)
		return err
	}
	if done, err := e.readLentBatches(ctx, batches); done {
		return redact(err)
	}
	cmds := make([]*redis.StringSliceCmd, len(batches))
	_, err = e.single.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range cmds {
			cmds[i] = redis.NewStringSliceCmd(ctx, mget(batches[i].Keys)...)
			_ = p.Process(ctx, cmds[i])
		}
		return nil
	})
	for i, cmd := range cmds {
		batches[i].Replies, batches[i].Err = e.replies(cmd, batches[i].Keys)
	}
	return redact(whole(err, cmds))
}

// replies are those to MGET: empty for a key that is not there, or that holds no string.
type replies struct {
	engine *Engine
	texts  []string
	cmd    redis.StringCmd // which shows a string as bytes, without a copy
}

// Reply implements runtime.Replies.
func (rs *replies) Reply(i int) (data []byte, text string, err error) {
	if text = rs.texts[i]; text == "" {
		return nil, "", nil
	}
	rs.cmd.SetVal(text)
	data, _ = rs.cmd.Bytes()
	return data, text, rs.engine.fits(data)
}

// Release implements runtime.Replies.
func (rs *replies) Release() {}

// pipeline reads a batch, whole or of each value one byte more than the limit.
// A client of several servers knows which of them has which key.
func (e *Engine) pipeline(ctx context.Context, reads []runtime.RemoteRead, all bool) error {
	cmds := make([]*redis.StringCmd, len(reads))
	_, err := e.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range reads {
			cmds[i] = e.command(ctx, p, reads[i].Key, all)
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
