package generator

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/cachegen/cachegen/generator/load"
	"github.com/cachegen/cachegen/generator/model"
	"github.com/cachegen/cachegen/policy"
)

// Explain writes what each cache of the packages will do, in words: its tiers, its
// policies, what it stores and under which keys.
func Explain(ctx context.Context, cfg Config, w io.Writer) error {
	loaded, err := load.Load(ctx, load.Config{Dir: cfg.Dir, Patterns: cfg.Patterns, Tags: cfg.Tags})
	if err != nil {
		return err
	}
	var out strings.Builder
	for _, pkg := range loaded.Packages {
		for _, f := range pkg.Files {
			for _, c := range f.Caches {
				(&explainer{out: &out, c: c}).cache(pkg)
			}
		}
	}
	_, err = io.WriteString(w, out.String())
	return err
}

// explainer writes about one cache.
type explainer struct {
	out *strings.Builder
	c   *model.Cache
}

func (e *explainer) say(indent int, format string, args ...any) {
	fmt.Fprintf(e.out, "%s%s\n", strings.Repeat("  ", indent), fmt.Sprintf(format, args...))
}

func (e *explainer) cache(pkg *model.Package) {
	if e.out.Len() > 0 {
		e.out.WriteByte('\n')
	}
	e.say(0, "%s.%s caches %s", pkg.Path, e.c.Name, e.c.Type.Name)
	e.say(1, "tiers")
	e.node(e.c.Root, 2)
	e.say(1, "life")
	e.life()
	e.say(1, "key")
	e.key()
	e.say(1, "stored form")
	e.stored()
}

// node writes a node of the composition and those below it.
func (e *explainer) node(n *model.Node, indent int) {
	if n.Leaf() {
		e.tier(e.c.Tiers[n.Tier], indent)
		return
	}
	e.say(indent, "%s", n.Label)
	e.say(indent+1, map[policy.Read]string{
		policy.ReadSequential: "reads %s, and %s where that has no answer",
		policy.ReadRace:       "reads %s and %s at once; the first hit wins",
		policy.ReadParallel:   "reads %s and %s at once; of two hits the one that lives longer wins",
	}[n.Read], n.L1.Label, n.L2.Label)
	e.say(indent+1, map[policy.Write]string{
		policy.WriteOptimistic: "writes %s and %s at once; one that succeeds is enough",
		policy.WriteSequential: "writes %s, then %s; stops at the first failure",
		policy.WriteRace:       "writes %s and %s at once; returns at the first success",
	}[n.Write], n.L1.Label, n.L2.Label)
	if n.Loser == policy.LoserDrop {
		e.say(indent+1, "cancels the loser of a race")
	} else if n.Read == policy.ReadRace || n.Write == policy.WriteRace {
		e.say(indent+1, "lets the loser of a race go on in the background")
	}
	e.say(indent+1, "removes from %s, then from %s", n.L2.Label, n.L1.Label)
	if n.Refill == policy.RefillAlways {
		e.say(indent+1, "copies a hit in %s into %s, with the life it has left", n.L2.Label, n.L1.Label)
	} else {
		e.say(indent+1, "leaves %s as it is after a hit in %s", n.L1.Label, n.L2.Label)
	}
	e.node(n.L1, indent+1)
	e.node(n.L2, indent+1)
}

func (e *explainer) tier(t *model.Tier, indent int) {
	what := map[model.Engine]string{
		model.Fastcache: fmt.Sprintf("fastcache of %d MiB in this process", t.Size>>20),
		model.Otter:     fmt.Sprintf("otter of %d entries in this process", t.Size),
		model.Redis:     "Redis", model.Badger: "badger on the disk of this machine", model.Backend: "a backend of yours",
	}[t.Engine]
	e.say(indent, "%s: %s (source path %s)", t.Label, what, t.Path)
	switch {
	case t.Share == "readonly":
		e.say(indent+1, "stores values as they are, and gives the same one to every caller: nobody may change it")
	case t.Engine == model.Otter:
		e.say(indent+1, "stores values as they are, and gives each caller a copy")
	default:
		e.say(indent+1, "stores values as %s", codecWords(t))
	}
	if t.Timeout > 0 {
		e.say(indent+1, "costs %s at most, and is a failed tier beyond", model.Words(t.Timeout))
	} else if !t.Engine.Memory() {
		e.say(indent+1, "has no timeout: a caller waits until his own context ends")
	}
	if t.MaxValue > 0 {
		e.say(indent+1, "refuses values of more than %d bytes", t.MaxValue)
	}
	if t.Compressed() {
		e.say(indent+1, "refuses what inflates to more than %d bytes", t.Inflated())
	}
	if t.TTL > 0 {
		e.say(indent+1, "keeps entries for %s at most", model.Words(t.TTL))
	}
}

// codecWords says how a tier encodes values.
func codecWords(t *model.Tier) string {
	words := t.Codec
	if t.Codec == "custom" {
		words = fmt.Sprintf("the %sCodec of the config has them", t.Field)
	}
	if t.Compressed() {
		words += ", compressed with " + t.Compress
	}
	return words
}

