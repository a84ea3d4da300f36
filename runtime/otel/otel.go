package otel

import (
	"sync"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/cachegen/cachegen/runtime"
)

// scope names what makes the metrics and spans.
const scope = "github.com/cachegen/cachegen/runtime/otel"

// Options say where metrics and spans go.
type Options struct {
	Meters  metric.MeterProvider // nil: the global one
	Tracers trace.TracerProvider // nil: the global one
}

// Recorder is a runtime.Recorder and a runtime.Tracer.
type Recorder struct {
	tracer       trace.Tracer
	registration metric.Registration

	mu       sync.Mutex
	next     int
	caches   map[int]source[runtime.Stats]
	offloads map[int]source[runtime.OffloadStats]
}

// source is where the figures of one name come from.
type source[S any] struct {
	name  string
	stats func() S
}

var (
	_ runtime.Recorder = (*Recorder)(nil)
	_ runtime.Tracer   = (*Recorder)(nil)
)

// New returns a Recorder that knows no cache yet.
func New(opts Options) (*Recorder, error) {
	if opts.Meters == nil {
		opts.Meters = otel.GetMeterProvider()
	}
	if opts.Tracers == nil {
		opts.Tracers = otel.GetTracerProvider()
	}
	r := &Recorder{
		tracer: opts.Tracers.Tracer(scope),
		caches: map[int]source[runtime.Stats]{}, offloads: map[int]source[runtime.OffloadStats]{},
	}
	var err error
	r.registration, err = r.instruments(opts.Meters.Meter(scope))
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Close ends the metrics of all caches.
func (r *Recorder) Close() error { return r.registration.Unregister() }

// Register implements runtime.Recorder.
func (r *Recorder) Register(cache string, stats func() runtime.Stats) (unregister func()) {
	return register(r, r.caches, source[runtime.Stats]{cache, stats})
}

// RegisterOffload shows the background work of an Offload that caches share, under a
// name in the place of a cache's. That of a cache's own Offload is shown with the cache.
func (r *Recorder) RegisterOffload(name string, o *runtime.Offload) (unregister func()) {
	return register(r, r.offloads, source[runtime.OffloadStats]{name, o.Stats})
}

func register[S any](r *Recorder, all map[int]source[S], s source[S]) (unregister func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := r.next
	r.next++
	all[id] = s
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(all, id)
	}
}

func sources[S any](all map[int]source[S]) []source[S] {
	list := make([]source[S], 0, len(all))
	for _, s := range all {
		list = append(list, s)
	}
	return list
}
