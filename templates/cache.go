package templates

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/model"
	"github.com/cachegen/cachegen/policy"
)

// cacheGen emits one cache.
type cacheGen struct {
	*gen
	c       *model.Cache
	codec   *codec // nil if no tier stores the binary form
	clone   *codec // nil if no tier stores values that need it
	formats []format
	v       vars // what its snippets have in common

	prefix, binaryKey, textKey string // names of package-level declarations
}

// cache returns the declarations of a cache, in the order in which they are read.
func (g *gen) cache(c *model.Cache) []jen.Code {
	x := &cacheGen{gen: g, c: c}
	own := lower(c.Name)
	x.prefix, x.binaryKey, x.textKey = g.unique(own+"Prefix"), g.unique("append"+upper(c.Name)+"Key"), g.unique("append"+upper(c.Name)+"Text")
	x.v = vars{
		"X": c.Name, "K": x.keyType(), "V": g.spell(c.Type), "prefix": x.prefix, "hitKey": x.binaryKey,
		"key": c.Name + "Key", "type": c.Type.Name,
	}
	x.addFormats()
	all := []jen.Code{x.config(), x.typ(), x.constructor()}
	all = append(all, x.keyDecls()...)
	all = append(all, x.api()...)
	all = append(all, x.plan()...)
	all = append(all, x.keyFuncs()...)
	all = append(all, x.codecDecls()...)
	return append(all, g.guards(c)...)
}

// codecDecls returns the functions of the codec, once for each that the file
// needs.
func (x *cacheGen) codecDecls() (all []jen.Code) {
	if x.codec != nil && !x.codec.emitted {
		x.codec.emitted = true
		all = x.codec.functions()
	}
	if x.clone != nil && !x.clone.cloned {
		x.clone.cloned = true
		all = append(all, x.clone.clones()...)
	}
	return all
}

// addFormats numbers the formats of the tiers.
func (x *cacheGen) addFormats() {
	for _, t := range x.c.Tiers {
		if t.Engine == model.Otter {
			if shares(x.c.Type) {
				x.clone = x.codecOf()
			}
			continue
		}
		x.addFormat(formatOf(t))
		if t.Codec == "binary" {
			x.codec = x.codecOf()
		}
	}
	if len(x.formats) == 0 { // nothing is encoded here, but Backend has to
		x.formats, x.codec = []format{{codec: "binary"}}, x.codecOf()
	}
}

// codecOf returns the codec of the cache's type, which its file has once.
func (x *cacheGen) codecOf() *codec {
	k := codecKey{x.c.Type, x.c.OwnStrings, x.c.SortedMaps}
	if x.codecs[k] == nil {
		x.codecs[k] = x.newCodec(k)
	}
	return x.codecs[k]
}

// tierField is the field of the generated type for a tier.
func tierField(t *model.Tier) string { return lower(t.Field) + "Tier" }

// hot returns the tier whose hits Get finds itself: the first one, if it keeps
// values or their binary form in memory and is asked first.
func (x *cacheGen) hot() *model.Tier {
	for n := x.c.Root; !n.Leaf(); n = n.L1 {
		if n.Read != policy.ReadSequential {
			return nil // a hit in memory is not all there is to do
		}
	}
	if t := x.c.Tiers[0]; t.Engine == model.Otter || t.Engine == model.Fastcache && formatOf(t) == (format{codec: "binary"}) {
		return t
	}
	return nil
}

func (x *cacheGen) config() jen.Code {
	fields := &jen.Statement{}
	for _, t := range x.c.Tiers {
		v := vars{"F": t.Field}
		switch t.Engine {
		case model.Fastcache:
			v["size"] = sizeText(t.Size)
			fields.Add(x.snippet("$F *$fastcache.Cache // nil: a new one of $size; may be shared by many caches\n", v))
		case model.Redis:
			fields.Add(x.snippet("$F $redis.UniversalClient // required; redistier.Dial makes one\n", v))
		case model.Badger:
			fields.Add(x.snippet("$F *$badger.DB // required; its owner closes it, after the cache\n", v))
		case model.Backend:
			fields.Add(x.snippet("$F $cachert.Backend // required\n", v))
		}
		if t.Codec == "custom" {
			fields.Add(x.snippet("${F}Codec $cachert.Codec[$V] // required: encodes what $label stores\n", x.with(vars{"F": t.Field, "label": t.Label})))
		}
	}
	return x.snippet(`// ${X}Config is what New$X makes a cache of.
type ${X}Config struct {
$fields Options $cachert.Options // the zero value has sound defaults
}`, x.with(vars{"fields": fields}))
}

