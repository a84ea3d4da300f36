package templates

import (
	"fmt"
	"strings"

	"github.com/cachegen/cachegen/generator/model"
	"github.com/cachegen/cachegen/policy"
)

// doc returns the doc comment of the generated type: what it caches, where, and
// under which policies.
func (x *cacheGen) doc() string {
	var lines []string
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	say("%s caches values of type %s by %s.", x.c.Name, x.c.Type.Name, x.keyWords())
	say("")
	for _, t := range x.c.Tiers {
		say("  - %s: %s", t.Path, tierWords(t))
	}
	say("")
	lines = append(lines, lifeWords(x.c)...)
	if t := x.c.LeaseTier(); t != nil {
		say("")
		say("One process loads a key at a time, under a lease in %s; others wait for it, %s", t.Label, model.Words(x.c.Lease))
		say("at most. What is written too late in Redis is refused there.")
	}
	lines = append(lines, nodeWords(x.c.Root)...)
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(strings.TrimRight("// "+l, " ") + "\n")
	}
	return b.String()
}

func (x *cacheGen) keyWords() string {
	names := make([]string, len(x.c.Key.Parts))
	for i, p := range x.c.Key.Parts {
		names[i] = p.Path
	}
	return strings.Join(names, ", ")
}

func tierWords(t *model.Tier) string {
	where := map[model.Engine]string{
		model.Fastcache: "fastcache of " + sizeText(t.Size), model.Otter: fmt.Sprintf("otter of %d entries", t.Size),
		model.Redis: "Redis", model.Badger: "badger on disk", model.Backend: "a runtime.Backend",
	}[t.Engine]
	text := where + ", " + t.Codec
	if t.Compressed() {
		text += " compressed with " + t.Compress
	}
	switch {
	case t.Share == "readonly":
		text = where + ", one value for all callers, who must not change it"
	case t.Engine == model.Otter:
		text = where + ", a copy for each caller"
	}
	if t.TTL > 0 {
		text += fmt.Sprintf(", for %s at most", model.Words(t.TTL))
	}
	if t.Timeout > 0 {
		text += fmt.Sprintf(", asked for %s at most", model.Words(t.Timeout))
	}
	if t.MaxValue > 0 {
		text += ", values up to " + sizeText(t.MaxValue)
	}
	return text
}

// lifeWords says how long values live and when they are loaded.
func lifeWords(c *model.Cache) (lines []string) {
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	about := ""
	if c.Jitter > 0 {
		about = fmt.Sprintf(", give or take %s,", model.Percent(c.Jitter))
	}
	switch {
	case c.TTL == 0:
		say("Values do not expire.")
	case c.Stale == 0:
		say("Values live for %s%s.", model.Words(c.TTL), strings.TrimSuffix(about, ","))
	default:
		say("Values are fresh for %s%s and served stale for %s more.", model.Words(c.TTL), about, model.Words(c.Stale))
	}
	switch c.OnStale {
	case policy.StaleRevalidate:
		say("GetOrLoad loads before it serves a stale value.")
	case policy.StaleOffload:
		say("GetOrLoad has stale values loaded again in the background.")
	}
	if c.Eager > 0 {
		say("After %s of its ttl, GetOrLoad has a value loaded again in the background.", model.Percent(c.Eager))
	}
	if c.FailSafe > 0 {
		say("If loading fails, a value is served for %s after its end.", model.Words(c.FailSafe))
	}
	if c.Absent > 0 {
		say("That there is no value is remembered for %s.", model.Words(c.Absent))
	}
	if c.Concurrency > 1 {
		say("Up to %d callers load one key at the same time.", c.Concurrency)
	}
	return lines
}

// nodeWords says what the policies of a composition do, the outer one first.
func nodeWords(n *model.Node) []string {
	if n.Leaf() {
		return nil
	}
	l1, l2 := n.L1.Label, n.L2.Label
	read := map[policy.Read]string{
		policy.ReadSequential: fmt.Sprintf("%s and then %s", l1, l2),
		policy.ReadRace:       fmt.Sprintf("%s and %s at once, of which the first hit wins", l1, l2),
		policy.ReadParallel:   fmt.Sprintf("%s and %s at once, of which what lives longer wins", l1, l2),
	}[n.Read]
	write := map[policy.Write]string{
		policy.WriteOptimistic: "writes both at once, and one is enough",
		policy.WriteSequential: fmt.Sprintf("writes %s and then %s", l1, l2),
		policy.WriteRace:       "writes both at once, and waits for the first",
	}[n.Write]
	refill := fmt.Sprintf("A hit in %s is written into %s.", l2, l1)
	if n.Refill == policy.RefillNever {
		refill = fmt.Sprintf("A hit in %s leaves %s as it is.", l2, l1)
	}
	lines := []string{"", fmt.Sprintf("%s reads %s; it %s.", n.Label, read, write), refill}
	return append(append(lines, nodeWords(n.L1)...), nodeWords(n.L2)...)
}
