package redistier

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime"
)

// Leased is an Engine for caches with lease=: see runtime.LeaseEngine.
//
// Beside the entry of a key there is a guard, in the same slot of a cluster, while
// somebody is about to write the entry. It holds a number that was drawn for it: the token of all who
// write. Whatever changes the entry removes the guard in the same step, so no token
// outlives a change, and a write without the guard that it was begun under is
// refused. Nothing has to be kept of a delete, and nothing gets lost with an eviction.
//
// A lease is a guard that says so. It has a short life of its own, which its holder
// renews: if the holder dies, it ends within a second.
type Leased struct {
	*Engine
	prefix string
	inbox
}

var _ runtime.LeaseEngine = (*Leased)(nil)

// NewLeased is New with leases. The names of all keys besides entries begin with prefix.
func NewLeased(client redis.UniversalClient, maxValue int64, prefix string) *Leased {
	e := &Leased{Engine: New(client, maxValue), prefix: prefix}
	e.inbox = inbox{subscriber: client, channel: fmt.Sprintf("%slease:%016x", prefix, rand.Uint64())}
	return e
}

const (
	// guardLife is how long a token is good that nobody uses.
	guardLife = 10 * time.Second

	tokenKind = "w"
	leaseKind = "l"
)

// nonce returns a token that there has not been.
func nonce(kind string) string {
	return fmt.Sprintf("%s%016x%016x", kind, rand.Uint64(), rand.Uint64())
}

// keys returns the entry's key, its guard and who waits for a lease. What is in braces
// decides about the slot in a cluster: that of an entry is its whole key, unless it
// has braces already. Both names end in what no key of an entry ends in.
func (e *Leased) keys(key string) []string {
	beside := e.prefix + "{" + key + "}"
	if open := strings.IndexByte(key, '{'); open >= 0 && strings.IndexByte(key[open:], '}') > 1 {
		beside = key
	}
	return []string{key, beside + "%guard", beside + "%wait"}
}

// Read implements runtime.RemoteEngine. Where tokens are asked for they come in the
// same round trip, and before the entry: what is read may be older than them, not newer.
func (e *Leased) Read(ctx context.Context, reads []runtime.RemoteRead) error {
	if !reads[0].Fenced {
		return e.Engine.Read(ctx, reads)
	}
	tokens := e.tokenCalls(len(reads), func(i int) string { return reads[i].Key })
	gets := make([]*redis.StringCmd, len(reads))
	_, err := e.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range reads {
			tokens[i].pipe(ctx, p, tokenScript)
			gets[i] = e.command(ctx, p, reads[i].Key, false)
		}
		return nil
	})
	for i := range reads {
		if err := e.take(&reads[i], gets[i]); err != nil {
			reads[i].Err = redact(err)
		}
	}
	_, _ = sendUnknown(ctx, e.client, tokenScript, tokens) // each call has its error
	for i := range reads {
		reads[i].Token, _ = tokens[i].cmd.Text() // without one nothing is written back
	}
	return redact(whole(err, gets))
}

func (e *Leased) tokenCalls(n int, key func(i int) string) []scriptCall {
	calls := make([]scriptCall, n)
	for i := range calls {
		calls[i] = scriptCall{keys: e.keys(key(i)), args: []any{nonce(tokenKind), guardLife.Milliseconds()}}
	}
	return calls
}

// Tokens implements runtime.LeaseEngine.
func (e *Leased) Tokens(ctx context.Context, tokens []runtime.RemoteToken) error {
	calls := e.tokenCalls(len(tokens), func(i int) string { return tokens[i].Key })
	err := runScript(ctx, e.client, tokenScript, calls)
	for i := range tokens {
		var why error
		tokens[i].Token, why = calls[i].cmd.Text()
		tokens[i].Err = redact(why)
	}
	return redact(err)
}

// Write implements runtime.RemoteEngine.
func (e *Leased) Write(ctx context.Context, writes []runtime.RemoteWrite) error {
	calls := make([]scriptCall, len(writes))
	for i := range writes {
		w := &writes[i]
		calls[i] = scriptCall{keys: e.keys(w.Key), args: []any{w.Token, w.Raw.Data, expiry(w.Life).Milliseconds()}}
	}
	err := runScript(ctx, e.client, writeScript, calls)
	for i := range writes {
		done, why := calls[i].cmd.Int()
		switch {
		case why != nil:
			writes[i].Err = redact(why)
		case done == 0:
			writes[i].Err = runtime.ErrOvertaken
		default:
			writes[i].Err = nil
		}
	}
	return redact(err)
}