func (e *explainer) life() {
	e.freshness()
	e.loading()
	if t := e.c.LeaseTier(); t != nil {
		e.say(2, "one process loads a key at a time, under a lease in %s; others wait %s for it, and then load as well", t.Label, model.Words(e.c.Lease))
		e.say(2, "a write that reaches Redis after the key was written or removed by anybody else is refused")
	}
	if bound, shared := e.staleness(); shared && bound == 0 {
		e.say(2, "WARNING: what another process sets or deletes is seen only when the copy here is evicted;")
		e.say(2, "give the cache or the memory tier a ttl=")
	} else if shared {
		e.say(2, "what another process sets or deletes is seen after %s at most", model.Words(bound))
	}
}

// freshness says what becomes of a value, from its first day to its last.
func (e *explainer) freshness() {
	c := e.c
	switch {
	case c.TTL == 0:
		e.say(2, "values are fresh for ever")
	case c.Jitter > 0:
		e.say(2, "values are fresh for %s, give or take up to %s", model.Words(c.TTL), model.Percent(c.Jitter))
	default:
		e.say(2, "values are fresh for %s", model.Words(c.TTL))
	}
	if c.Eager > 0 {
		e.say(2, "after %s of that the next GetOrLoad has them loaded again in the background", model.Percent(c.Eager))
	}
	if c.Stale > 0 {
		e.say(2, "then stale for %s: %s", model.Words(c.Stale), map[policy.OnStale]string{
			policy.StaleReturn:     "they are served as they are",
			policy.StaleRevalidate: "GetOrLoad loads first, and serves them if that fails",
			policy.StaleOffload:    "they are served, and GetOrLoad has them loaded again in the background",
		}[c.OnStale])
	}
	if c.FailSafe > 0 {
		e.say(2, "then kept for %s: only a GetOrLoad whose load fails serves them", model.Words(c.FailSafe))
	}
}

// loading says when a loader is called.
func (e *explainer) loading() {
	if e.c.Concurrency > 1 {
		e.say(2, "a loader may take %s; callers who want one key share up to %d loads, and the first result", model.Words(e.c.LoadTimeout), e.c.Concurrency)
	} else {
		e.say(2, "a loader may take %s; callers who want one key share one load", model.Words(e.c.LoadTimeout))
	}
	if e.c.Eager > 0 || e.c.OnStale != policy.StaleReturn {
		e.say(2, "before a value is loaded again all tiers are asked for a newer one")
	}
	if e.c.Absent > 0 {
		e.say(2, "that a loader has found nothing is remembered for %s", model.Words(e.c.Absent))
	}
}

// staleness returns how long the memory of this process can hide what others do;
// 0 is for ever. shared is false if nobody else sees the cache.
func (e *explainer) staleness() (bound time.Duration, shared bool) {
	memory := false
	endless := false
	for _, t := range e.c.Tiers {
		if !t.Engine.Memory() {
			shared = shared || t.Engine != model.Badger // a badger directory has one process
			continue
		}
		memory = true
		life := e.c.TTL + time.Duration(e.c.Jitter*float64(e.c.TTL)) + e.c.Stale
		if t.TTL > 0 && (life == 0 || t.TTL < life) {
			life = t.TTL
		}
		endless = endless || life == 0
		bound = max(bound, life)
	}
	if endless {
		bound = 0
	}
	return bound, shared && memory
}

func (e *explainer) key() {
	names := make([]string, len(e.c.Key.Parts))
	for i, p := range e.c.Key.Text(e.c.Slot) {
		names[i] = "<" + p.Path + ">"
		if p.Path == e.c.Slot {
			names[i] = "{" + names[i] + "}"
		}
	}
	e.say(2, "outside the process: %s:%08x:%s", e.c.Prefix(), e.c.Fingerprint()>>32, strings.Join(names, ":"))
	if e.c.Slot != "" {
		e.say(2, "in a Redis Cluster all keys with the same %s are in one slot", e.c.Slot)
	}
	for _, t := range e.c.Tiers {
		if t.Engine == model.Fastcache {
			e.say(2, "in memory: the fingerprint and the parts in binary")
			return
		}
	}
}

func (e *explainer) stored() {
	e.say(2, "schema fingerprint %016x: another shape has other keys", e.c.Fingerprint())
	binary := slices.ContainsFunc(e.c.Tiers, func(t *model.Tier) bool { return t.Codec == "binary" && t.Engine != model.Otter })
	if n, ok := e.c.Type.Width(); ok && binary {
		e.say(2, "%d bytes in binary", n)
	} else if binary {
		e.say(2, "%d bytes or more in binary", e.c.Type.Min())
	}
	if binary {
		e.say(2, "decoding allocates at most %d times the bytes, and 4 KiB, whatever they are", e.c.Type.Factor(e.c.OwnStrings))
	}
	for _, t := range e.c.Tiers {
		if !t.Engine.Memory() {
			e.say(2, "outside the process with an envelope: key, fingerprint, instants, exact length, checksum")
			return
		}
	}
}
