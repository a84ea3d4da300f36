package templates

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/model"
	"github.com/cachegen/cachegen/policy"
)

// plan returns the methods that are the composition: it is decided here, and what
// is emitted works on the tiers.
func (x *cacheGen) plan() []jen.Code {
	all := x.reads(x.c.Root, "")
	if x.c.Root.Leaf() {
		v := x.with(vars{"f": tierField(x.c.Tiers[0])})
		return append(all,
			x.snippet("func (c *$X) write(op *$cachert.Op[$K, $V], res []$cachert.Result) {\nc.$f.Write(op, res)\n}", v),
			x.snippet("func (c *$X) remove(op *$cachert.Op[$K, $V], res []$cachert.Result) {\nc.$f.Remove(op, res)\n}", v))
	}
	return append(all, x.writes(x.c.Root, "")...)
}

// reads returns the method that reads a node and those that it calls. A sequential
// composition of sequential compositions is a row of tiers.
func (x *cacheGen) reads(n *model.Node, suffix string) []jen.Code {
	if n.Leaf() || n.Read == policy.ReadSequential {
		calls, inner := x.row(n)
		doc := "// read$s asks in turn for the keys that have no answer yet.\n"
		if n.Leaf() {
			doc = ""
		}
		all := []jen.Code{x.snippet(doc+"func (c *$X) read$s(op *$cachert.Op[$K, $V]) {\n$calls\n}",
			x.with(vars{"s": suffix, "calls": strings.Join(calls, "\n")}))}
		return append(all, inner...)
	}
	v := x.with(vars{
		"s": suffix, "label": n.Label, "l1": x.part(n.L1, "Read"), "l2": x.part(n.L2, "Read"),
		"l1name": n.L1.Label, "l2name": n.L2.Label, "near": mask(n.L1), "race": x.race(n),
	})
	text := "// read$s reads $label: $l1name and $l2name at once; the first hit wins.\n" +
		"func (c *$X) read$s(op *$cachert.Op[$K, $V]) {\n$cachert.ReadRace(op, $l1, $l2, $race)\n}"
	if n.Read == policy.ReadParallel {
		text = "// read$s reads $label: $l1name and $l2name at once; what lives longer wins.\n" +
			"func (c *$X) read$s(op *$cachert.Op[$K, $V]) {\n$cachert.ReadParallel(op, $l1, $l2, $near)\n}"
	}
	all := []jen.Code{x.snippet(text, v)}
	for _, part := range []*model.Node{n.L1, n.L2} {
		if !part.Leaf() {
			all = append(all, x.reads(part, camel(part.Label))...)
		}
	}
	return all
}

// row returns the calls that read a sequential node, and the methods of the other
// compositions in it.
func (x *cacheGen) row(n *model.Node) (calls []string, inner []jen.Code) {
	switch {
	case n.Leaf():
		return []string{fmt.Sprintf("c.%s.Read(op)", tierField(x.c.Tiers[n.Tier]))}, nil
	case n.Read != policy.ReadSequential:
		return []string{fmt.Sprintf("c.read%s(op)", camel(n.Label))}, x.reads(n, camel(n.Label))
	}
	calls, inner = x.row(n.L1)
	more, methods := x.row(n.L2)
	return append(calls, more...), append(inner, methods...)
}

// race spells how a race is built.
func (x *cacheGen) race(n *model.Node) jen.Code {
	drop := ""
	if n.Loser == policy.LoserDrop {
		drop = ", Drop: true"
	}
	return x.snippet("$cachert.Race{Near: $near, Far: $far$drop}", vars{"near": mask(n.L1), "far": mask(n.L2), "drop": drop})
}

// mask spells the tiers below a node, by index.
func mask(n *model.Node) string {
	var m uint64
	for _, i := range n.Leaves() {
		m |= 1 << i
	}
	return fmt.Sprintf("%#b", m)
}

