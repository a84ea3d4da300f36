package runtime

import "log/slog"

// Options are what a cache can be given besides its tiers. The zero value
// works.
type Options struct {
	Offload *Offload     // background work; nil: an own one, ended by Close
	Clock   Clock        // nil: the real one
	Logger  *slog.Logger // nil: slog.Default()
	Metrics Recorder     // nil: only Stats
}

// Recorder collects the counters of caches, for a metrics system. One that is a Tracer
// too is shown the requests that leave memory.
type Recorder interface {
	// Register is called once for each cache, when it is made, with its name
	// and a function that reads its counters and may be called at any time.
	// What it returns is called by Close.
	Register(cache string, stats func() Stats) (unregister func())
}
