package load

import (
	"fmt"
	"go/types"

	"github.com/cachegen/cachegen/generator/model"
)

// resolve completes a block with the type, the key and the tiers, and checks
// what only holds when all of them are known.
func (b *block) resolve(s *schema) {
	before := s.mistakes()
	b.tree(s.reporter)
	if t := s.annotated(b); t != nil {
		at := place{path: t.Obj().Name(), pos: b.spec.Name.Pos(), decl: t.Obj().Pos()}
		b.Type = s.describe(t, at)
		if b.SortedMaps {
			b.ordered(s)
		}
		s.key(b, t)
		b.formats(s, t)
	}
	b.durations(s.reporter)
	b.lease(s.reporter)
	b.bad = b.bad || s.mistakes() > before
}

// annotated returns the type of a block, or nil after reporting why it cannot
// have a cache.
func (s *schema) annotated(b *block) *types.Named {
	name := b.spec.Name
	switch {
	case b.spec.Assign.IsValid():
		s.at(name.Pos(), fmt.Sprintf("declare a type of its own: type %s %s", name.Name, types.ExprString(b.spec.Type)),
			"%s is an alias, which cannot have a cache", name.Name)
		return nil
	case b.spec.TypeParams != nil:
		s.at(name.Pos(), fmt.Sprintf("annotate an instantiation, as in type User%[1]s %[1]s[User]", name.Name),
			"%s is generic, and a generic type cannot have a cache", name.Name)
		return nil
	}
	obj := s.unit.types.Scope().Lookup(name.Name)
	named := (*types.Named)(nil)
	if obj != nil && obj.Pos() == name.Pos() {
		named, _ = obj.Type().(*types.Named)
	}
	if named == nil {
		msg, hint := s.unit.run.invalid(place{pos: name.Pos()})
		s.at(name.Pos(), hint, "%s: %s", name.Name, msg)
	}
	return named
}

// formats checks the type against the formats of the tiers.
func (b *block) formats(s *schema, t *types.Named) {
	done := map[string]bool{}
	for _, tier := range b.tiers {
		if (tier.Codec == "json" || tier.Codec == "msgpack") && !done[tier.Codec] {
			done[tier.Codec] = true
			s.textual(tier.Codec, t, b.spec.Name.Pos())
		}
	}
}

// durations checks options that need others.
func (b *block) durations(r reporter) {
	if b.opts.has("ttl") {
		return
	}
	for _, name := range []string{"stale", "jitter", "eager"} {
		if v, ok := b.opts[name]; ok {
			r.at(v.pos, "without ttl= an entry lives for ever; add one", "%s= needs ttl=", name)
		}
	}
}

// lease checks that there is a tier that processes share and that has leases.
func (b *block) lease(r reporter) {
	v, ok := b.opts["lease"]
	if !ok || b.unread || b.Root == nil {
		return
	}
	for _, t := range b.Tiers {
		if t.Engine == model.Redis {
			return
		}
	}
	r.at(v.pos, "give the cache a tier label = redis, or leave lease= out", "lease= needs a redis tier: processes agree there on who loads a key")
}

// names returns the exported identifiers that are generated for a block.
func (b *block) names() []string {
	list := []string{b.Name, b.Name + "Config", "New" + b.Name}
	if b.Key.Struct() {
		list = append(list, b.Name+"Key")
		if b.Key.Fields {
			list = append(list, b.Name+"KeyOf")
		}
	}
	return list
}
