package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/cachegen/cachegen/bench/measure"
)

// sizeKB is how large a program is: a size has no spread.
const sizeKB = "KB"

func sizes(l *lab) experiment {
	e := experiment{
		title: "The size of a program",
		text: `Three tiny programs: one that only links the clients (fastcache, go-redis, singleflight), one with a cache of one type over both written by hand, and
one with a generated cache. What the last one is larger by is the runtime: policies, fencing, loading, statistics, background work. It is there once, however
many caches there are. Stripped means without symbols and debug information.`,
	}
	for _, kind := range []struct{ name, flags string }{{"whole", ""}, {"stripped", "-s -w"}} {
		g := measure.Group{Name: "size/" + kind.name, Base: "by hand", Rounds: 1}
		for _, program := range []struct{ name, dir string }{
			{"clients alone", "clients"}, {"by hand", "hand"}, {"ours", "ours"},
		} {
			g.Cases = append(g.Cases, measure.Case{Name: program.name, Bench: func(b *testing.B) {
				path := filepath.Join(l.temp(), "program")
				build("-ldflags="+kind.flags, "-o", path, "./tiny/"+program.dir)
				b.ReportMetric(float64(must(os.Stat(path)).Size())/1000, sizeKB)
			}})
		}
		e.groups = append(e.groups, g)
	}
	return e
}

// build runs go build in the directory of this module.
func build(args ...string) {
	cmd := exec.Command("go", append([]string{"build"}, args...)...)
	cmd.Stderr = os.Stderr
	check(cmd.Run())
}