func (x *cacheGen) typ() jen.Code {
	fields := &jen.Statement{}
	for _, t := range x.c.Tiers {
		leaf := "MemoryLeaf"
		switch {
		case t.Engine == model.Otter:
			leaf = "ObjectLeaf"
		case !t.Engine.Memory():
			leaf = "RemoteLeaf"
		}
		fields.Add(x.snippet("$f *$cachert."+leaf+"[$K, $V]\n", x.with(vars{"f": tierField(t)})))
	}
	if t := x.hot(); t != nil {
		v := x.with(vars{"f": tierField(t)})
		if t.Engine == model.Otter {
			v["Q"] = x.identity().spelling
			fields.Add(x.snippet("hot *$ottertier.Tier[$K, $Q, $V] // what $f stores in\n", v))
		} else {
			fields.Add(x.snippet("hot *$fasttier.Tier // what $f stores in\n", v))
		}
	}
	return x.snippet(x.doc()+`type $X struct {
core *$cachert.Core[$K, $V]
$fields}`, x.with(vars{"fields": fields}))
}

func (x *cacheGen) constructor() jen.Code {
	required := &jen.Statement{}
	tiers := &jen.Statement{}
	names := make([]string, len(x.c.Tiers))
	for i, t := range x.c.Tiers {
		if !t.Engine.Memory() {
			required.Add(x.require(t.Field))
		}
		if t.Codec == "custom" {
			required.Add(x.require(t.Field + "Codec"))
		}
		required.Add(x.apart(t, x.c.Tiers[:i]))
		tiers.Add(x.newTier(i, t))
		names[i] = "c." + tierField(t)
	}
	return x.snippet(`// New$X returns a cache over the tiers of cfg. It is for use by many
// goroutines at once; one for each process is intended.
func New$X(cfg ${X}Config) (*$X, error) {
$required clock := $cachert.NewTimebase(cfg.Options.Clock)
c := &$X{}
$tiers c.core = $cachert.NewCore($cachert.Spec[$K, $V]{
$spec
}, cfg.Options, clock, $names)
return c, nil
}`, x.with(vars{"required": required, "tiers": tiers, "names": strings.Join(names, ", "), "spec": x.spec()}))
}

// require refuses a config without a field.
func (x *cacheGen) require(field string) jen.Code {
	return x.snippet("if cfg.$F == nil {\nreturn nil, $cachert.Required(\"$X\", \"$F\")\n}\n", x.with(vars{"F": field}))
}

// apart refuses a store in which an earlier tier lies already: keys are those of the
// cache, so that the two would overwrite each other.
func (x *cacheGen) apart(t *model.Tier, earlier []*model.Tier) jen.Code {
	all := &jen.Statement{}
	for _, e := range earlier {
		if t.Engine == model.Fastcache && e.Engine == model.Fastcache {
			all.Add(x.snippet("if cfg.$A != nil && cfg.$A == cfg.$B {\nreturn nil, $cachert.Shared(\"$X\", \"$A\", \"$B\")\n}\n",
				x.with(vars{"A": e.Field, "B": t.Field})))
		}
	}
	return all
}

// newTier makes one tier.
func (x *cacheGen) newTier(i int, t *model.Tier) jen.Code {
	info := fmt.Sprintf("Index: %d, Path: %q, Engine: %q", i, t.Path, t.Engine)
	if f := x.index(formatOf(t)); f > 0 && t.Engine != model.Otter {
		info += fmt.Sprintf(", Format: %d", f)
	}
	if mask := refillMask(x.c.Root, i); mask != 0 {
		info += fmt.Sprintf(", Refill: %#b", mask)
	}
	if t.MaxValue > 0 {
		info += ", MaxValue: " + sizeExpr(t.MaxValue)
	}
	v := x.with(vars{"f": tierField(t), "F": t.Field, "info": info, "ttl": "", "timeout": ""})
	if t.TTL > 0 {
		v["ttl"] = x.snippet(", TTL: $d", vars{"d": x.duration(t.TTL)})
	}
	if t.Timeout > 0 {
		v["timeout"] = x.snippet(", Timeout: $d", vars{"d": x.duration(t.Timeout)})
	}
	leaf := "$cachert.Leaf{$info$ttl$timeout}"
	switch t.Engine {
	case model.Fastcache:
		v["size"] = sizeExpr(t.Size)
		if t == x.hot() {
			return x.snippet("c.hot = $fasttier.New(cfg.$F, $size, clock)\nc.$f = $cachert.NewMemoryLeaf[$K, $V]("+leaf+", c.hot)\n", v)
		}
		return x.snippet("c.$f = $cachert.NewMemoryLeaf[$K, $V]("+leaf+", $fasttier.New(cfg.$F, $size, clock))\n", v)
	case model.Otter:
		return x.newObjectTier(t, leaf, v)
	case model.Redis:
		v["max"], v["prefix"] = sizeExpr(t.MaxValue), x.textPrefix()
		engine := "$redistier.New(cfg.$F, $max)"
		if x.c.Lease > 0 {
			engine = "$redistier.NewLeased(cfg.$F, $max, $prefix)"
		}
		return x.snippet("c.$f = $cachert.NewRemoteLeaf[$K, $V]("+leaf+", "+engine+")\n", v)
	case model.Badger:
		v["max"] = sizeExpr(t.MaxValue)
		return x.snippet("c.$f = $cachert.NewRemoteLeaf[$K, $V]("+leaf+", $badgertier.New(cfg.$F, $max))\n", v)
	case model.Backend:
		return x.snippet("c.$f = $cachert.NewBackendLeaf[$K, $V]("+leaf+", cfg.$F)\n", v)
	}
	panic("cachegen bug: no engine " + string(t.Engine))
}

