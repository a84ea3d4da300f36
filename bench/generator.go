package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cachegen/cachegen/bench/measure"
)

// seconds is a unit for what takes long.
const seconds = "s"

// structs are how many there are in the packages that are generated for.
var structs = []int{1, 10, 100, 500}

func generators(l *lab) experiment {
	e := experiment{
		title: "The generator",
		text: `Whole processes, from start to end, over packages of 1, 10, 100 and 500 structs of nine fields, ten of them in a file, each with a cache in
memory and Redis. The floor is a program that loads the same package with its types, and what that imports from export data, and does nothing with it: most of that is
the go command. "New" means that there is no output yet; "unchanged", that nothing has changed since the last run; "changed", that a field was added to a struct. Then the floor has
the go command compile the package, with all that was generated for it, before it gets types: so it is measured for few structs. Ours reads the packages
that it generates for from source and has only what they import compiled. stringer makes a method for each of as many types of constants, moq a mock for each of as many interfaces, both
with types; msgp makes codecs for the structs and looks at syntax only, so it does without the go command, and has no idea what a type of another package is.
What ours takes above the floor is for output and grows with it. For one struct it may be faster than the floor, since it asks the go command itself, for two things at once,
where go/packages starts it three times, twice before it asks for packages.`,
	}
	for _, n := range structs {
		g := measure.Group{Name: fmt.Sprintf("generator/%d", n), Base: "floor, new"}
		if n > 1 { // of which the bars are further from what is measured, and each round takes longer
			g.Rounds = 3
		}
		for _, line := range generatorLines {
			if line.most > 0 && n > line.most {
				continue
			}
			prepared := sync.OnceValue(func() *generated { return line.prepare(l, n) })
			g.Cases = append(g.Cases, measure.Case{
				Name: line.name, Open: func() { prepared() }, Bench: func(b *testing.B) { prepared().run(b) },
			})
		}
		e.groups = append(e.groups, g)
	}
	of := func(n int, name string) string { return fmt.Sprintf("generator/%d/%s", n, name) }
	e.bars = []bar{
		cost("One struct against the floor, new", of(1, "ours, new"), of(1, "floor, new"), 1.3),
		cost("… unchanged", of(1, "ours, unchanged"), of(1, "floor, unchanged"), 1.3),
		cost("… changed", of(1, "ours, changed"), of(1, "floor, changed"), 1.3),
		most("500 structs, seconds", of(500, "ours, new"), seconds, 1.2),
		{"A struct of 500 against one of 100", func(r measure.Results) (measure.Figure, bool) {
			return linear(r, of(1, "ours, new"), of(100, "ours, new"), of(500, "ours, new"))
		}, 1.2, true},
	}
	return e
}

// linear compares what each struct adds to a package of 500 with what it adds to one
// of 100.
func linear(r measure.Results, one, hundred, many string) (measure.Figure, bool) {
	a, b, c := r[one][clock], r[hundred][clock], r[many][clock]
	n := min(len(a), len(b), len(c))
	grown, base := make([]float64, n), make([]float64, n)
	for i := range n {
		grown[i], base[i] = (c[i]-a[i])/(500-1), (b[i]-a[i])/(100-1)
	}
	return measure.Results{"grown": {clock: grown}, "base": {clock: base}}.Ratio("grown", "base", clock)
}

// generatorLine is a generator, and how it is called.
type generatorLine struct {
	name    string
	program string
	source  func(dir string, n, round int) // writes a package
	args    func(n int) []string
	state   state
	most    int // structs, if it cannot be more
}

// state is what a generator finds.
type state int

const (
	asNew     state = iota // its output is not there
	unchanged              // it is, and nothing else has happened
	changed                // a struct has another field than it had
)

var generatorLines = []generatorLine{
	{name: "floor, new", program: "floor", source: annotated},
	{name: "ours, new", program: "cachegen", source: annotated},
	{name: "floor, unchanged", program: "floor", source: annotated, state: unchanged, most: 10},
	{name: "ours, unchanged", program: "cachegen", source: annotated, state: unchanged},
	{name: "floor, changed", program: "floor", source: annotated, state: changed, most: 1},
	{name: "ours, changed", program: "cachegen", source: annotated, state: changed},
	{name: "stringer", program: "stringer", source: constants, args: func(n int) []string {
		return []string{"-type=" + strings.Join(numbered("K", n), ","), "-output=out_generated.go"}
	}},
	{name: "moq", program: "moq", source: interfaces, args: func(n int) []string {
		return append([]string{"-out=out_generated.go", "."}, numbered("I", n)...)
	}},
	{name: "msgp", program: "msgp", source: annotated, args: func(int) []string {
		return []string{"-file=.", "-o=out_generated.go", "-tests=false", "-io=false"}
	}},
}

// generated is a package that is generated for.
type generated struct {
	line  generatorLine
	n     int
	dir   string
	path  string // of the program
	round int
}

// prepare writes the package, and has what it imports compiled, and what is generated.
func (line generatorLine) prepare(l *lab, n int) *generated {
	module := l.generators()
	g := &generated{line: line, n: n, path: filepath.Join(module, "bin", line.program)}
	g.dir = must(os.MkdirTemp(module, "p"))
	line.source(g.dir, n, 0)
	if line.state != asNew { // what the floor loads is what ours loads
		g.call(filepath.Join(module, "bin", "cachegen"))
	}
	g.call(g.path, g.args()...)
	return g
}

func (g *generated) args() []string {
	if g.line.args == nil {
		return nil
	}
	return g.line.args(g.n)
}

func (g *generated) call(path string, args ...string) *os.ProcessState {
	cmd := exec.Command(path, args...)
	cmd.Dir = g.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		fatal(fmt.Sprintf("%s: %v\n%s", g.line.name, err, out))
	}
	return cmd.ProcessState
}

// run measures one process, with those that it starts.
func (g *generated) run(b *testing.B) {
	switch g.line.state {
	case asNew:
		outputs := append(must(filepath.Glob(filepath.Join(g.dir, "*_cachegen.go"))), filepath.Join(g.dir, "out_generated.go"))
		for _, path := range outputs {
			_ = os.Remove(path)
		}
	case changed:
		g.round++
		g.line.source(g.dir, g.n, g.round)
	}
	began := time.Now()
	process := g.call(g.path, g.args()...)
	b.ReportMetric(float64(time.Since(began).Nanoseconds()), measure.Nanoseconds)
	b.ReportMetric(time.Since(began).Seconds(), seconds)
	b.ReportMetric(float64((process.UserTime() + process.SystemTime()).Nanoseconds()), measure.CPU)
}