// Remove implements runtime.RemoteEngine. It is one command with all keys that belong
// together where the server lets no scripts run.
func (e *Leased) Remove(ctx context.Context, removes []runtime.RemoteRemove) error {
	calls := make([]scriptCall, len(removes))
	for i := range removes {
		calls[i] = scriptCall{keys: e.keys(removes[i].Key)}
	}
	err := runScript(ctx, e.client, removeScript, calls)
	for i := range removes {
		n, why := calls[i].cmd.Int()
		if noScripts(why) {
			n, why = e.removePlainly(ctx, calls[i].keys)
			if why == nil {
				err = nil
			}
		}
		removes[i].Removed, removes[i].Err = n, redact(why)
	}
	return redact(err)
}

// removePlainly cannot tell an entry from its guard in what DEL counts, so it asks.
func (e *Leased) removePlainly(ctx context.Context, keys []string) (removed int, err error) {
	n, err := e.client.Exists(ctx, keys[0]).Result()
	if err != nil {
		n = 1 // it may not be asked either
	}
	return int(n), e.client.Del(ctx, keys...).Err()
}

// Acquire implements runtime.LeaseEngine.
func (e *Leased) Acquire(ctx context.Context, leases []runtime.RemoteLease) error {
	e.expect(leases)
	err := e.acquire(ctx, leases)
	if err == nil && e.mustListen(leases) {
		// Nobody knows yet where to send a notice: those who have the leases are asked
		// again, and told.
		if err = e.listen(ctx); err == nil {
			err = e.acquire(ctx, leases)
		}
	}
	if err != nil {
		e.Forget(leases)
		return redact(err)
	}
	for i := range leases {
		if leases[i].State != runtime.LeaseHeld {
			e.Forget(leases[i : i+1])
		}
	}
	return nil
}

// acquire asks for the leases that are not taken yet.
func (e *Leased) acquire(ctx context.Context, leases []runtime.RemoteLease) error {
	channel := e.address()
	calls := make([]scriptCall, 0, len(leases))
	index := make([]int, 0, len(leases))
	for i := range leases {
		l := &leases[i]
		if l.State == runtime.LeaseTaken {
			continue
		}
		l.Token, l.State = nonce(leaseKind), runtime.LeaseNone
		calls = append(calls, scriptCall{keys: e.keys(l.Key), args: []any{
			l.Token, l.Life.Milliseconds(), l.Seen, l.Any, channel, max(l.Wanted.Milliseconds(), 1), runtime.SeenEnd,
		}})
		index = append(index, i)
	}
	err := runScript(ctx, e.client, acquireScript, calls)
	for j, i := range index {
		l := &leases[i]
		reply, why := calls[j].cmd.Int64Slice()
		if why != nil || len(reply) != 2 {
			l.Err = redact(why)
			continue
		}
		l.Err = nil
		l.State = runtime.LeaseState(reply[0])
		l.Left = time.Duration(reply[1]) * time.Millisecond
	}
	return err
}

// Renew implements runtime.LeaseEngine.
func (e *Leased) Renew(ctx context.Context, leases []runtime.RemoteLease) error {
	return e.each(ctx, renewScript, leases, func(l *runtime.RemoteLease) []any {
		return []any{l.Token, l.Life.Milliseconds()}
	})
}

// Release implements runtime.LeaseEngine.
func (e *Leased) Release(ctx context.Context, leases []runtime.RemoteLease, why runtime.LeaseNotice) error {
	return e.each(ctx, releaseScript, leases, func(l *runtime.RemoteLease) []any {
		return []any{l.Token, string(why)}
	})
}

// each runs a script for leases that answers whether the token was good.
func (e *Leased) each(ctx context.Context, s *redis.Script, leases []runtime.RemoteLease, args func(*runtime.RemoteLease) []any) error {
	calls := make([]scriptCall, len(leases))
	for i := range leases {
		calls[i] = scriptCall{keys: e.keys(leases[i].Key), args: args(&leases[i])}
	}
	err := runScript(ctx, e.client, s, calls)
	for i := range leases {
		good, why := calls[i].cmd.Int()
		leases[i].Err = redact(why)
		if why == nil && good == 0 {
			leases[i].State = runtime.LeaseNone
		}
	}
	return redact(err)
}
