package redistier

import (
	"context"
	"errors"
	"strings"

	"github.com/redis/go-redis/v9"
)

// The scripts of Leased. KEYS are the entry, its guard, and the channels of those who
// wait for a lease. A notice to them has the reason and the entry's key.
var (
	// ARGV: a new token, its life in ms. Returns the token that is good.
	tokenScript = redis.NewScript(`
local guard = redis.call('GET', KEYS[2])
if not guard then
	guard = ARGV[1]
	redis.call('SET', KEYS[2], guard, 'PX', ARGV[2])
elseif string.sub(guard, 1, 1) == 'w' then
	redis.call('PEXPIRE', KEYS[2], ARGV[2])
end
return guard
`)

	// ARGV: the token, the entry, its life in ms or 0. Returns 1, or 0 if the token is void.
	writeScript = redis.NewScript(`
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
if ARGV[3] == '0' then
	redis.call('SET', KEYS[1], ARGV[2])
else
	redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
redis.call('DEL', KEYS[2])
` + tell("'v'") + `
return 1
`)

	// Returns how many entries there were.
	removeScript = redis.NewScript(`
local removed = redis.call('DEL', KEYS[1])
redis.call('DEL', KEYS[2])
` + tell("'f'") + `
return removed
`)

	// ARGV: a new token, its life in ms, the end of the entry that was seen, whether that
	// does not matter, the channel to tell, for how long in ms, and how long the end is.
	// Returns the state of runtime.RemoteLease, and how long it will last. A token that is
	// there already comes from a client that has sent this twice.
	acquireScript = redis.NewScript(`
if ARGV[4] ~= '1' then
	local seen = redis.pcall('GETRANGE', KEYS[1], -ARGV[7], -1)
	if type(seen) == 'string' and seen ~= ARGV[3] then return {3, 0} end
end
local guard = redis.call('GET', KEYS[2])
if guard and guard ~= ARGV[1] and string.sub(guard, 1, 1) == 'l' then
	if ARGV[5] ~= '' then
		redis.call('SADD', KEYS[3], ARGV[5])
		if redis.call('PTTL', KEYS[3]) < tonumber(ARGV[6]) then
			redis.call('PEXPIRE', KEYS[3], ARGV[6])
		end
	end
	return {2, redis.call('PTTL', KEYS[2])}
end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return {1, 0}
`)

	// ARGV: the token, its life in ms. Returns whether it is good.
	renewScript = redis.NewScript(`
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[2], ARGV[2])
`)

	// ARGV: the token, the reason. Returns whether it was good.
	releaseScript = redis.NewScript(`
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
` + tell("ARGV[2]") + `
return 1
`)
)

// tell is the part of a script that tells those who wait why they should look again.
// They look by themselves before long, so it does no harm if that is not permitted.
func tell(why string) string {
	return `
local waiting = redis.call('SMEMBERS', KEYS[3])
for _, channel in ipairs(waiting) do
	redis.pcall('PUBLISH', channel, ` + why + ` .. KEYS[1])
end
if #waiting > 0 then redis.call('DEL', KEYS[3]) end`
}

// scriptCall is one run of a script, with its reply.
type scriptCall struct {
	keys []string
	args []any
	cmd  *redis.Cmd
}

// pipe sends the call by the script's hash.
func (c *scriptCall) pipe(ctx context.Context, p redis.Scripter, s *redis.Script) {
	c.cmd = s.EvalSha(ctx, p, c.keys, c.args...)
}

// runScript runs a script for several keys, in one round trip to each node that knows
// it. It returns the error of all of them together, if they have failed together.
func runScript(ctx context.Context, client redis.UniversalClient, s *redis.Script, calls []scriptCall) error {
	all := make([]*scriptCall, len(calls))
	for i := range calls {
		all[i] = &calls[i]
	}
	err := sendScript(ctx, client, all, func(p redis.Scripter, c *scriptCall) { c.pipe(ctx, p, s) })
	if unknown, again := sendUnknown(ctx, client, s, calls); unknown {
		err = again
	}
	cmds := make([]*redis.Cmd, len(calls))
	for i := range calls {
		cmds[i] = calls[i].cmd
	}
	return whole(err, cmds)
}

// sendUnknown sends the whole script for calls whose server does not know it, as after
// its restart, and reports whether there were any.
func sendUnknown(ctx context.Context, client redis.UniversalClient, s *redis.Script, calls []scriptCall) (unknown bool, err error) {
	var again []*scriptCall
	for i := range calls {
		if redis.HasErrorPrefix(calls[i].cmd.Err(), "NOSCRIPT") {
			again = append(again, &calls[i])
		}
	}
	if len(again) == 0 {
		return false, nil
	}
	return true, sendScript(ctx, client, again, func(p redis.Scripter, c *scriptCall) { c.cmd = s.Eval(ctx, p, c.keys, c.args...) })
}

func sendScript(ctx context.Context, client redis.UniversalClient, calls []*scriptCall, send func(redis.Scripter, *scriptCall)) error {
	if len(calls) == 1 {
		send(client, calls[0])
		return calls[0].cmd.Err()
	}
	_, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, c := range calls {
			send(p, c)
		}
		return nil
	})
	return err
}

// noScripts reports whether the server does not let us run scripts.
func noScripts(err error) bool {
	if err == nil || errors.Is(err, redis.Nil) {
		return false
	}
	text := err.Error()
	return strings.HasPrefix(text, "NOPERM") || strings.HasPrefix(text, "ERR unknown command")
}
