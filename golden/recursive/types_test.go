package recursive

import (
	"context"
	"errors"
	"testing"

	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/codectest"
	"github.com/cachegen/cachegen/internal/fakebackend"
	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	trees   = codectest.Codec[Tree]{Append: appendTree, Decode: decodeTree, Prefix: treeCachePrefix}
	forests = codectest.Codec[Forest]{Append: appendForest, Decode: decodeForest, Prefix: forestCachePrefix}
)

func samples() []Tree {
	leaf := &Tree{Name: "leaf"}
	return []Tree{
		{},
		{Name: "root", Left: leaf, Right: leaf, Children: []Tree{{Name: "child"}, {}}, ByName: map[string]*Tree{"a": leaf, "": nil}},
		{List: &List{1, []Item{{&List{2, nil}}, {}, {&List{3, []Item{}}}}}},
	}
}

func TestCodec(t *testing.T) {
	trees.Check(t, samples()...)
	forests.Check(t, nil, Forest{}, Forest{nil, {}, {{}, nil}})
}

func FuzzDecode(f *testing.F) { trees.Fuzz(f, samples()...) }

// TestDepth goes as deep as it may, on every way down.
func TestDepth(t *testing.T) {
	for name, down := range map[string]func(Tree) Tree{
		"pointer": func(v Tree) Tree { return Tree{Left: &v} },
		"slice":   func(v Tree) Tree { return Tree{Children: []Tree{v}} },
		"map":     func(v Tree) Tree { return Tree{ByName: map[string]*Tree{"": &v}} },
	} {
		t.Run(name, func(t *testing.T) {
			trees.Depth(t, func(n int) (v Tree) {
				for range n - 1 {
					v = down(v)
				}
				return v
			})
		})
	}
	t.Run("itself", func(t *testing.T) {
		forests.Depth(t, func(n int) (v Forest) {
			for range n - 1 {
				v = Forest{v}
			}
			return v
		})
	})
}

// TestCyclic sets values that contain themselves in every way they can.
func TestCyclic(t *testing.T) {
	ctx := context.Background()
	c, err := NewTreeCache(TreeCacheConfig{Store: fakebackend.New("s")})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	var byPointer, bySlice, byMap, both Tree
	byPointer.Left = &byPointer
	bySlice.Children = make([]Tree, 2)
	bySlice.Children[0].Children = bySlice.Children
	byMap.ByName = map[string]*Tree{"me": &byMap}
	both.Left, both.Right = &both, &both
	for name, v := range map[string]Tree{"pointer": byPointer, "slice": bySlice, "map": byMap, "two ways": both} {
		if err := c.Set(ctx, "k", v); !errors.Is(err, runtime.ErrDepth) {
			t.Errorf("%s: Set: %v, want ErrDepth", name, err)
		}
		// The cache cannot keep it; the caller gets it all the same.
		got, err := c.GetOrLoad(ctx, name, func(context.Context, string) (Tree, error) { return v, nil })
		if err != nil || got.Left != v.Left {
			t.Errorf("%s: GetOrLoad: %v", name, err)
		}
	}
}
