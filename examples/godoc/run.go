package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/VictoriaMetrics/fastcache"
)

// run shows the cache at work: the report goes to out, the progress bar to bar.
func run(ctx context.Context, c config, out, bar io.Writer) (err error) {
	upstream := stdlib{c.goroot}
	paths, err := upstream.packages()
	if err != nil {
		return err
	}
	if 0 < c.packages && c.packages < len(paths) {
		paths = paths[:c.packages]
	}

	server, err := openRedis(ctx, c.redisURL)
	if err != nil {
		return err
	}
	defer server.close()
	memory := fastcache.New(256 << 20) // ours, since the third phase clears it
	docs, err := NewPackageDocCache(PackageDocCacheConfig{Memory: memory, Redis: server.client})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, docs.Close(context.WithoutCancel(ctx))) }()
	defer memory.Reset()

	fmt.Fprintf(out, "cache  %v\nredis  %s\n", docs, server.about)
	removed, err := docs.DeleteMany(ctx, paths) // an earlier run may have left some
	if err != nil {
		return err
	}
	if removed > 0 {
		fmt.Fprintf(out, "       removed %d entries of an earlier run, to begin cold\n", removed)
	}

	m := meter{docs: docs, upstream: upstream}
	cold, all, err := m.readOnce(ctx, paths, &progress{out: bar, width: c.width, total: len(paths)})
	if err != nil {
		return err
	}
	report(out, fmt.Sprintf("cold: each of %d packages once", len(paths)), cold)

	popular := byImporters(all)
	warm, err := m.readSkewed(ctx, popular, c.reads)
	if err != nil {
		return err
	}
	report(out, fmt.Sprintf("warm: %d reads, popular packages more often", c.reads), warm)

	memory.Reset()
	cleared, err := m.readSkewed(ctx, popular, c.reads)
	if err != nil {
		return err
	}
	report(out, "memory cleared: the same reads again", cleared)

	summarize(out, cold.of(sourceUpstream), cleared.of("docs.redis"), warm.of("docs.memory"))
	return nil
}

// summarize says how many times faster the caches are, by the median read.
func summarize(out io.Writer, upstream, redis, memory []time.Duration) {
	cold, far, near := median(upstream), median(redis), median(memory)
	if near == 0 || far == 0 {
		return // nothing was read
	}
	fmt.Fprintf(out, "\nA read from memory is %.0f times faster than one from the sources, one from Redis %.0f times.\n",
		float64(cold)/float64(near), float64(cold)/float64(far))
}