// writes returns the methods that write and remove for a composition and those
// inside it. The names of the inner ones end in their labels.
func (x *cacheGen) writes(n *model.Node, suffix string) []jen.Code {
	v := x.with(vars{
		"s": suffix, "label": n.Label, "l1name": n.L1.Label, "l2name": n.L2.Label,
		"w1": x.part(n.L1, "Write"), "w2": x.part(n.L2, "Write"), "r1": x.part(n.L1, "Remove"), "r2": x.part(n.L2, "Remove"),
	})
	call := "$cachert.WriteOptimistic(op, res, $w1, $w2)"
	v["how"] = fmt.Sprintf("%s and %s at once; one of them is enough", n.L1.Label, n.L2.Label)
	switch n.Write {
	case policy.WriteSequential:
		call = "$cachert.WriteSequential(op, res, $w1, $w2)"
		v["how"] = fmt.Sprintf("%s, then %s", n.L1.Label, n.L2.Label)
	case policy.WriteRace:
		call = "$cachert.WriteRace(op, res, $w1, $w2, $race)"
		v["race"] = x.race(n)
		v["how"] = fmt.Sprintf("%s and %s at once; the first is waited for", n.L1.Label, n.L2.Label)
	}
	all := []jen.Code{
		x.snippet("// write$s writes $label: $how.\n"+
			"func (c *$X) write$s(op *$cachert.Op[$K, $V], res []$cachert.Result) {\n"+call+"\n}", v),
		x.snippet("// remove$s removes from $label: from $l2name first, so that $l1name is not refilled from it.\n"+
			"func (c *$X) remove$s(op *$cachert.Op[$K, $V], res []$cachert.Result) {\n$cachert.RemoveBoth(op, res, $r1, $r2)\n}", v),
	}
	for _, part := range []*model.Node{n.L1, n.L2} {
		if !part.Leaf() {
			all = append(all, x.writes(part, camel(part.Label))...)
		}
	}
	return all
}

// part spells a node as a part of a composition, for one verb.
func (x *cacheGen) part(n *model.Node, verb string) jen.Code {
	if n.Leaf() {
		return x.snippet("c.$f", vars{"f": tierField(x.c.Tiers[n.Tier])})
	}
	return x.snippet("$cachert.Parts[$K, $V]{${verb}All: c.$method$s}", x.with(vars{"verb": verb, "method": strings.ToLower(verb), "s": camel(n.Label)}))
}

// refillMask returns the tiers, by index, that a hit in one of them is written
// into: the first part of every composition around it that refills, as long as
// the tier lies in its second.
func refillMask(n *model.Node, tier int) (mask uint64) {
	for !n.Leaf() {
		inner := n.L1
		for _, i := range n.L2.Leaves() {
			if i == tier {
				inner = n.L2
			}
		}
		if inner == n.L2 && n.Refill == policy.RefillAlways {
			for _, i := range n.L1.Leaves() {
				mask |= 1 << i
			}
		}
		n = inner
	}
	return mask
}

// describe returns a composition as String prints it.
func describe(c *model.Cache, n *model.Node) string {
	if n.Leaf() {
		t := c.Tiers[n.Tier]
		text := t.Label + ":" + string(t.Engine)
		if t.Share == "readonly" {
			text += "+readonly"
		}
		if t.Codec != "binary" {
			text += "+" + t.Codec
		}
		if t.Compressed() {
			text += "+" + t.Compress
		}
		return text
	}
	text := fmt.Sprintf("%s(%s, %s) read=%s write=%s refill=%s", n.Label, describe(c, n.L1), describe(c, n.L2), n.Read, n.Write, n.Refill)
	if n.Loser == policy.LoserDrop {
		text += " loser=drop"
	}
	return text
}

// camel returns a label in camel case: my_tier is MyTier.
func camel(label string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(label, "_") {
		if word != "" {
			b.WriteString(upper(word))
		}
	}
	return b.String()
}
