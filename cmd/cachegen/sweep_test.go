package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cachegen/cachegen/generator"
)

// TestSweep draws types and annotations, generates for them, and has what comes out
// compiled, its codecs taken through all that codectest does. SWEEP says for how many
// packages, other ones than that of every run.
func TestSweep(t *testing.T) {
	packages, seed := 1, uint64(1)
	if n, err := strconv.Atoi(os.Getenv("SWEEP")); err == nil {
		packages, seed = n, rand.Uint64()
	}
	t.Logf("seed %d", seed)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := newModule(root, dir, "github.com/cachegen/cachegen/sweep"); err != nil {
		t.Fatal(err)
	}
	for p := range packages {
		d := &draw{name: fmt.Sprint("p", p), rng: rand.New(rand.NewPCG(seed, uint64(p)))}
		put(t, filepath.Join(dir, d.name, "types.go"), d.source())
		put(t, filepath.Join(dir, d.name, "types_test.go"), d.test())
	}
	t.Setenv("GOFLAGS", "-mod=mod")
	r, err := generator.Generate(context.Background(), generator.Config{Dir: dir, Patterns: []string{"./..."}})
	if err != nil {
		t.Fatalf("nothing can be generated for what was drawn: %v", err)
	}
	for _, f := range r.Files {
		put(t, f.Path, string(f.Content))
	}
	cmd := exec.Command("go", "test", "./...")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "MUTATIONS=2000", "STORE=1") // no release has stored anything of these
	if out, err := cmd.CombinedOutput(); err != nil {
		kept, _ := os.MkdirTemp("", "sweep")
		_ = os.CopyFS(kept, os.DirFS(dir))
		t.Errorf("%v; what it is about is in %s\n%s", err, kept, bytes.TrimSpace(out))
	}
}

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// draw draws a package.
type draw struct {
	name  string // of the package
	rng   *rand.Rand
	types []string // that have been declared
	roots []string // those of them with directives
	b     strings.Builder
}

func (d *draw) one(of ...string) string { return of[d.rng.IntN(len(of))] }

// maybe returns a text, or nothing.
func (d *draw) maybe(text string) string { return d.one("", text) }

// source is a package of three types with directives, and of those that they are made of.
func (d *draw) source() string {
	fmt.Fprintf(&d.b, "package %s\n\nimport \"time\"\n\nvar _ time.Time\n\ntype Kind uint8\n\ntype Label string\n\ntype List []Label\n", d.name)
	d.types = []string{"Kind", "Label", "List"}
	for i := range 4 {
		d.structure(fmt.Sprint("Part", i), "")
		d.types = append(d.types, fmt.Sprint("Part", i))
	}
	for i := range 3 {
		root := fmt.Sprint("Root", i)
		d.roots = append(d.roots, root)
		d.structure(root, d.directives(root))
	}
	return d.b.String()
}

func (d *draw) structure(name, directives string) {
	fmt.Fprintf(&d.b, "\n// %s is drawn.\n%stype %s struct {\n", name, directives, name)
	if directives != "" {
		d.b.WriteString("\tID int64\n")
	}
	for i := range d.rng.IntN(8) {
		fmt.Fprintf(&d.b, "\tF%d %s%s\n", i, d.typ(name, 3), d.one("", "", "", " `cache:\"-\"`"))
	}
	d.b.WriteString("}\n")
}

// typ spells a type that is as deep as that at most. In a struct it may contain that.
func (d *draw) typ(in string, depth int) string {
	if depth > 0 {
		switch d.rng.IntN(9) {
		case 0, 1:
			return "[]" + d.typ(in, depth-1)
		case 2:
			return d.one("[0]", "[1]", "[3]", "[16]") + d.typ("", depth-1)
		case 3:
			return "map[" + d.one("string", "int", "uint8", "bool", "Label", "Kind", "float64", "[2]int16", "time.Time") + "]" + d.typ(in, depth-1)
		case 4:
			return "*" + d.typ(in, depth-1)
		case 5:
			return d.types[d.rng.IntN(len(d.types))]
		case 6:
			if in != "" {
				return d.one("*", "[]", "map[string]") + in
			}
		}
	}
	return d.one("bool", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64",
		"float32", "float64", "complex64", "complex128", "string", "string", "[]byte", "time.Time", "time.Duration", "struct{}")
}

// directives are those of a plain cache, and of one that has about everything.
func (d *draw) directives(root string) string {
	tiers := []string{
		"fast = fastcache(32MiB)" + d.maybe(" ttl=30s"),
		"objects = otter(100)" + d.maybe(" share=readonly"),
		"far = redis" + d.maybe(" compress="+d.one("gzip", "zstd", "s2")) + d.maybe(" timeout=1s") + d.maybe(" max-value=64KiB"),
		"disk = badger" + d.maybe(" compress=s2"),
		"other = backend",
	}
	d.rng.Shuffle(len(tiers), func(i, j int) { tiers[i], tiers[j] = tiers[j], tiers[i] })
	tiers = tiers[:1+d.rng.IntN(len(tiers))]
	lease := ""
	for _, tier := range tiers {
		if strings.HasPrefix(tier, "far") {
			lease = d.maybe(" lease=5s")
		}
	}
	text := fmt.Sprintf("//\n//cachegen:cache key=ID%s%s\n//cachegen:cache name=%sOther key=%s ttl=10m%s%s%s%s%s%s%s%s\n", d.maybe(" strings=own"), d.maybe(" maps=sorted"),
		root, d.one("ID", "tenant:string", "tenant:string,page:int"), d.maybe(" stale=1m on-stale="+d.one("return", "revalidate", "offload")), d.maybe(" jitter=10%"), d.maybe(" absent=5s"),
		d.maybe(" fail-safe=1h"), d.maybe(" eager=80%"), d.maybe(" concurrency=3"), d.maybe(" namespace="+d.name+"-"+strings.ToLower(root)), lease)
	last := ""
	for i, tier := range tiers {
		text += "//cachegen:tier " + tier + "\n"
		label := strings.Fields(tier)[0]
		if i > 0 {
			whole := fmt.Sprint("all", i)
			text += fmt.Sprintf("//cachegen:compose %s = %s %s read=%s write=%s refill=%s\n", whole, last, label,
				d.one("sequential", "race", "parallel"), d.one("optimistic", "sequential", "race"), d.one("never", "always"))
			label = whole
		}
		last = label
	}
	return text
}

// test is the test of the package.
func (d *draw) test() string {
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\nimport (\n\t\"testing\"\n\n\t\"github.com/cachegen/cachegen/internal/codectest\"\n)\n\nfunc TestCodec(t *testing.T) {\n", d.name)
	for _, root := range d.roots {
		low := "r" + root[1:]
		fmt.Fprintf(&b, "\tcodectest.Codec[%s]{Append: append%[1]s, Decode: decode%[1]s, Prefix: %[2]sCachePrefix}.Check(t)\n", root, low)
	}
	b.WriteString("}\n")
	return b.String()
}
