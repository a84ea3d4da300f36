// Package prom shows the counters of caches to Prometheus.
//
//	caches ──Register──> Collector <──Collect── prometheus.Registry <── scrape
//
// One Collector serves all caches of a program:
//
//	metrics := prom.New()
//	prometheus.MustRegister(metrics)
//	cache, err := NewProductCache(ProductCacheConfig{Options: runtime.Options{Metrics: metrics}})
//
// It does nothing between two scrapes, and a cache pays nothing for it. The labels
// are cache, tier (the source path), op, status, reason and kind; keys and values
// are never among them. The figures of caches of one name are added up.
package prom
