package otel

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/cachegen/cachegen/runtime"
)

// metrics are the instruments. A histogram cannot be observed by a callback, so
// durations are sums of seconds beside counts of operations that were timed.
type metrics struct {
	requests, loads, loadErrors, joined, extra, leases metric.Int64ObservableCounter
	tierReads, tierRejected, tierOps, tierFails        metric.Int64ObservableCounter
	tierIn, tierOut, tierTimed, tasks                  metric.Int64ObservableCounter
	tierTime, loadTime                                 metric.Float64ObservableCounter
	active                                             metric.Int64ObservableUpDownCounter
}

// instruments makes the instruments and registers the callback that feeds them.
func (r *Recorder) instruments(m metric.Meter) (metric.Registration, error) {
	var (
		s    metrics
		all  []metric.Observable
		fail error
	)
	note := func(o metric.Observable, err error) {
		all = append(all, o)
		if err != nil {
			fail = err
		}
	}
	counter := func(into *metric.Int64ObservableCounter, name, unit, help string) {
		c, err := m.Int64ObservableCounter(name, metric.WithUnit(unit), metric.WithDescription(help))
		*into = c
		note(c, err)
	}
	seconds := func(into *metric.Float64ObservableCounter, name, help string) {
		c, err := m.Float64ObservableCounter(name, metric.WithUnit("s"), metric.WithDescription(help))
		*into = c
		note(c, err)
	}
	counter(&s.requests, "cachegen.requests", "{key}", "Keys asked for, by what the cache answered.")
	counter(&s.loads, "cachegen.loads", "{load}", "Loaders called.")
	counter(&s.loadErrors, "cachegen.load.errors", "{load}", "Loaders that failed.")
	counter(&s.joined, "cachegen.load.joined", "{call}", "Callers that shared another's load.")
	counter(&s.extra, "cachegen.load.extra", "{key}", "Keys that loaders of batches returned unasked.")
	counter(&s.leases, "cachegen.leases", "{key}", "Keys of loads that processes share, by what became of them.")
	seconds(&s.loadTime, "cachegen.load.time", "How long loaders took, all together.")
	counter(&s.tierReads, "cachegen.tier.reads", "{key}", "Keys that a tier was asked for, by what it answered.")
	counter(&s.tierRejected, "cachegen.tier.rejected", "{entry}", "Entries of a tier that were corrupt, foreign or too large.")
	counter(&s.tierOps, "cachegen.tier.operations", "{key}", "Keys read, written and removed in a tier.")
	counter(&s.tierFails, "cachegen.tier.errors", "{key}", "Keys that a tier failed for.")
	counter(&s.tierIn, "cachegen.tier.written", "By", "Stored bytes written into a tier.")
	counter(&s.tierOut, "cachegen.tier.read", "By", "Stored bytes read from a tier.")
	counter(&s.tierTimed, "cachegen.tier.timed", "{operation}", "Operations of a tier that were timed; in memory one of 128.")
	seconds(&s.tierTime, "cachegen.tier.time", "How long the timed operations of a tier took, all together.")
	counter(&s.tasks, "cachegen.offload.tasks", "{task}", "Background work, by what became of it.")
	active, err := m.Int64ObservableUpDownCounter("cachegen.offload.active", metric.WithUnit("{task}"),
		metric.WithDescription("Background work that runs or waits now."))
	s.active = active
	note(active, err)
	if fail != nil {
		return nil, fail
	}
	return m.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		r.mu.Lock()
		caches, offloads := sources(r.caches), sources(r.offloads)
		r.mu.Unlock()
		for _, c := range caches {
			s.cache(o, c.name, c.stats())
		}
		for _, c := range offloads {
			s.offload(o, c.name, c.stats())
		}
		return nil
	}, all...)
}

// observe shows one figure with its attributes, given as names and values.
func observe(o metric.Observer, c metric.Int64Observable, n uint64, attributes ...string) {
	o.ObserveInt64(c, int64(n), metric.WithAttributes(pairs(attributes)...))
}

func observeTime(o metric.Observer, c metric.Float64Observable, t runtime.Timing, attributes ...string) {
	o.ObserveFloat64(c, t.Sum.Seconds(), metric.WithAttributes(pairs(attributes)...))
}

func pairs(s []string) []attribute.KeyValue {
	var all []attribute.KeyValue
	for i := 0; i < len(s); i += 2 {
		all = append(all, attribute.String("cachegen."+s[i], s[i+1]))
	}
	return all
}

func (s *metrics) cache(o metric.Observer, name string, c runtime.Stats) {
	for status, n := range map[string]uint64{"hit": c.Hits, "stale": c.Stale, "miss": c.Misses, "absent": c.Absent} {
		observe(o, s.requests, n, "cache", name, "status", status)
	}
	observe(o, s.loads, c.Loads, "cache", name)
	observe(o, s.loadErrors, c.LoadErrors, "cache", name)
	observe(o, s.joined, c.Joined, "cache", name)
	observe(o, s.extra, c.Extra, "cache", name)
	for status, n := range map[string]uint64{
		"taken": c.Leases.Taken, "waited": c.Leases.Waited, "shared": c.Leases.Shared,
		"given up": c.Leases.GivenUp, "refused": c.Leases.Refused, "error": c.Leases.Errors,
	} {
		if n > 0 { // a cache without leases has none of these
			observe(o, s.leases, n, "cache", name, "status", status)
		}
	}
	observeTime(o, s.loadTime, c.LoadTime, "cache", name)
	for i := range c.Tiers {
		s.tier(o, name, &c.Tiers[i])
	}
	s.offload(o, name, c.Offload)
}

func (s *metrics) tier(o metric.Observer, name string, t *runtime.TierStats) {
	for status, n := range map[string]uint64{"hit": t.Hits, "miss": t.Misses, "rejected": t.Rejected, "error": t.ReadErrors} {
		observe(o, s.tierReads, n, "cache", name, "tier", t.Path, "status", status)
	}
	for reason, n := range t.RejectedBy {
		observe(o, s.tierRejected, n, "cache", name, "tier", t.Path, "reason", reason)
	}
	for op, n := range map[string][2]uint64{
		"read": {t.Reads, t.ReadErrors}, "write": {t.Writes, t.WriteErrors}, "remove": {t.Removes, t.RemoveErrors},
	} {
		observe(o, s.tierOps, n[0], "cache", name, "tier", t.Path, "op", op)
		observe(o, s.tierFails, n[1], "cache", name, "tier", t.Path, "op", op)
	}
	observe(o, s.tierIn, t.BytesIn, "cache", name, "tier", t.Path)
	observe(o, s.tierOut, t.BytesOut, "cache", name, "tier", t.Path)
	for op, timing := range t.Times.All() {
		if timing.Count > 0 {
			observe(o, s.tierTimed, timing.Count, "cache", name, "tier", t.Path, "op", op)
			observeTime(o, s.tierTime, timing, "cache", name, "tier", t.Path, "op", op)
		}
	}
}

func (s *metrics) offload(o metric.Observer, name string, c runtime.OffloadStats) {
	for _, k := range c.Kinds {
		for status, n := range map[string]uint64{
			"started": k.Started, "done": k.Done, "shed": k.Shed, "deduplicated": k.Deduplicated,
			"panicked": k.Panicked, "timed_out": k.TimedOut,
		} {
			observe(o, s.tasks, n, "cache", name, "kind", k.Kind, "status", status)
		}
		observe(o, s.active, k.Running, "cache", name, "kind", k.Kind, "status", "running")
		observe(o, s.active, k.Queued, "cache", name, "kind", k.Kind, "status", "queued")
	}
}
