package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	cachert "github.com/cachegen/cachegen/runtime"
)

// sourceUpstream is where a value came from that had to be loaded.
const sourceUpstream = "upstream"

// meter reads from the cache with a watch in its hand. One read at a time, so
// that the counters of the cache tell who has answered it.
type meter struct {
	docs     *PackageDocCache
	upstream stdlib
}

// phase is what a series of reads has shown.
type phase struct {
	sources []string // those that there are, nearest first
	reads   []read
	loads   uint64 // as the cache has counted them
}

// read is one call of GetOrLoad.
type read struct {
	source string
	took   time.Duration
}

// of returns how long the reads took that one source has answered.
func (p phase) of(source string) []time.Duration {
	var took []time.Duration
	for _, r := range p.reads {
		if r.source == source {
			took = append(took, r.took)
		}
	}
	return took
}

// all returns how long the reads took.
func (p phase) all() []time.Duration {
	took := make([]time.Duration, len(p.reads))
	for i, r := range p.reads {
		took[i] = r.took
	}
	return took
}

// readOnce reads every package once.
func (m meter) readOnce(ctx context.Context, paths []string, bar *progress) (phase, []PackageDoc, error) {
	defer bar.clear()
	p := m.begin()
	all := make([]PackageDoc, len(paths))
	for i, path := range paths {
		bar.show(i, path)
		var err error
		if all[i], err = m.read(ctx, &p, path); err != nil {
			return p, nil, err
		}
	}
	return p, all, nil
}

// readSkewed makes n reads of packages that are sorted by popularity, as a
// public site would see them: Zipf's law, the same reads each time.
func (m meter) readSkewed(ctx context.Context, paths []string, n int) (phase, error) {
	p := m.begin()
	zipf := rand.NewZipf(rand.New(rand.NewPCG(1, 2)), 1.1, 1, uint64(len(paths)-1))
	for range n {
		if _, err := m.read(ctx, &p, paths[zipf.Uint64()]); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (m meter) begin() phase {
	var p phase
	for _, tier := range m.docs.Stats().Tiers {
		p.sources = append(p.sources, tier.Path)
	}
	p.sources = append(p.sources, sourceUpstream)
	return p
}

// read makes one read and notes it.
func (m meter) read(ctx context.Context, p *phase, path string) (PackageDoc, error) {
	before := m.docs.Stats()
	start := time.Now()
	d, err := m.docs.GetOrLoad(ctx, path, m.upstream.load)
	took := time.Since(start)
	if err != nil {
		return d, fmt.Errorf("%s: %w", path, err)
	}
	after := m.docs.Stats()
	p.reads = append(p.reads, read{source: source(before, after), took: took})
	p.loads += after.Loads - before.Loads
	return d, nil
}

// source returns the path of the tier that has had a hit between two readings of
// the counters.
func source(before, after cachert.Stats) string {
	for i, tier := range after.Tiers {
		if tier.Hits > before.Tiers[i].Hits {
			return tier.Path
		}
	}
	return sourceUpstream
}

// byImporters returns the import paths of packages, those first that most of the
// others import.
func byImporters(all []PackageDoc) []string {
	importers := make(map[string]int)
	paths := make([]string, len(all))
	for i, d := range all {
		paths[i] = d.ImportPath
		for _, path := range d.Imports {
			importers[path]++
		}
	}
	slices.SortStableFunc(paths, func(a, b string) int { return cmp.Compare(importers[b], importers[a]) })
	return paths
}
