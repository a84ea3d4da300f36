package load

import (
	"fmt"
	"strings"

	"github.com/cachegen/cachegen/generator/model"
	"github.com/cachegen/cachegen/policy"
)

// composition is one //cachegen:compose directive.
type composition struct {
	model.Node
	label arg
	parts []arg
	opts  given
}

// addComposition reads label = l1 l2 option=value and so on.
func (b *block) addComposition(r reporter, d directive) {
	label, rest, ok := r.named(d, "label = l1 l2")
	if !ok {
		b.unread = true
		return
	}
	n := 0
	for n < len(rest) && !strings.Contains(rest[n].text, "=") && (n+1 >= len(rest) || !strings.HasPrefix(rest[n+1].text, "=")) {
		n++
	}
	c := &composition{label: label, parts: rest[:n], Node: model.Node{Label: label.text, Tier: -1}}
	c.opts = setOptions(r, "compose", composeOptions, &c.Node, rest[n:])
	b.comps = append(b.comps, c)
	if n != 2 {
		hint := ""
		if n > 2 {
			hint = "compose two of them, and the result with the third"
		}
		r.at(label.pos, hint, "composition %s has two parts, not %d", label.text, n)
	}
}

// part is what a label stands for: a tier or a composition.
type part struct {
	label arg
	tier  *tier
	comp  *composition
	used  bool
}

// tree builds the composition of the cache from its directives: the root, and
// the leaves from left to right.
func (b *block) tree(r reporter) {
	before := r.mistakes()
	if len(b.tiers) == 0 && len(b.comps) == 0 {
		b.defaultTree()
		return
	}
	parts, labels := b.parts(r)
	b.fields(r)
	if b.unread {
		return // what a composition lacks may stand there
	}
	for _, c := range b.comps {
		for _, p := range c.parts {
			use(r, c, p, parts, labels)
		}
	}
	b.cycles(r, parts)
	root := b.root(r, labels, parts)
	if b.bad || root == nil || r.mistakes() > before {
		b.bad = true
		return
	}
	b.Root = b.node(parts, root, "")
	for _, c := range b.comps {
		b.losers(r, c)
	}
}

// defaultTree is the composition of a cache that names none.
func (b *block) defaultTree() {
	label := RootLabel(b.spec.Name.Name)
	b.Tiers = []*model.Tier{
		{
			Label: "memory", Field: "Memory", Path: label + ".memory", Engine: model.Fastcache, Size: defaultMemory,
			Codec: "binary", Compress: "none",
		},
		{
			Label: "redis", Field: "Redis", Path: label + ".redis", Engine: model.Redis,
			Codec: "binary", Compress: "none", Timeout: defaultRedisTimeout, MaxValue: defaultRedisMax,
		},
	}
	b.Root = &model.Node{Label: label, Tier: -1, L1: &model.Node{Label: "memory"}, L2: &model.Node{Label: "redis", Tier: 1}}
}

// parts returns what the labels of the block stand for, and the labels in the
// order of their directives.
func (b *block) parts(r reporter) (map[string]*part, []string) {
	parts := map[string]*part{}
	var labels []string
	add := func(p *part) {
		l := p.label.text
		if first := parts[l]; first != nil {
			r.at(p.label.pos, "", "label %s is taken, see line %d", l, r.fset.Position(first.label.pos).Line)
			return
		}
		parts[l] = p
		labels = append(labels, l)
	}
	for _, t := range b.tiers {
		add(&part{label: t.label, tier: t})
	}
	for _, c := range b.comps {
		add(&part{label: c.label, comp: c})
	}
	return parts, labels
}

// use looks up a part of a composition: each is a part of one only.
func use(r reporter, c *composition, a arg, parts map[string]*part, labels []string) {
	p := parts[a.text]
	switch {
	case p == nil:
		r.at(a.pos, didYouMean(a.text, labels), "composition %s: unknown part %q", c.Label, a.text)
	case p.used:
		r.at(a.pos, "each tier and composition is a part once", "%s is used twice", a.text)
	default:
		p.used = true
	}
}

