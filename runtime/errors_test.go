package runtime

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestBothFailedError(t *testing.T) {
	near, far := errors.New("near is full"), &TierError{Path: "products.redis", Op: "write", Err: ErrTimeout}
	err := fmt.Errorf("set: %w", &BothFailedError{L1: near, L2: far})
	check(t, err.Error(), "set: both cache layers failed: L1: near is full; L2: products.redis: write: timed out")
	var both *BothFailedError
	if !errors.As(err, &both) || !errors.Is(both.L1, near) || !errors.Is(both.L2, far) {
		t.Errorf("As: %v", both)
	}
	for _, cause := range []error{near, far, ErrTimeout} {
		check(t, errors.Is(err, cause), true)
	}
	check(t, errors.Is(err, ErrBusy), false)
	var tier *TierError
	check(t, errors.As(err, &tier), true)
	check(t, tier.Path, "products.redis")

	nested := &BothFailedError{L1: &BothFailedError{L1: near, L2: ErrBusy}, L2: far}
	check(t, errors.Is(nested, ErrBusy), true)
	check(t, strings.Count(nested.Error(), "both cache layers failed"), 2)
}

func TestPanicError(t *testing.T) {
	err := protect(func() error { panic(fmt.Errorf("inner: %w", errDown)) })
	var p *PanicError
	check(t, errors.As(err, &p), true)
	check(t, errors.Is(err, errDown), true)
	check(t, strings.Contains(err.Error(), "panic: inner: server is down"), true)
	check(t, strings.Contains(err.Error(), "TestPanicError"), true) // the stack

	err = protect(func() error { panic("text") })
	check(t, errors.As(err, &p), true)
	check(t, p.Unwrap(), nil)
	err = protect(func() error { panic(nil) })
	check(t, errors.As(err, &p), true)
	check(t, protect(func() error { return errDown }), errDown)
	check(t, errGoexit.Error(), "cachegen: runtime.Goexit was called in a callback")
}

func TestNames(t *testing.T) {
	check(t, fmt.Sprint(Miss, Hit, Stale, Absent), "miss hit stale absent")
	check(t, fmt.Sprint(Direct, Refill), "direct refill")
	_ = Status(200).String() // no panic
	_ = ReadMode(200).String()
}
