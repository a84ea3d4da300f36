package templates

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/model"
)

// api returns the methods that callers use.
func (x *cacheGen) api() []jen.Code {
	hit, load := x.hitCalls()
	var all []jen.Code
	for _, text := range []string{
		`// Get returns the value under key. Stale values count; whatever is wrong with a
// tier, the others are asked, and the error is that of the last.
func (c *$X) Get(ctx $context.Context, key $K) (v $V, ok bool, err error) {
` + hit + `return c.core.Get(ctx, key)
}`,
		`// GetMany returns the values that there are, asking each tier once for all that
// is missing. The error is that of a tier which left keys unanswered.
func (c *$X) GetMany(ctx $context.Context, keys []$K) (map[$K]$V, error) {
return c.core.GetMany(ctx, keys)
}`,
		`// GetOrLoad returns the value under key, from a tier or else from load, whose
// value it stores. Callers who want one key at the same time share one load, each
// waiting under its own context. Tiers that fail are no error.
func (c *$X) GetOrLoad(ctx $context.Context, key $K, load func($context.Context, $K) ($V, error)) (v $V, err error) {
` + load + `return c.core.GetOrLoad(ctx, key, load)
}`,
		`// GetOrLoadMany returns the values that there are, from the tiers or else from
// load, which is called once with the keys that no tier has and nobody is loading.
// Keys that it leaves out have no value. What there is comes with an error, too.
func (c *$X) GetOrLoadMany(ctx $context.Context, keys []$K, load func($context.Context, []$K) (map[$K]$V, error)) (map[$K]$V, error) {
return c.core.GetOrLoadMany(ctx, keys, load)
}`,
		`// Set stores v under key in every tier.
func (c *$X) Set(ctx $context.Context, key $K, v $V) error {
return c.core.Set(ctx, key, v)
}`,
		`// SetMany stores each value under its key, does what it can and joins the errors.
func (c *$X) SetMany(ctx $context.Context, vs map[$K]$V) error {
return c.core.SetMany(ctx, vs)
}`,
		`// Delete removes key from every tier and returns how many copies there were.
func (c *$X) Delete(ctx $context.Context, key $K) (removed int, err error) {
return c.core.Delete(ctx, key)
}`,
		`// DeleteMany removes keys from every tier and returns how many copies there were.
func (c *$X) DeleteMany(ctx $context.Context, keys []$K) (removed int, err error) {
return c.core.DeleteMany(ctx, keys)
}`,
		`// Lookup reads like Get, but writes nothing: an entry with ReadMode Refill is for
// Store.
func (c *$X) Lookup(ctx $context.Context, key $K) ($cachert.Entry[$V], error) {
return c.core.Lookup(ctx, key)
}`,
		`// Store writes an entry with its own instants: a Refill entry into the tiers in
// front of its source, any other into every tier.
func (c *$X) Store(ctx $context.Context, key $K, e $cachert.Entry[$V]) error {
return c.core.Store(ctx, key, e)
}`,
		`// Backend returns the whole composition as one raw tier: as a backend tier of
// another cache of $type it works as if nested in the annotation.
func (c *$X) Backend() $cachert.Backend {
return c.core.Backend()
}`,
		`// Stats returns the counters of the cache and of each tier.
func (c *$X) Stats() $cachert.Stats {
return c.core.Stats()
}`,
		`// String describes the composition.
func (c *$X) String() string {
return $describe
}`,
		`// Close waits for background work until ctx ends. Afterwards every use of the
// cache returns runtime.ErrClosed.
func (c *$X) Close(ctx $context.Context) error {
return c.core.Close(ctx)
}`,
	} {
		all = append(all, x.snippet(text, x.with(vars{"describe": quote(describe(x.c, x.c.Root))})))
	}
	switch t := x.hot(); {
	case t == nil:
	case t.Engine == model.Otter:
		all = append(all, x.objectHit(t))
	default:
		all = append(all, x.hit())
	}
	return all
}

// hit is the whole way of a hit in memory.
func (x *cacheGen) hit() jen.Code {
	v := x.hitVars(vars{"k": x.binaryKeySize(), "n": x.bufferSize(), "decode": "decode" + x.codec.name})
	key := "began := c.core.Hot.Begin()\ndata, scratch, $got := c.hot.$get(buf[:0], $hitKey(kb[:0], key))\n"
	if x.keyFails() {
		key = "kb2, err := $hitKey(kb[:0], key)\nif err != nil {\nreturn $no\n}\nbegan := c.core.Hot.Begin()\ndata, scratch, $got := c.hot.$get(buf[:0], kb2)\n"
	}
	return x.snippet(`// hit sets *v, which is zero, if the first tier has a live value: key and entry
// stay on the stack, a long entry in scratch. Anything else is left to the core.$also
func (c *$X) hit($params) $results {
var kb [$k]byte
var buf [$n]byte
`+key+`if status == $cachert.Miss || ${stale}c.core.Closed() {
return $no
}
if $decode(v, data, "") != nil {
*v = *new($V)
return $no
}
scratch.Free()
c.core.Hot.End(began, now, len(data), status)
return $yes
}`, v)
}

// bufferSize returns how much of the stack a stored entry gets: all of it, if its
// size is known, or else what is likely enough. A longer one is put on the heap.
func (x *cacheGen) bufferSize() int64 {
	const header = 20
	if n, ok := x.c.Type.Width(); ok {
		return n + header
	}
	likely := 6 * x.c.Type.Min()
	for _, size := range []int64{256, 512, 1024} {
		if likely <= size {
			return size
		}
	}
	return 2048
}

func quote(s string) string { return "\"" + strings.ReplaceAll(s, `"`, `\"`) + "\"" }
