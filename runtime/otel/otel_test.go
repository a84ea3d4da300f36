package otel_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/golden/nested"
	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/otel"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is a cache of three tiers with everything that it shows.
type fixture struct {
	*nested.DocCache
	near, disk *fakebackend.Backend
	reader     *sdkmetric.ManualReader
	spans      *tracetest.SpanRecorder
	tracers    *sdktrace.TracerProvider
}

func open(t *testing.T) *fixture {
	t.Helper()
	ctx := context.Background()
	f := &fixture{
		near: fakebackend.New("near"), disk: fakebackend.New("disk"),
		reader: sdkmetric.NewManualReader(), spans: tracetest.NewSpanRecorder(),
	}
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(f.reader))
	f.tracers = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(f.spans))
	recorder, err := otel.New(otel.Options{Meters: meters, Tracers: f.tracers})
	if err != nil {
		t.Fatal(err)
	}
	f.DocCache, err = nested.NewDocCache(nested.DocCacheConfig{
		Near: f.near, Disk: f.disk,
		Options: runtime.Options{Metrics: recorder, Logger: slog.New(slog.DiscardHandler)},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(f.Close(ctx), recorder.Close(), meters.Shutdown(ctx), f.tracers.Shutdown(ctx)); err != nil {
			t.Error(err)
		}
	})
	return f
}

// tree returns the spans that have ended, each as "parent > name attributes", and
// forgets them.
func (f *fixture) tree() []string {
	names := map[string]string{}
	ended := f.spans.Ended()
	for _, s := range ended {
		names[s.SpanContext().SpanID().String()] = s.Name()
	}
	var list []string
	for _, s := range ended {
		line := s.Name()
		if s.Parent().IsValid() {
			line = names[s.Parent().SpanID().String()] + " > " + line
		}
		for _, a := range s.Attributes() {
			if k := string(a.Key); k == "cachegen.status" || k == "cachegen.found" {
				line += fmt.Sprintf(" %s=%s", strings.TrimPrefix(k, "cachegen."), a.Value.String())
			}
		}
		if s.Status().Code == codes.Error {
			line += " error: " + s.Status().Description
		}
		list = append(list, line)
	}
	f.spans.Reset()
	slices.Sort(list)
	return list
}

