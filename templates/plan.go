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
	all := []jen.Code{x.read()}
	if x.c.Root.Leaf() {
		v := x.with(vars{"f": tierField(x.c.Tiers[0])})
		return append(all,
			x.snippet("func (c *$X) write(op *$cachert.Op[$K, $V], res []$cachert.Result) { c.$f.Write(op, res) }", v),
			x.snippet("func (c *$X) remove(op *$cachert.Op[$K, $V], res []$cachert.Result) { c.$f.Remove(op, res) }", v))
	}
	return append(all, x.writes(x.c.Root, "")...)
}

// read asks the tiers one after the other: a sequential composition of
// sequential compositions is a row.
func (x *cacheGen) read() jen.Code {
	calls := make([]string, len(x.c.Tiers))
	for i, t := range x.c.Tiers {
		calls[i] = fmt.Sprintf("c.%s.Read(op)", tierField(t))
	}
	doc := "// read asks the tiers in turn for the keys that have no answer yet.\n"
	if len(calls) == 1 {
		doc = ""
	}
	return x.snippet(doc+"func (c *$X) read(op *$cachert.Op[$K, $V]) {\n$calls\n}", x.with(vars{"calls": strings.Join(calls, "\n")}))
}

// writes returns the methods that write and remove for a composition and those
// inside it. The names of the inner ones end in their labels.
func (x *cacheGen) writes(n *model.Node, suffix string) []jen.Code {
	v := x.with(vars{"s": suffix, "label": n.Label, "l1": x.part(n.L1), "l2": x.part(n.L2), "l1name": n.L1.Label, "l2name": n.L2.Label})
	v["how"] = fmt.Sprintf("%s and %s at once; one of them is enough", n.L1.Label, n.L2.Label)
	policyFunc := "WriteOptimistic"
	if n.Write == policy.WriteSequential {
		policyFunc = "WriteSequential"
		v["how"] = fmt.Sprintf("%s, then %s", n.L1.Label, n.L2.Label)
	}
	all := []jen.Code{
		x.snippet("// write$s writes $label: $how.\n"+
			"func (c *$X) write$s(op *$cachert.Op[$K, $V], res []$cachert.Result) {\n$cachert."+policyFunc+"(op, res, $l1, $l2)\n}", v),
		x.snippet("// remove$s removes from $label: from $l2name first, so that $l1name is not refilled from it.\n"+
			"func (c *$X) remove$s(op *$cachert.Op[$K, $V], res []$cachert.Result) {\n$cachert.RemoveBoth(op, res, $l1, $l2)\n}", v),
	}
	for _, part := range []*model.Node{n.L1, n.L2} {
		if !part.Leaf() {
			all = append(all, x.writes(part, camel(part.Label))...)
		}
	}
	return all
}

// part spells a node as a part of a composition.
func (x *cacheGen) part(n *model.Node) jen.Code {
	if n.Leaf() {
		return x.snippet("c.$f", vars{"f": tierField(x.c.Tiers[n.Tier])})
	}
	return x.snippet("$cachert.Parts[$K, $V]{WriteAll: c.write$s, RemoveAll: c.remove$s}", x.with(vars{"s": camel(n.Label)}))
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
		if t.Codec != "binary" {
			text += "+" + t.Codec
		}
		if t.Compress != "" && t.Compress != "none" {
			text += "+" + t.Compress
		}
		return text
	}
	return fmt.Sprintf("%s(%s, %s) read=%s write=%s refill=%s", n.Label, describe(c, n.L1), describe(c, n.L2), n.Read, n.Write, n.Refill)
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
