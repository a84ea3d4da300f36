// Package otel shows caches to OpenTelemetry: their counters as metrics, and as spans
// the requests that leave memory.
//
//	caches ──Register──> Recorder <──callback── MeterProvider <── reader
//	       ──Start─────>    │
//	                        └──spans──> TracerProvider
//
// One Recorder serves all caches of a program:
//
//	recorder, err := otel.New(otel.Options{})
//	cache, err := NewProductCache(ProductCacheConfig{Options: runtime.Options{Metrics: recorder}})
//
// A request has a span, and below it there is one for each tier outside the process that
// is asked, and one for the load. The attributes are cache, tier (the source path), op,
// status and the number of keys; keys, values and the texts of errors are never in them.
package otel
