package main

import (
	"strings"
	"testing"
	"time"
)

func TestQuantile(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[len(hundred)-1-i] = time.Duration(i + 1)
	}
	for _, test := range []struct {
		name string
		took []time.Duration
		q    float64
		want time.Duration
	}{
		{"none", nil, 0.5, 0},
		{"one", []time.Duration{7}, 0.99, 7},
		{"median of two", []time.Duration{9, 1}, 0.5, 1},
		{"median of three", []time.Duration{9, 1, 5}, 0.5, 5},
		{"least", hundred, 0, 1},
		{"median", hundred, 0.5, 50},
		{"p99", hundred, 0.99, 99},
		{"most", hundred, 1, 100},
	} {
		if got := quantile(test.took, test.q); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
	if hundred[0] != 100 {
		t.Error("quantile has sorted its input")
	}
}

func TestShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                                    "0s",
		999:                                  "999ns",
		1234:                                 "1.23µs",
		9996:                                 "10µs",
		30_409_515:                           "30.4ms",
		2*time.Second + 345*time.Millisecond: "2.35s",
	} {
		if got := short(d).String(); got != want {
			t.Errorf("short(%d) = %s, want %s", d, got, want)
		}
	}
}

func TestReport(t *testing.T) {
	p := phase{sources: []string{"docs.memory", "docs.redis", sourceUpstream}, loads: 1}
	for i := range 99 {
		p.reads = append(p.reads, read{"docs.memory", time.Duration(i+1) * time.Microsecond})
	}
	p.reads = append(p.reads, read{sourceUpstream, 12345 * time.Microsecond})
	var out strings.Builder
	report(&out, "some reads", p)
	const want = `
some reads
   answered by   reads   median      p99
   docs.memory      99     50µs     99µs
   docs.redis        0        -        -
   upstream          1   12.3ms   12.3ms
   all             100     50µs     99µs
   loads             1                  
`
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestProgress(t *testing.T) {
	var out strings.Builder
	p := progress{out: &out, width: 60, total: 4}
	p.show(1, "net/http")
	p.show(3, strings.Repeat("long/", 20))
	p.clear()
	lines := strings.Split(out.String(), "\r\x1b[K")
	want := []string{
		"",
		"[=======                       ] 1/4 net/http",
		"[======================        ] 3/4 long/long/long/long/lo",
		"",
	}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, want %q", lines, want)
	}
}

func TestNoProgressWithoutTerminal(t *testing.T) {
	var out strings.Builder
	p := progress{out: &out, total: 4}
	p.show(1, "net/http")
	p.clear()
	if out.Len() > 0 {
		t.Errorf("drew %q", out.String())
	}
}