// spec returns the fields of the Spec.
func (x *cacheGen) spec() jen.Code {
	s := &jen.Statement{}
	add := func(text string, v vars) { s.Add(x.snippet(text+",\n", x.with(v))) }
	add("Name: \"$X\"", nil)
	add("Prefix: $p", vars{"p": x.textPrefix()})
	add("Fingerprint: $fp", vars{"fp": fmt.Sprintf("%#x", x.c.Fingerprint())})
	x.freshness(add)
	if x.c.Type.Plain() {
		add("Plain: true", nil)
	}
	add("MemoryPrefix: $prefix", nil)
	if !x.c.Root.Leaf() {
		add("Far: $far", vars{"far": mask(x.c.Root.L2)})
	}
	add("BinaryKey: $f", vars{"f": x.keyFunc(x.binaryKey, x.keyFails())})
	if x.remote() {
		add("TextKey: $f", vars{"f": x.keyFunc(x.textKey, x.keyFails())})
	}
	if x.hot() != nil {
		add("Hit: $f", vars{"f": x.hitFunc()})
	}
	formats := &jen.Statement{}
	for _, f := range x.formats {
		formats.Add(x.formatCode(f))
	}
	add("Formats: []$cachert.Format[$V]{\n$formats}", vars{"formats": formats})
	if x.clone != nil {
		add("Clone: $f", vars{"f": x.cloneFunc()})
	}
	add("Read: c.read,\nWrite: c.write,\nRemove: c.remove", nil)
	return s
}

// textPrefix spells how keys begin outside the process.
func (x *cacheGen) textPrefix() string {
	return fmt.Sprintf("%q", fmt.Sprintf("%s:%08x:", x.c.Prefix(), x.c.Fingerprint()>>32))
}

// keyFunc returns a key function as the core wants it: it can fail.
func (x *cacheGen) keyFunc(name string, fails bool) jen.Code {
	if fails {
		return jen.Id(name)
	}
	return x.snippet("func(dst []byte, key $K) ([]byte, error) { return $f(dst, key), nil }", x.with(vars{"f": name}))
}

// remote reports whether some tier lies outside the process.
func (x *cacheGen) remote() bool {
	for _, t := range x.c.Tiers {
		if !t.Engine.Memory() {
			return true
		}
	}
	return false
}

// with returns the common variables with some more.
func (x *cacheGen) with(more vars) vars {
	all := maps.Clone(x.v)
	maps.Copy(all, more)
	return all
}

// duration spells a duration as a person would.
func (g *gen) duration(d time.Duration) jen.Code {
	units := []struct {
		d    time.Duration
		name string
	}{{time.Hour, "Hour"}, {time.Minute, "Minute"}, {time.Second, "Second"}, {time.Millisecond, "Millisecond"}, {time.Microsecond, "Microsecond"}}
	for _, u := range units {
		if d%u.d == 0 {
			if n := d / u.d; n > 1 {
				return g.snippet("$n * $time."+u.name, vars{"n": int64(n)})
			}
			return g.snippet("$time."+u.name, nil)
		}
	}
	return g.snippet("$n * $time.Nanosecond", vars{"n": int64(d)})
}

// sizeExpr spells a number of bytes as a shift, where it is one.
func sizeExpr(n int64) string {
	for shift := 40; shift > 0; shift -= 10 {
		if n >= 1<<shift && n%(1<<shift) == 0 {
			return fmt.Sprintf("%d<<%d", n>>shift, shift)
		}
	}
	return fmt.Sprint(n)
}

// sizeText spells a number of bytes in words.
func sizeText(n int64) string {
	for i, unit := range []string{"TiB", "GiB", "MiB", "KiB"} {
		if shift := 40 - 10*i; n >= 1<<shift && n%(1<<shift) == 0 {
			return fmt.Sprintf("%d %s", n>>shift, unit)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}
