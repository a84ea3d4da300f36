package load

import (
	"go/ast"
	"go/token"
	"time"

	"github.com/cachegen/cachegen/generator/model"
	"github.com/cachegen/cachegen/policy"
)

// block is one //cachegen:cache directive with the tiers and compositions that
// follow it. It fills the embedded cache step by step.
type block struct {
	model.Cache

	spec   *ast.TypeSpec
	pos    token.Pos // of the //cachegen:cache directive
	opts   given
	tiers  []*tier
	comps  []*composition
	bad    bool // a mistake has been reported
	unread bool // a tier or a composition has no label that could be read
}

// Defaults of the options that have one of their own.
const (
	defaultLoadTimeout  = 10 * time.Second
	defaultRedisTimeout = 200 * time.Millisecond
	defaultRedisMax     = 1 << 20
	defaultMemory       = 32 << 20
)

// blocks reads the directives of a type.
func (r reporter) blocks(a annotation) []*block {
	var found []*block
	var b *block
	for _, d := range a.directives {
		before := r.mistakes()
		switch {
		case d.verb == "cache":
			b = r.cache(a.spec, d)
			found = append(found, b)
		case d.verb != "tier" && d.verb != "compose":
			r.at(d.verbPos(), didYouMean(d.verb, verbs), "unknown directive //%s:%s", tool, d.verb)
		case b == nil:
			r.at(d.pos, "begin with //"+tool+":cache", "//%s:%s stands in front of the cache that it belongs to", tool, d.verb)
			b = &block{spec: a.spec, bad: true} // takes the directives that belong together
		case d.verb == "tier":
			b.addTier(r, d)
		default:
			b.addComposition(r, d)
		}
		if b != nil && r.mistakes() > before {
			b.bad = true
		}
	}
	return found
}

// cache reads a //cachegen:cache directive.
func (r reporter) cache(spec *ast.TypeSpec, d directive) *block {
	b := &block{spec: spec, pos: d.pos, Cache: model.Cache{
		Name:        spec.Name.Name + "Cache",
		OnStale:     policy.StaleReturn,
		Concurrency: 1,
		LoadTimeout: defaultLoadTimeout,
	}}
	b.opts = setOptions(r, "cache", cacheOptions, b, d.args)
	if !b.opts.has("key") {
		r.at(d.pos, "key=Field, key=Field,Field or key=name:type,name:type", "//%s:cache has no key=", tool)
	}
	return b
}

// at returns where an option of the cache was written, or else its directive.
func (b *block) at(option string) token.Pos {
	if v, ok := b.opts[option]; ok {
		return v.pos
	}
	return b.pos
}
