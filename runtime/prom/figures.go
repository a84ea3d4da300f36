package prom

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/cachegen/cachegen/runtime"
)

// The metrics. Their names are what people's dashboards rely on.
var (
	descs []*prometheus.Desc

	requests   = describe("cachegen_requests_total", "Keys asked for, by what the cache answered.", "cache", "status")
	loads      = describe("cachegen_loads_total", "Loaders called.", "cache")
	loadErrors = describe("cachegen_load_errors_total", "Loaders that failed.", "cache")
	joined     = describe("cachegen_loads_joined_total", "Callers that shared another's load.", "cache")
	extra      = describe("cachegen_loads_extra_total", "Keys that loaders of batches returned unasked.", "cache")
	leases     = describe("cachegen_leases_total", "Keys of loads that processes share, by what became of them.", "cache", "status")
	loadTime   = describe("cachegen_load_seconds", "How long loaders took.", "cache")

	tierReads    = describe("cachegen_tier_reads_total", "Keys that a tier was asked for, by what it answered.", "cache", "tier", "status")
	tierRejected = describe("cachegen_tier_rejected_total", "Entries of a tier that were corrupt, foreign or too large.", "cache", "tier", "reason")
	tierOps      = describe("cachegen_tier_operations_total", "Keys read, written and removed in a tier.", "cache", "tier", "op")
	tierErrors   = describe("cachegen_tier_errors_total", "Keys that a tier failed for.", "cache", "tier", "op")
	tierIn       = describe("cachegen_tier_written_bytes_total", "Stored bytes written into a tier.", "cache", "tier")
	tierOut      = describe("cachegen_tier_read_bytes_total", "Stored bytes read from a tier.", "cache", "tier")
	tierTime     = describe("cachegen_tier_seconds", "How long operations of a tier took; in memory one of 128 is timed.", "cache", "tier", "op")

	tasks       = describe("cachegen_offload_tasks_total", "Background work, by what became of it.", "cache", "kind", "status")
	tasksActive = describe("cachegen_offload_tasks", "Background work that runs or waits now.", "cache", "kind", "status")
)

func describe(name, help string, labels ...string) *prometheus.Desc {
	d := prometheus.NewDesc(name, help, labels, nil)
	descs = append(descs, d)
	return d
}

// series is one metric with its labels, of which none has more than three.
type series struct {
	desc   *prometheus.Desc
	labels [3]string
	n      int
}

// figures are what one scrape shows.
type figures struct {
	counts map[series]uint64
	gauges map[series]uint64
	times  map[series]runtime.Timing
}

func newFigures() *figures {
	return &figures{counts: map[series]uint64{}, gauges: map[series]uint64{}, times: map[series]runtime.Timing{}}
}

func at(d *prometheus.Desc, labels ...string) series {
	s := series{desc: d, n: len(labels)}
	copy(s.labels[:], labels)
	return s
}

// cache adds the figures of a cache.
func (f *figures) cache(name string, s runtime.Stats) {
	for status, n := range map[string]uint64{"hit": s.Hits, "stale": s.Stale, "miss": s.Misses, "absent": s.Absent} {
		f.counts[at(requests, name, status)] += n
	}
	f.counts[at(loads, name)] += s.Loads
	f.counts[at(loadErrors, name)] += s.LoadErrors
	f.counts[at(joined, name)] += s.Joined
	f.counts[at(extra, name)] += s.Extra
	for status, n := range map[string]uint64{
		"taken": s.Leases.Taken, "waited": s.Leases.Waited, "shared": s.Leases.Shared,
		"given up": s.Leases.GivenUp, "refused": s.Leases.Refused, "error": s.Leases.Errors,
	} {
		if n > 0 { // a cache without leases has none of these
			f.counts[at(leases, name, status)] += n
		}
	}
	f.time(at(loadTime, name), s.LoadTime)
	for _, t := range s.Tiers {
		f.tier(name, t)
	}
	f.offload(name, s.Offload)
}

func (f *figures) tier(name string, t runtime.TierStats) {
	for status, n := range map[string]uint64{"hit": t.Hits, "miss": t.Misses, "rejected": t.Rejected, "error": t.ReadErrors} {
		f.counts[at(tierReads, name, t.Path, status)] += n
	}
	for reason, n := range t.RejectedBy {
		f.counts[at(tierRejected, name, t.Path, reason)] += n
	}
	for op, n := range map[string][2]uint64{
		"read": {t.Reads, t.ReadErrors}, "write": {t.Writes, t.WriteErrors}, "remove": {t.Removes, t.RemoveErrors},
	} {
		f.counts[at(tierOps, name, t.Path, op)] += n[0]
		f.counts[at(tierErrors, name, t.Path, op)] += n[1]
	}
	f.counts[at(tierIn, name, t.Path)] += t.BytesIn
	f.counts[at(tierOut, name, t.Path)] += t.BytesOut
	for op, timing := range t.Times.All() {
		if timing.Count > 0 {
			f.time(at(tierTime, name, t.Path, op), timing)
		}
	}
}

func (f *figures) offload(name string, s runtime.OffloadStats) {
	for _, k := range s.Kinds {
		for status, n := range map[string]uint64{
			"started": k.Started, "done": k.Done, "shed": k.Shed, "deduplicated": k.Deduplicated,
			"panicked": k.Panicked, "timed_out": k.TimedOut,
		} {
			f.counts[at(tasks, name, k.Kind, status)] += n
		}
		f.gauges[at(tasksActive, name, k.Kind, "running")] += k.Running
		f.gauges[at(tasksActive, name, k.Kind, "queued")] += k.Queued
	}
}

func (f *figures) time(s series, t runtime.Timing) {
	sum := f.times[s]
	sum.Add(t)
	f.times[s] = sum
}

// send hands all figures to a scrape.
func (f *figures) send(ch chan<- prometheus.Metric) {
	for s, n := range f.counts {
		ch <- prometheus.MustNewConstMetric(s.desc, prometheus.CounterValue, float64(n), s.labels[:s.n]...)
	}
	for s, n := range f.gauges {
		ch <- prometheus.MustNewConstMetric(s.desc, prometheus.GaugeValue, float64(n), s.labels[:s.n]...)
	}
	bounds := runtime.TimingBounds()
	for s, t := range f.times {
		buckets, sum := make(map[float64]uint64, len(bounds)), uint64(0)
		for i, bound := range bounds {
			sum += t.Buckets[i]
			buckets[float64(bound)/float64(time.Second)] = sum
		}
		ch <- prometheus.MustNewConstHistogram(s.desc, t.Count, t.Sum.Seconds(), buckets, s.labels[:s.n]...)
	}
}
