package runtime

import (
	"context"
	"errors"
	"time"
)

// LeaseEngine is a RemoteEngine that processes share and that orders what they do to
// a key, for caches with lease=.
//
// Each write brings a token. It stands for what has happened to the key: a write or a
// remove of anybody voids all tokens that there were, and a write whose token is void
// is refused, however late it arrives. So a token is taken before the value is known
// that is to be written: before it is loaded, or read elsewhere.
//
// A lease is a token that one process has at a time, with the promise to load.
type LeaseEngine interface {
	// RemoteEngine is as ever, except that Write refuses what its Token does not
	// allow with ErrOvertaken, and that Read takes tokens where it is asked to.
	RemoteEngine
	// Tokens sets the token of each key.
	Tokens(ctx context.Context, keys []RemoteToken) error
	// Acquire sets the state of each lease, and the token of those that are taken.
	// Wake of those that are held elsewhere is called, once or more, as soon as it is
	// worth while to look again, until Forget.
	Acquire(ctx context.Context, leases []RemoteLease) error
	// Renew lengthens the life of leases. One that is not the caller's any more has
	// another state than LeaseTaken then.
	Renew(ctx context.Context, leases []RemoteLease) error
	// Release gives leases back without a write, and tells those who wait why.
	Release(ctx context.Context, leases []RemoteLease, why LeaseNotice) error
	// Forget ends the calls of Wake. It does not wait for anything.
	Forget(leases []RemoteLease)
	// Close ends what Acquire has begun. It does not close the client.
	Close()
}

// RemoteToken is a key that is going to be written.
type RemoteToken struct {
	Key   string
	Token string // set by the engine
	Err   error  // set by the engine
}

// RemoteLease is a key that is going to be loaded.
type RemoteLease struct {
	Key    string
	Seen   []byte                // the end of what the key held when it was read; empty: nothing
	Any    bool                  // it is not known what the key held
	Life   time.Duration         // of the lease, unless it is renewed
	Wanted time.Duration         // how long somebody is going to wait for it at most
	Wake   func(why LeaseNotice) // must not block

	// Set by the engine.
	State  LeaseState
	Token  string        // of a lease that is taken
	Left   time.Duration // until a lease that is held elsewhere ends, unless it is renewed
	Err    error
	Waiter any // for the engine's own use
}

// SeenEnd is how many bytes of an entry RemoteLease.Seen has at most: its checksum is
// among them.
const SeenEnd = 8

// LeaseState says what became of a lease.
type LeaseState uint8

const (
	// LeaseNone: nothing is known, as after an error.
	LeaseNone LeaseState = iota
	// LeaseTaken: it is the caller's, who is to load the key.
	LeaseTaken
	// LeaseHeld: another process has it.
	LeaseHeld
	// LeaseFilled: the key holds something else than what was Seen.
	LeaseFilled
)

// LeaseNotice says why somebody who waits for a lease should look again.
type LeaseNotice byte

const (
	// NoticeFilled: the key has been written.
	NoticeFilled LeaseNotice = 'v'
	// NoticeFree: the lease is free, and nothing has been written.
	NoticeFree LeaseNotice = 'f'
	// NoticeNothing: there is an answer that is not stored, so everybody needs his own.
	NoticeNothing LeaseNotice = 'n'
)

// ErrOvertaken is set by a LeaseEngine for a write whose token is void: the key has
// been written or removed since it was taken.
var ErrOvertaken = errors.New("the key has been written or removed meanwhile")

// LeaseStats are the counters of a cache with lease=. They count keys.
type LeaseStats struct {
	Taken   uint64 // loads under a lease
	Waited  uint64 // keys that another process was loading
	Shared  uint64 // keys that another process had loaded by then
	GivenUp uint64 // keys that were loaded without a lease, since others had it for as long as lease=
	Refused uint64 // writes that came too late: another process has written or removed the key
	Errors  uint64 // leases and tokens that Redis was asked for in vain: loads went without
}