func (f *fixture) expect(t *testing.T, what string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := f.tree(); !slices.Equal(got, want) {
		t.Errorf("%s:\n\t%s\nwant\n\t%s", what, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestSpans(t *testing.T) {
	ctx := context.Background()
	f := open(t)
	load := func(context.Context, string) (nested.Doc, error) {
		return nested.Doc{ID: "k", Text: "secret value"}, nil
	}

	if _, err := f.GetOrLoad(ctx, "secret key", load); err != nil {
		t.Fatal(err)
	}
	f.expect(t, "a load",
		"DocCache read found=0 status=miss",
		"DocCache read > outer.inner.near read found=0 status=miss",
		"DocCache read > outer.disk read found=0 status=miss",
		"DocCache read > DocCache load",
		"DocCache read > outer.inner.near write",
		"DocCache read > outer.disk write",
	)
	if _, ok, err := f.Get(ctx, "secret key"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	f.expect(t, "a hit in memory")

	if err := f.Set(ctx, "a", nested.Doc{ID: "a"}); err != nil {
		t.Fatal(err)
	}
	f.expect(t, "Set", "DocCache write", "DocCache write > outer.inner.near write", "DocCache write > outer.disk write")
	if n, err := f.Delete(ctx, "a"); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	f.expect(t, "Delete", "DocCache remove", "DocCache remove > outer.inner.near remove", "DocCache remove > outer.disk remove")

	parent, span := f.tracers.Tracer("test").Start(ctx, "caller")
	f.near.Fail(errors.New("no connection while asking for secret key"))
	if _, err := f.GetMany(parent, []string{"b", "c"}); err != nil {
		t.Fatal(err) // the last tier has answered
	}
	span.End()
	f.expect(t, "GetMany while a tier is down",
		"caller",
		"caller > DocCache read found=0",
		"DocCache read > outer.inner.near read found=0 error: failed",
		"DocCache read > outer.disk read found=0",
	)
}

// TestNestedRequest gives what a loader asks of the cache a request of its own, below
// the load.
func TestNestedRequest(t *testing.T) {
	ctx := context.Background()
	f := open(t)
	_, err := f.GetOrLoad(ctx, "a", func(ctx context.Context, _ string) (nested.Doc, error) {
		_, _, err := f.Get(ctx, "b")
		return nested.Doc{}, errors.Join(err, runtime.ErrNotFound)
	})
	if !errors.Is(err, runtime.ErrNotFound) {
		t.Fatal(err)
	}
	f.expect(t, "a loader that reads",
		"DocCache read found=0 status=miss",
		"DocCache read > outer.inner.near read found=0 status=miss",
		"DocCache read > outer.disk read found=0 status=miss",
		"DocCache read > DocCache load error: not found",
		"DocCache load > DocCache read found=0 status=miss",
		"DocCache read > outer.inner.near read found=0 status=miss",
		"DocCache read > outer.disk read found=0 status=miss",
	)
}

// TestNothingLeaks looks for keys and values in all that a span has.
func TestNothingLeaks(t *testing.T) {
	ctx := context.Background()
	f := open(t)
	f.near.Fail(errors.New("secret"))
	f.disk.Fail(errors.New("secret"))
	_ = f.Set(ctx, "secret", nested.Doc{Text: "secret"})
	_, _, _ = f.Get(ctx, "secret2")
	_, _ = f.GetOrLoad(ctx, "secret3", func(context.Context, string) (nested.Doc, error) { panic("secret") })
	spans := f.spans.Ended()
	if len(spans) < 6 {
		t.Fatalf("%d spans", len(spans))
	}
	for _, s := range spans {
		if text := fmt.Sprint(s.Name(), s.Attributes(), s.Status(), s.Events()); strings.Contains(text, "secret") {
			t.Errorf("span %s", text)
		}
	}
}

// TestMetrics holds the figures after a sequence of operations.
func TestMetrics(t *testing.T) {
	ctx := context.Background()
	f := open(t)
	if err := f.Set(ctx, "a", nested.Doc{ID: "a"}); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "a", "b"} {
		if _, _, err := f.Get(ctx, key); err != nil {
			t.Fatal(err)
		}
	}
	var all metricdata.ResourceMetrics
	if err := f.reader.Collect(ctx, &all); err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, m := range all.ScopeMetrics[0].Metrics {
		sum, ok := m.Data.(metricdata.Sum[int64])
		if !ok {
			continue
		}
		for _, p := range sum.DataPoints {
			name := m.Name
			for _, a := range p.Attributes.ToSlice() {
				if a.Key != "cachegen.cache" {
					name += " " + a.Value.String()
				}
			}
			got[name] = p.Value
		}
	}
	for name, want := range map[string]int64{
		"cachegen.requests hit": 2, "cachegen.requests miss": 1, "cachegen.loads": 0,
		"cachegen.tier.reads hit outer.inner.memory": 2, "cachegen.tier.reads miss outer.inner.memory": 1,
		"cachegen.tier.reads miss outer.inner.near": 1, "cachegen.tier.reads hit outer.inner.near": 0,
		"cachegen.tier.operations write outer.disk": 1, "cachegen.tier.operations read outer.disk": 1,
		"cachegen.tier.timed read outer.disk": 1, "cachegen.tier.timed write outer.inner.near": 1,
		"cachegen.tier.errors read outer.disk": 0,
	} {
		if n, ok := got[name]; !ok || n != want {
			t.Errorf("%s is %d, want %d", name, n, want)
		}
	}
	if t.Failed() {
		t.Log(slices.Sorted(maps.Keys(got)))
	}
}
