package otel

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/cachegen/cachegen/runtime"
)

// Start implements runtime.Tracer.
func (r *Recorder) Start(ctx context.Context, s runtime.Step) (context.Context, func(runtime.Outcome)) {
	if s.Request != nil {
		ctx = trace.ContextWithSpan(ctx, trace.SpanFromContext(s.Request))
	}
	name, kind := s.Cache+" "+s.Op, trace.SpanKindInternal
	attributes := []attribute.KeyValue{
		attribute.String("cachegen.cache", s.Cache),
		attribute.String("cachegen.op", s.Op),
		attribute.Int("cachegen.keys", s.Keys),
	}
	if s.Tier != "" {
		name, kind = s.Tier+" "+s.Op, trace.SpanKindClient
		attributes = append(attributes, attribute.String("cachegen.tier", s.Tier))
	}
	ctx, span := r.tracer.Start(ctx, name,
		trace.WithTimestamp(s.Began), trace.WithSpanKind(kind), trace.WithAttributes(attributes...))
	return ctx, func(o runtime.Outcome) {
		if s.Op == "read" {
			span.SetAttributes(attribute.Int("cachegen.found", o.Found))
			if o.Status != "" {
				span.SetAttributes(attribute.String("cachegen.status", o.Status))
			}
		}
		if o.Err != nil {
			span.SetStatus(codes.Error, reason(o.Err))
		}
		span.End()
	}
}

// reason says what kind of error it is: its text may tell more than a trace should
// have.
func reason(err error) string {
	var panicked *runtime.PanicError
	switch {
	case errors.Is(err, runtime.ErrNotFound):
		return "not found"
	case errors.Is(err, runtime.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, runtime.ErrBusy):
		return "busy"
	case errors.Is(err, runtime.ErrTooLarge):
		return "too large"
	case errors.As(err, &panicked):
		return "panic"
	}
	return "failed"
}
