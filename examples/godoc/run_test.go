package main

import (
	"context"
	"go/build"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/VictoriaMetrics/fastcache"
	"github.com/google/go-cmp/cmp"

	"github.com/cachegen/cachegen/internal/redistest"
)

// some is a run over few packages.
var some = config{goroot: build.Default.GOROOT, packages: 8, reads: 300}

func TestRun(t *testing.T) {
	var out, bar strings.Builder
	if err := run(t.Context(), some, &out, &bar); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "embedded") {
		t.Error("it does not say that its Redis is embedded")
	}
	if bar.Len() > 0 {
		t.Errorf("a progress bar without a terminal: %q", bar.String())
	}
	want := []map[string]int{
		{"docs.memory": 0, "docs.redis": 0, "upstream": 8, "all": 8, "loads": 8},
		{"docs.memory": 300, "docs.redis": 0, "upstream": 0, "all": 300, "loads": 0},
		{"docs.memory": 292, "docs.redis": 8, "upstream": 0, "all": 300, "loads": 0},
	}
	if diff := cmp.Diff(want, tables(t, out.String())); diff != "" {
		t.Errorf("-want +got\n%s\n%s", diff, &out)
	}
}

// tables returns the reads in each table of a report, by their row.
func tables(t *testing.T, report string) []map[string]int {
	t.Helper()
	var all []map[string]int
	for _, table := range strings.Split(report, "answered by")[1:] {
		rows := make(map[string]int)
		for _, row := range regexp.MustCompile(`(?m)^ *([a-z.]+) +(\d+)\b`).FindAllStringSubmatch(table, -1) {
			rows[row[1]], _ = strconv.Atoi(row[2])
		}
		all = append(all, rows)
	}
	return all
}

// TestRunOverRedis runs twice over the same server: both begin cold.
func TestRunOverRedis(t *testing.T) {
	c := some
	c.redisURL = redistest.Shared(t).URL()
	for i := range 2 {
		var out strings.Builder
		if err := run(t.Context(), c, &out, &out); err != nil {
			t.Fatal(err)
		}
		if got := tables(t, out.String())[0]["loads"]; got != c.packages {
			t.Errorf("run %d: %d loads in the first phase, want %d", i, got, c.packages)
		}
		if got := strings.Contains(out.String(), "removed 8 entries of an earlier run"); got != (i == 1) {
			t.Errorf("run %d: told of entries of an earlier run: %v\n%s", i, got, &out)
		}
	}
}

func TestRunFails(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		name   string
		ctx    context.Context
		change func(*config)
		want   string
	}{
		{"no sources", t.Context(), func(c *config) { c.goroot = t.TempDir() }, "standard library"},
		{"no URL", t.Context(), func(c *config) { c.redisURL = "http://localhost" }, "REDIS_URL"},
		{"no Redis", t.Context(), func(c *config) { c.redisURL = "redis://user:secret@127.0.0.1:1" }, "no Redis at 127.0.0.1:1"},
		{"interrupted", ended, func(*config) {}, context.Canceled.Error()},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := some
			test.change(&c)
			var out strings.Builder
			err := run(test.ctx, c, &out, &out)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("error %v has the password", err)
			}
		})
	}
}

// TestSameFromEverywhere compares what the tiers return with what was loaded.
func TestSameFromEverywhere(t *testing.T) {
	memory := fastcache.New(256 << 20) // in a small one, the parts of a big entry may push each other out
	docs, err := NewPackageDocCache(PackageDocCacheConfig{Memory: memory, Redis: redistest.Shared(t).Client()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := docs.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	m := meter{docs: docs, upstream: stdlib{build.Default.GOROOT}}
	for _, path := range []string{"errors", "strings", "net/http"} { // the last is a big entry
		memory.Reset()
		p := m.begin()
		var got [3]PackageDoc
		for i, want := range []string{sourceUpstream, "docs.memory", "docs.redis"} {
			if want == "docs.redis" {
				memory.Reset()
			}
			if got[i], err = m.read(t.Context(), &p, path); err != nil {
				t.Fatal(err)
			}
			if from := p.reads[i].source; from != want {
				t.Errorf("%s: read %d came from %s, want %s", path, i, from, want)
			}
			if diff := cmp.Diff(got[0], got[i]); diff != "" {
				t.Errorf("%s from %s: -loaded +got\n%s", path, want, diff)
			}
		}
	}
}

func TestReadFails(t *testing.T) {
	docs, err := NewPackageDocCache(PackageDocCacheConfig{Redis: redistest.Shared(t).Client()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = docs.Close(context.Background()) }()
	m := meter{docs: docs, upstream: small}
	p := m.begin()
	if _, err := m.read(t.Context(), &p, "no/such"); err == nil || !strings.HasPrefix(err.Error(), "no/such: ") {
		t.Errorf("error %v does not say of which package", err)
	}
	if len(p.reads) != 0 {
		t.Error("a failed read was counted")
	}
}

func TestByImporters(t *testing.T) {
	got := byImporters([]PackageDoc{
		{ImportPath: "a", Imports: []string{"b", "c"}},
		{ImportPath: "b", Imports: []string{"c"}},
		{ImportPath: "c"},
		{ImportPath: "d", Imports: []string{"c"}},
	})
	if diff := cmp.Diff([]string{"c", "b", "a", "d"}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
