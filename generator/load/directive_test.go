package load

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/cachegen/cachegen/generator/model"
)

// annotate checks a package whose only type has the given doc comment.
func annotate(t *testing.T, doc string) (*loader, []*model.Package) {
	src := "package shop\n\n" + doc + "\ntype Product struct {\n\tID int64\n\tTenant, Name string\n\tMeta any `cache:\"-\"`\n\tsecret [2]uint8\n}\n"
	l := &loader{fset: token.NewFileSet()}
	f, err := parser.ParseFile(l.fset, "shop.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Skip("the annotation is no comment")
	}
	var errs []types.Error
	cfg := types.Config{Error: func(err error) { errs = append(errs, err.(types.Error)) }} //nolint:errorlint // as go/types says
	pkg, _ := cfg.Check("example.com/shop", l.fset, []*ast.File{f}, nil)                   // errors are in errs
	u := &unit{path: pkg.Path(), dir: pkg.Path(), name: "shop", types: pkg, errors: errs, syntax: []*ast.File{f}, own: []*ast.File{f}}
	return l, l.check([]*unit{u}, nil)
}

// FuzzDirective feeds annotations to all that reads them: whatever they say,
// the outcome is either mistakes with positions or a cache that is complete.
func FuzzDirective(f *testing.F) {
	for _, seed := range []string{
		"//cachegen:cache key=ID",
		"//cachegen:cache key=Tenant,Name ttl=10m stale=1m \"namespace=x\"\n//cachegen:tier a = fastcache(64MiB)\n//cachegen:tier b = redis codec=json\n//cachegen:compose ab = a b refill=always",
		"//cachegen:cache key=tenant:string,page:[2]int ttl = 1m\n//cachegen:tier a = otter(1) share=clone",
		"//cachegen:cache key=ID ttl=10 m // why \"not\n//cachegen:tier a = fastcache(64 MiB)",
		"// cachegen:cache key=ID\n//cachegen:compose a = a a",
		"//cachegen:cache \"key=ID\n//cachegen:tier = =\n//cachegen:compose = = = =",
		"//cachegen:cache name=\"x y\" =\n//cachegen:tier a = (\n//cachegen:tier b = redis(",
		"/*cachegen:cache*/",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, packages := annotate(t, text)
		for _, d := range l.diags {
			if !d.Pos.IsValid() || d.Msg == "" {
				t.Errorf("no position or message: %+v", d)
			}
		}
		if len(l.diags) > 0 {
			if packages != nil {
				t.Errorf("mistakes and packages")
			}
			return
		}
		for _, p := range packages {
			for _, file := range p.Files {
				for _, c := range file.Caches {
					complete(t, c)
				}
			}
		}
	})
}

// complete checks what the emitter relies on.
func complete(t *testing.T, c *model.Cache) {
	if !isIdent(c.Name) || c.Type == nil || c.Root == nil || len(c.Tiers) == 0 || len(c.Key.Parts) == 0 {
		t.Fatalf("not complete: %+v", c)
	}
	if strings.ContainsAny(c.Prefix(), " \"'`{}\\\n\x00") || c.Stale > 0 && c.TTL == 0 || c.LoadTimeout <= 0 || c.Concurrency != 1 {
		t.Errorf("not valid: %+v", c)
	}
	for i, leaf := range c.Root.Leaves() {
		if leaf != i {
			t.Errorf("leaves %v", c.Root.Leaves())
		}
	}
	fields := map[string]bool{"Options": true}
	for _, tier := range c.Tiers {
		if !isLabel(tier.Label) || !isIdent(tier.Field) || fields[tier.Field] || !strings.HasSuffix(tier.Path, tier.Label) {
			t.Errorf("not valid: %+v", tier)
		}
		fields[tier.Field] = true
	}
	for _, p := range c.Key.Parts {
		if !token.IsExported(p.Name) || !isIdent(p.Name) || p.Type == nil {
			t.Errorf("not valid: %+v", p)
		}
	}
	_ = c.Fingerprint()
}

// What only imports the runtime holds no directive, and what was meant as one might.
func TestMentions(t *testing.T) {
	for src, want := range map[string]bool{
		"import \"github.com/cachegen/cachegen/runtime\"\n": false,
		"// A test of what cachegen makes.\n":               false,
		"cachegen := 1\n":                                   false,
		"//cachegen:cache key=ID\n":                         true,
		"//cachegen tier a = redis\n":                       true,
		"//\tCacheGen: cache key=ID\n":                      true,
		"x := 1 // cachegen:cache key=ID\n":                 true,
		"/*\ncachegen:cache key=ID */\n":                    true,
		"//cachgen:cache key=ID\n":                          true,
		"//cachgen:cache\tkey=ID\n":                         true,
		"//cachgen:cache\n":                                 true,
		"//cachgen:tier m = redis\n":                        true,
		"//go:generate tool -x=a:cache\n":                   false,
		"m := map[string]int{key:cached}\n":                 false,
	} {
		if got := mentions([]byte(src)); got != want {
			t.Errorf("%q: %v", src, got)
		}
	}
}
