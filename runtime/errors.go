package runtime

import (
	"errors"
	"fmt"
)

var (
	// ErrNotFound is for loaders: the source of truth has no value under the
	// key. GetOrLoad passes it on.
	ErrNotFound = errors.New("cachegen: not found")
	// ErrClosed is returned by every use of a cache after its Close.
	ErrClosed = errors.New("cachegen: cache is closed")
	// ErrTimeout is the cause when a tier did not answer within its timeout=.
	ErrTimeout = errors.New("timed out")
	// ErrLoadTimeout is returned when a loader did not answer within load-timeout=.
	ErrLoadTimeout = errors.New("cachegen: load timed out")
	// ErrTooLarge is the cause when a value to store exceeds max-value=, or has more
	// than 4 GiB of strings.
	ErrTooLarge = errors.New("value is larger than max-value")
	// ErrBusy is the cause when a tier is not asked, because too many calls
	// hang inside its client, or an earlier write of the key has not ended.
	ErrBusy = errors.New("tier is busy with calls that do not return")
	// ErrRecursiveLoad is returned by GetOrLoad when a loader asks its own
	// cache for the key that it is loading.
	ErrRecursiveLoad = errors.New("cachegen: a loader asks for the key it is loading")
	// ErrCorrupt is what a decoder says of bytes that are no encoding of its
	// type. It does not reach callers: such an entry is a miss.
	ErrCorrupt = errors.New("cachegen: corrupt encoding")
	// ErrDepth is returned for values nested deeper than a stored form may be,
	// such as cyclic ones.
	ErrDepth = errors.New("cachegen: value is nested too deeply or cyclic")
)

// BothFailedError says that both parts of a composition failed.
type BothFailedError struct {
	L1, L2 error // what each part said; of a composition, it can be another BothFailedError
}

// Error names each layer with its cause.
func (e *BothFailedError) Error() string {
	return fmt.Sprintf("both cache layers failed: L1: %v; L2: %v", e.L1, e.L2)
}

// Unwrap returns both causes.
func (e *BothFailedError) Unwrap() []error { return []error{e.L1, e.L2} }

// TierError says which tier failed at what.
type TierError struct {
	Path string // source path of the tier: "products.redis"
	Op   string // read, write or remove
	Err  error  // the client's own, or ErrTimeout, ErrBusy, ErrTooLarge, or the context's
}

// Error returns the path, the operation and the cause.
func (e *TierError) Error() string { return e.Path + ": " + e.Op + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *TierError) Unwrap() error { return e.Err }

// PanicError is a panic, or a call of runtime.Goexit, in code that the cache
// called: a loader, a codec or a tier.
type PanicError struct {
	Value any    // what was passed to panic; nil for Goexit
	Stack []byte // as runtime/debug.Stack prints it
}

// Error returns the panic's text and its stack.
func (e *PanicError) Error() string {
	if e.Value == nil {
		return "cachegen: runtime.Goexit was called in a callback"
	}
	return fmt.Sprintf("cachegen: panic: %v\n%s", e.Value, e.Stack)
}

// Unwrap returns the panic's value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
