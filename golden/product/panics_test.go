package product

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/cachegen/cachegen/runtime"
)

// noPanics fails the test when a panic is logged: nothing here panics.
type noPanics struct {
	slog.Handler
	t *testing.T
}

func (h noPanics) Enabled(context.Context, slog.Level) bool { return true }

func (h noPanics) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		err, _ := a.Value.Any().(error)
		var p *runtime.PanicError
		if errors.As(err, &p) {
			h.t.Errorf("%s: %v\n%s", r.Message, err, p.Stack)
		}
		return true
	})
	return nil
}
