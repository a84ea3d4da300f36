package templates

import (
	"fmt"
	"go/token"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/model"
)

const runtimePath = "github.com/cachegen/cachegen/runtime"

// imports are the packages that snippets name, by the name that generated code
// gives them where it can. All but cachert are the packages' own names.
var imports = map[string]string{
	"badger":        "github.com/dgraph-io/badger/v4",
	"badgertier":    runtimePath + "/badgertier",
	"binary":        "encoding/binary",
	"bytes":         "bytes",
	"cachert":       runtimePath,
	"cmp":           "cmp",
	"context":       "context",
	"fastcache":     "github.com/VictoriaMetrics/fastcache",
	"fasttier":      runtimePath + "/fasttier",
	"gzipformat":    runtimePath + "/gzipformat",
	"maps":          "maps",
	"math":          "math",
	"msgpackformat": runtimePath + "/msgpackformat",
	"ottertier":     runtimePath + "/ottertier",
	"redis":         "github.com/redis/go-redis/v9",
	"redistier":     runtimePath + "/redistier",
	"s2format":      runtimePath + "/s2format",
	"slices":        "slices",
	"strconv":       "strconv",
	"time":          "time",
	"zstdformat":    runtimePath + "/zstdformat",
}

// locals are the names that generated functions give to their own variables. No
// import may be called like one.
var locals = []string{
	"a", "b", "began", "bin", "buf", "c", "cfg", "clock", "ctx", "data", "depth", "dst", "due", "e", "entries", "err", "fresh", "head", "i", "k", "kb", "kb2", "key",
	"keys", "left", "load", "m", "n", "now", "o", "ok", "op", "own", "p", "part", "removed", "res", "s", "scratch", "slot", "stale", "status", "t", "text", "there", "v", "vs", "x", "y",
}

// isLocal reports whether generated functions can have a variable of the name: one
// of locals, or one with a number behind it.
func isLocal(name string) bool {
	return slices.Contains(locals, strings.TrimRight(name, "0123456789"))
}

// register gives every package that the file can mention its name in the file:
// its own, unless that is taken by a declaration of the package, a local variable
// or another import.
func (g *gen) register() {
	taken := maps.Clone(g.pkg.Scope)
	if taken == nil {
		taken = map[string]bool{}
	}
	for _, name := range slices.Sorted(maps.Keys(imports)) {
		g.alias(taken, imports[name], name, name == "cachert")
	}
	for _, t := range g.foreign() {
		if _, ok := g.aliases[t.Pkg]; !ok {
			g.alias(taken, t.Pkg, t.PkgName, false)
		}
	}
}

func (g *gen) alias(taken map[string]bool, path, name string, renamed bool) {
	free := name
	for i := 2; taken[free] || isLocal(free) || !token.IsIdentifier(free); i++ {
		free = fmt.Sprintf("%s%d", name, i)
		if isLocal(free) {
			free = fmt.Sprintf("%s%dpkg", name, i)
		}
	}
	taken[free] = true
	g.aliases[path] = free
	if free == name && !renamed {
		g.file.ImportName(path, name)
	} else {
		g.file.ImportAlias(path, free)
	}
}

// foreign returns the named types of other packages that the file can mention,
// in the order in which they are met.
func (g *gen) foreign() []*model.Type {
	var found []*model.Type
	seen := map[*model.Type]bool{}
	var walk func(t *model.Type)
	walk = func(t *model.Type) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		if t.Named() && t.Pkg != "" && t.Pkg != g.pkg.Path {
			found = append(found, t)
		}
		for _, a := range t.Args {
			walk(a)
		}
		walk(t.Key)
		walk(t.Elem)
		for _, f := range t.Fields {
			walk(f.Type)
		}
	}
	for _, c := range g.in.Caches {
		for _, p := range c.Key.Parts {
			walk(p.Type)
		}
		walk(c.Type)
	}
	return found
}

// unique returns a package-level name that nothing else has.
func (g *gen) unique(name string) string {
	free := name
	for i := 2; g.pkg.Scope[free] || g.taken[free]; i++ {
		free = fmt.Sprint(name, i)
	}
	g.taken[free] = true
	return free
}

// spell returns the Go expression of a type.
func (g *gen) spell(t *model.Type) jen.Code {
	if t.Named() {
		name := jen.Id(g.named(t))
		if t.Pkg != g.pkg.Path && t.Pkg != "" {
			name = jen.Qual(t.Pkg, t.Name)
		}
		if len(t.Args) == 0 {
			return name
		}
		args := make([]jen.Code, len(t.Args))
		for i, a := range t.Args {
			args[i] = g.spell(a)
		}
		return join(name, jen.Custom(jen.Options{Open: "[", Separator: ", ", Close: "]"}, args...))
	}
	switch t.Kind {
	case model.Array:
		return g.snippet("[$n]$e", vars{"n": t.Len, "e": g.spell(t.Elem)})
	case model.Slice:
		return g.snippet("[]$e", vars{"e": g.spell(t.Elem)})
	case model.Pointer:
		return g.snippet("*$e", vars{"e": g.spell(t.Elem)})
	case model.Map:
		return g.snippet("map[$k]$e", vars{"k": g.spell(t.Key), "e": g.spell(t.Elem)})
	case model.Struct:
		return g.spellStruct(t)
	case model.Time:
		return jen.Qual("time", "Time")
	}
	return jen.Id(t.Kind.String())
}

// named returns the name of a type of the package: its own, or an alias for it
// where a local variable would hide it.
func (g *gen) named(t *model.Type) string {
	if t.Pkg != g.pkg.Path || !isLocal(t.Name) || len(t.Args) > 0 {
		return t.Name
	}
	if g.renamed[t.Name] == "" {
		g.renamed[t.Name] = g.unique(t.Name + "Type")
	}
	return g.renamed[t.Name]
}

// aliasDecls declares the aliases that named has given out.
func (g *gen) aliasDecls() []jen.Code {
	var all []jen.Code
	for _, name := range slices.Sorted(maps.Keys(g.renamed)) {
		all = append(all, g.snippet("// $alias is $name where a variable hides that name.\ntype $alias = $name", vars{"alias": g.renamed[name], "name": name}))
	}
	return all
}

// spellStruct returns a struct type as it was written, without tags.
func (g *gen) spellStruct(t *model.Type) jen.Code {
	var fields []jen.Code
	for _, f := range t.Fields {
		if f.Embedded {
			fields = append(fields, g.snippet("$T", vars{"T": g.spell(f.Type)}))
		} else {
			fields = append(fields, g.snippet("$f $T", vars{"f": f.Name, "T": g.spell(f.Type)}))
		}
	}
	return jen.Struct(fields...)
}

// lower returns an exported name as an unexported one: ProductCache is
// productCache, URLs is urls.
func lower(name string) string {
	runes := []rune(name)
	n := 0
	for n < len(runes) && unicode.IsUpper(runes[n]) {
		n++
	}
	if n > 1 && n < len(runes) {
		n-- // the last capital begins the next word
	}
	return strings.ToLower(string(runes[:n])) + string(runes[n:])
}

// upper returns a name with its first letter in upper case.
func upper(name string) string {
	first, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[n:]
}