// cycles reports compositions that are parts of themselves, each cycle once.
func (b *block) cycles(r reporter, parts map[string]*part) {
	told := map[string]bool{}
	for _, c := range b.comps {
		if told[c.Label] {
			continue
		}
		path := []string{c.Label}
		seen := map[*composition]bool{}
		var visit func(d *composition) bool
		visit = func(d *composition) bool {
			if seen[d] {
				return false
			}
			seen[d] = true
			for _, a := range d.parts {
				p := parts[a.text]
				if p == nil || p.comp == nil {
					continue
				}
				path = append(path, p.comp.Label)
				if p.comp == c || visit(p.comp) {
					return true
				}
				path = path[:len(path)-1]
			}
			return false
		}
		if visit(c) {
			for _, l := range path {
				told[l] = true
			}
			r.at(c.label.pos, strings.Join(path, " → "), "composition %s is a part of itself", c.Label)
		}
	}
}

// root returns the part that is a part of nothing, and reports what else is.
func (b *block) root(r reporter, labels []string, parts map[string]*part) *part {
	var root *part
	if len(b.comps) > 0 {
		for _, l := range labels {
			p := parts[l]
			switch {
			case p.used:
			case p.tier != nil:
				r.at(p.label.pos, "name it in a //"+tool+":compose, or delete it", "tier %s is not used", l)
			case root != nil:
				r.at(p.label.pos, fmt.Sprintf("compose %s and %s", root.label.text, l), "a second root: neither %s nor %s is a part of anything", root.label.text, l)
			default:
				root = p
			}
		}
		return root
	}
	root = parts[labels[0]]
	for _, l := range labels[1:] {
		hint := fmt.Sprintf("//%s:compose %s = %s %s", tool, RootLabel(b.spec.Name.Name), root.label.text, l)
		r.at(parts[l].label.pos, hint, "tiers %s and %s are not composed", root.label.text, l)
	}
	return root
}

// fields reports tiers that would have the same field in the config.
func (b *block) fields(r reporter) {
	taken := map[string]string{"Options": ""}
	for _, t := range b.tiers {
		names := []string{t.Field}
		if t.Codec == "custom" {
			names = append(names, t.Field+"Codec")
		}
		for _, name := range names {
			first, ok := taken[name]
			switch {
			case !ok:
				taken[name] = t.Label
			case first == "":
				r.at(t.label.pos, "choose another label", "label %s: every config has a field %s already", t.Label, name)
			case first != t.Label:
				r.at(t.label.pos, "choose another label", "labels %s and %s both give the config field %s", first, t.Label, name)
			}
		}
	}
}

// node turns a part into a node below path, and appends its tiers to the cache.
func (b *block) node(parts map[string]*part, p *part, path string) *model.Node {
	path += p.label.text
	if p.tier != nil {
		p.tier.Path = path
		b.Tiers = append(b.Tiers, &p.tier.Tier)
		return &model.Node{Label: p.label.text, Tier: len(b.Tiers) - 1}
	}
	n := &p.comp.Node
	n.L1 = b.node(parts, parts[p.comp.parts[0].text], path+".")
	n.L2 = b.node(parts, parts[p.comp.parts[1].text], path+".")
	return n
}

// losers reports a race in which memory, which answers at once, would cancel
// the other part each time.
func (b *block) losers(r reporter, c *composition) {
	if c.Write != policy.WriteRace || c.Loser != policy.LoserDrop {
		return
	}
	for i, part := range []*model.Node{c.L1, c.L2} {
		memory := true
		for _, t := range part.Leaves() {
			memory = memory && b.Tiers[t].Engine.Memory()
		}
		if memory {
			r.at(c.opts["loser"].pos, "loser=offload, or write=optimistic",
				"write=race loser=drop: %s is memory and would always cancel the other part", c.parts[i].text)
			b.bad = true
			return
		}
	}
}
