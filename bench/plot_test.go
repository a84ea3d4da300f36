package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cachegen/cachegen/bench/measure"
)

// TestPlots draws what is hard to draw: few values, near ones, and far ones. PLOTS is
// a directory to leave them in for whoever wants to look.
func TestPlots(t *testing.T) {
	dir := os.Getenv("PLOTS")
	if dir == "" {
		dir = t.TempDir()
	}
	series := func(of ...float64) measure.Series { return measure.Series{clock: of, measure.CPU: of} }
	r := &run{results: measure.Results{
		"near/a/ours": series(46_000, 47_000), "near/b/ours": series(52_000, 53_000),
		"near/a/limit, bytes": series(46_000, 47_000), "near/b/limit, bytes": series(51_000, 52_500),
		"near/a/otter": series(48_000), "near/b/otter": series(49_000),
		"far/a/ours": series(6), "far/b/ours": series(8e8), "far/a/map": series(80), "far/b/map": series(90),
	}}
	near, far := map[float64]string{64: "near/a", 1 << 20: "near/b"}, map[float64]string{1: "far/a", 1e7: "far/b"}
	for _, c := range []curve{
		{"near", "bytes of the value", "ns", "", near, []string{"limit, bytes", "ours", "otter"}},
		{"far", "entries", "ns", "", far, []string{"ours", "map"}},
	} {
		name, err := r.drawCurve(dir, experiment{title: "test"}, c)
		drawn(t, dir, name, err, c.cases...)
	}
	g := measure.Group{Name: "near/a", Base: "limit, bytes", Cases: []measure.Case{{Name: "limit, bytes"}, {Name: "ours"}, {Name: "otter"}}}
	name, err := r.drawRatios(dir, g)
	drawn(t, dir, name, err, "limit, bytes", "ours", "otter", ">0.5<", ">1<", ">2<")
}

// drawn reports what a plot does not say.
func drawn(t *testing.T, dir, name string, err error, texts ...string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		if !strings.Contains(string(data), text) {
			t.Errorf("%s does not say %q", name, text)
		}
	}
}
