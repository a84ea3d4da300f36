package prom

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/cachegen/cachegen/runtime"
)

// Collector is a runtime.Recorder and a prometheus.Collector.
type Collector struct {
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
	_ runtime.Recorder     = (*Collector)(nil)
	_ prometheus.Collector = (*Collector)(nil)
)

// New returns a Collector that knows no cache yet.
func New() *Collector {
	return &Collector{caches: map[int]source[runtime.Stats]{}, offloads: map[int]source[runtime.OffloadStats]{}}
}

// Register implements runtime.Recorder.
func (c *Collector) Register(cache string, stats func() runtime.Stats) (unregister func()) {
	return register(c, c.caches, source[runtime.Stats]{cache, stats})
}

// RegisterOffload shows the background work of an Offload that caches share, under a
// name in the place of a cache's. That of a cache's own Offload is shown with the cache.
func (c *Collector) RegisterOffload(name string, o *runtime.Offload) (unregister func()) {
	return register(c, c.offloads, source[runtime.OffloadStats]{name, o.Stats})
}

func register[S any](c *Collector, all map[int]source[S], s source[S]) (unregister func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := c.next
	c.next++
	all[id] = s
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(all, id)
	}
}

// Describe implements prometheus.Collector.
func (c *Collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range descs {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	c.mu.Lock()
	caches, offloads := sources(c.caches), sources(c.offloads)
	c.mu.Unlock()
	f := newFigures()
	for _, s := range caches { // not under the lock: it is the cache's code
		f.cache(s.name, s.stats())
	}
	for _, s := range offloads {
		f.offload(s.name, s.stats())
	}
	f.send(ch)
}

func sources[S any](all map[int]source[S]) []source[S] {
	list := make([]source[S], 0, len(all))
	for _, s := range all {
		list = append(list, s)
	}
	return list
}
