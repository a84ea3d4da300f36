package templates

import (
	"bytes"
	"fmt"
	gofmt "go/format"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cachegen/cachegen/generator/model"
	"github.com/cachegen/cachegen/policy"
)

// Whatever the types and the options are, what is generated is as gofmt has it.
func TestFilesAreFormatted(t *testing.T) {
	for seed := range uint64(150) {
		r := &random{rng: rand.New(rand.NewPCG(seed, 1))}
		pkg := r.pkg()
		out, err := Files(pkg)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		want, err := gofmt.Source(out[0])
		if err != nil {
			t.Fatalf("seed %d: %v in\n%s", seed, err, out[0])
		}
		if !bytes.Equal(out[0], want) {
			t.Errorf("seed %d: %s", seed, firstDifference(string(out[0]), string(want)))
		}
	}
}

func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d: %q, and gofmt has %q", i+1, a[i], b[i])
		}
	}
	return "one is longer"
}

// random makes caches of types that nobody would write.
type random struct {
	rng   *rand.Rand
	names int
}

func (r *random) maybe() bool { return r.rng.IntN(2) == 0 }

func (r *random) pkg() *model.Package {
	pkg, file := product()
	c := file.Caches[0]
	root := r.structOf(3, 2+r.rng.IntN(9))
	root.Fields = append(root.Fields, c.Type.Fields[10]) // which is recursive
	c.Type = root
	c.OwnStrings, c.SortedMaps = r.maybe(), r.maybe()
	c.OnStale = []policy.OnStale{policy.StaleReturn, policy.StaleRevalidate, policy.StaleOffload}[r.rng.IntN(3)]
	if r.maybe() {
		c.Eager, c.Jitter, c.Absent, c.FailSafe, c.Concurrency = 0.8, 0.1, time.Second, time.Minute, 3
	}
	if r.maybe() {
		c.Tiers[0].Engine, c.Tiers[0].Share = model.Otter, []string{"clone", "readonly"}[r.rng.IntN(2)]
	}
	c.Root.Read = []policy.Read{policy.ReadSequential, policy.ReadRace, policy.ReadParallel}[r.rng.IntN(3)]
	c.Root.Write = []policy.Write{policy.WriteOptimistic, policy.WriteSequential, policy.WriteRace}[r.rng.IntN(3)]
	c.Key.Parts = nil
	for i := range 1 + r.rng.IntN(3) {
		name := fmt.Sprint("Part", i)
		c.Key.Parts = append(c.Key.Parts, model.KeyPart{Name: name, Path: name, Type: r.keyPart()})
	}
	pkg.Files = []*model.File{file}
	return pkg
}

func (r *random) keyPart() *model.Type {
	for {
		if t := r.scalar(); t.Kind != model.Custom && !slices.Contains([]model.Kind{model.Float32, model.Float64, model.Complex64, model.Complex128}, t.Kind) {
			return t
		}
	}
}

// typ returns a type that nests no deeper than that.
func (r *random) typ(depth int) *model.Type {
	if depth == 0 {
		return r.scalar()
	}
	switch r.rng.IntN(9) {
	case 0:
		return r.named(&model.Type{Kind: model.Slice, Elem: r.typ(depth - 1)})
	case 1:
		return &model.Type{Kind: model.Array, Elem: r.typ(depth - 1), Len: int64(r.rng.IntN(4))}
	case 2:
		return r.named(&model.Type{Kind: model.Map, Key: r.mapKey(), Elem: r.typ(depth - 1)})
	case 3:
		return &model.Type{Kind: model.Pointer, Elem: r.typ(depth - 1)}
	case 4:
		return r.structOf(depth-1, r.rng.IntN(5))
	case 5:
		s := r.structOf(depth-1, r.rng.IntN(4))
		s.Name, s.Pkg, s.PkgName = "", "", ""
		return s
	}
	return r.scalar()
}

// mapKey returns a type that == compares.
func (r *random) mapKey() *model.Type {
	for {
		if t := r.scalar(); t.Kind != model.Custom {
			return t
		}
	}
}

func (r *random) scalar() *model.Type {
	switch k := model.Kind(r.rng.IntN(int(model.String) + 3)); {
	case k == model.Invalid:
		return &model.Type{Kind: model.Time, Name: "Time", Pkg: "time", PkgName: "time"}
	case k.Basic():
		return r.named(&model.Type{Kind: k})
	default:
		t := r.give(&model.Type{Kind: model.Custom})
		t.Marshal = []model.Marshal{model.BinaryAppend, model.BinaryPair, model.TextAppend, model.TextPair, model.GobPair}[r.rng.IntN(5)]
		return t
	}
}

func (r *random) structOf(depth, fields int) *model.Type {
	t := r.give(&model.Type{Kind: model.Struct})
	for i := range fields {
		t.Fields = append(t.Fields, model.Field{Name: fmt.Sprint("F", i), Type: r.typ(depth), Skip: r.rng.IntN(9) == 0})
	}
	return t
}

// named gives some types a name.
func (r *random) named(t *model.Type) *model.Type {
	if r.maybe() {
		return t
	}
	return r.give(t)
}

func (r *random) give(t *model.Type) *model.Type {
	r.names++
	t.Name, t.Pkg, t.PkgName = fmt.Sprint("T", r.names), "example.com/shop", "shop"
	if r.rng.IntN(4) == 0 {
		t.Pkg, t.PkgName = "example.com/other", "other"
	}
	return t
}
