package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/VictoriaMetrics/fastcache"
	"github.com/maypok86/otter/v2"

	"github.com/cachegen/cachegen/bench/hand"
	"github.com/cachegen/cachegen/bench/measure"
	"github.com/cachegen/cachegen/bench/shop"
)

// The units of what lies in memory.
const (
	heapMiB      = "heap-MiB"
	residentMiB  = "RSS-MiB"
	perCollected = "ms/GC"
	perHit       = "ns/hit"
)

func residents(l *lab) experiment {
	million := l.least(100_000, 1_000_000)
	name, again := fmt.Sprintf("resident/%d", million), fmt.Sprintf("resident again/%d", million)
	e := experiment{
		title: "Memory and the garbage collector",
		text: `A million values of Small stay in memory, each time in a process of its own. The heap is what the collector looks after, and RSS what
the system counts; a collection is given in milliseconds of computing, on whichever core, the median of those of a second. Of a map and of otter the collector
has to look at every value; fastcache keeps bytes where it does not look. That is what the byte tier is for: large memory tiers. A hit costs more there, since it
is decoded.

A collection takes the processes of one kind from 0.6 to 1.1 ms, so that the first two are measured more often, again. What a cache of ours adds for the collector is a handful
of objects and the locks of its keys, in which there are no pointers; and a megabyte of copies, once it is read.`,
		groups: []measure.Group{
			{Name: name, Base: "fastcache alone", Rounds: 3},
			{Name: again, Base: "fastcache alone", Long: 3},
		},
		bars: []bar{
			within("Heap of a million against fastcache alone", again+"/ours, bytes", again+"/fastcache alone", heapMiB, 1.05),
			within("… computing for a collection", again+"/ours, bytes", again+"/fastcache alone", perCollected, 1.05),
		},
	}
	for i, kind := range []string{"fastcache alone", "ours, bytes", "map", "otter", "ours, objects"} {
		e.groups[0].Cases = append(e.groups[0].Cases, residentCase(kind, million, 1<<20))
		if i < 2 {
			e.groups[1].Cases = append(e.groups[1].Cases, residentCase(kind, million, 0))
		}
	}
	return e
}

// residentCase measures so many entries in a child, and what so many reads take of it.
func residentCase(kind string, n, reads int) measure.Case {
	return measure.Case{Name: kind, Bench: func(b *testing.B) {
		inChild(b, "resident", kind, strconv.Itoa(n), strconv.Itoa(reads))
	}}
}

// inChild runs this program once more to measure something by itself, and reports
// what it prints: a unit and a number in each line.
func inChild(b *testing.B, args ...string) {
	cmd := exec.Command(must(os.Executable()), append([]string{"-child"}, args...)...)
	cmd.Stderr = os.Stderr
	for line := range strings.Lines(string(must(cmd.Output()))) {
		unit, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		b.ReportMetric(must(strconv.ParseFloat(value, 64)), unit)
	}
}

// child is the other side of inChild.
func child(args []string) {
	if len(args) != 4 || args[0] != "resident" {
		fatal(fmt.Sprintf("no child is called %q", args))
	}
	resident(args[1], must(strconv.Atoi(args[2])), must(strconv.Atoi(args[3])))
}

// collecting is for how long garbage is collected, over and over; once at least.
const collecting = time.Second

// resident fills a cache and prints what it takes.
func resident(kind string, n, reads int) {
	from := fill(kind, n)
	debug.FreeOSMemory() // collects, too
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Println(heapMiB, float64(m.HeapAlloc)/(1<<20))
	if rss := residentSize(); rss > 0 {
		fmt.Println(residentMiB, float64(rss)/(1<<20))
	}
	var collections []float64
	for began := time.Now(); len(collections) == 0 || len(collections) < 80 && time.Since(began) < collecting; {
		used := measure.CPUTime()
		runtime.GC()
		collections = append(collections, float64((measure.CPUTime()-used).Nanoseconds())/1e6)
	}
	slices.Sort(collections)
	fmt.Println(perCollected, collections[len(collections)/2])
	if reads > 0 {
		fmt.Println(perHit, hitting(kind, from, n, reads))
	}
	runtime.KeepAlive(from)
}

// hitting reads keys of n at random, and returns what a hit takes, in nanoseconds.
func hitting(kind string, from reader[shop.Small], n, reads int) float64 {
	rng := rand.New(rand.NewPCG(3, 4))
	ids := make([]int64, reads)
	for i := range ids {
		ids[i] = rng.Int64N(int64(n))
	}
	missed, began := 0, time.Now()
	for _, id := range ids {
		if v, ok := from.get(id); !ok || v.ID != id {
			missed++
		}
	}
	took := time.Since(began)
	if missed > reads/100 {
		fatal(fmt.Sprintf("%s: %d of %d reads found nothing", kind, missed, reads))
	}
	return float64(took.Nanoseconds()) / float64(reads)
}

// fill returns a reader of a cache of n entries.
func fill(kind string, n int) reader[shop.Small] {
	room := max(32<<20, 160*n)
	switch kind {
	case "fastcache alone", "limit, bytes":
		m := &hand.Memory{Cache: fastcache.New(room), TTL: ttl}
		put(n, func(id int64, v shop.Small) { m.SetSmall(id, &v) })
		return by[shop.Small](m.GetSmall)
	case "ours, bytes":
		c, err := shop.NewSmallMemory(shop.SmallMemoryConfig{Memory: fastcache.New(room)})
		check(err)
		put(n, func(id int64, v shop.Small) { check(c.Set(ctx, id, v)) })
		return cached[shop.Small]{c}
	case "ours, objects":
		c, err := shop.NewSmallMillion(shop.SmallMillionConfig{})
		check(err)
		put(n, func(id int64, v shop.Small) { check(c.Set(ctx, id, v)) })
		return cached[shop.Small]{c}
	case "otter":
		c := otter.Must(&otter.Options[int64, *shop.Small]{MaximumSize: n})
		put(n, func(id int64, v shop.Small) { c.Set(id, &v) })
		return by[shop.Small](func(id int64) (v shop.Small, ok bool) {
			p, ok := c.GetIfPresent(id)
			if !ok {
				return v, false
			}
			return *p, true
		})
	case "map":
		m := map[int64]shop.Small{}
		put(n, func(id int64, v shop.Small) { m[id] = v })
		return by[shop.Small](func(id int64) (v shop.Small, ok bool) { v, ok = m[id]; return v, ok })
	}
	fatal("no cache is called " + kind)
	return nil
}

func put(n int, set func(id int64, v shop.Small)) {
	for id := range int64(n) {
		set(id, shop.NewSmall(id))
	}
}

// residentSize is what the system says that this process has of its memory, or 0
// where it does not say.
func residentSize() int {
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(data)
	return must(strconv.Atoi(string(fields[1]))) * os.Getpagesize()
}
