package templates

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/model"
)

// identity is what an object tier is asked by: the key itself, where == compares
// what the key means, or else what its binary form says.
type identity struct {
	spelling jen.Code // of the type
	ident    string   // the body of a function of key and bin
	binary   bool     // it is made of bin
}

// prefixLen is how long the prefix of a binary key is.
const prefixLen = 9

// identity returns what the object tiers of the cache are asked by. Two times
// can be one instant, and two keys that spell themselves one text.
func (x *cacheGen) identity() identity {
	for _, p := range x.c.Key.Parts {
		if !comparesItself(p.Type) {
			n, ok := x.keyWidth()
			if !ok {
				return identity{jen.Id("string"), "return string(bin)", true}
			}
			n += prefixLen
			if n == 16 {
				n++ // as binaryKeyFunc pads it
			}
			array := fmt.Sprintf("[%d]byte", n)
			return identity{jen.Id(array), "return " + array + "(bin)", true}
		}
	}
	return identity{x.keyType(), "return key", false}
}

// comparesItself reports whether == tells keys of a type apart as the cache does.
func comparesItself(t *model.Type) bool {
	switch {
	case t.Marshal != model.NoMarshal || t.Kind == model.Time:
		return false
	case t.Kind == model.Array:
		return comparesItself(t.Elem)
	}
	return true
}

// keyHash spells a hash of the key, as object tiers want it: a number is its own.
func (x *cacheGen) keyHash(id identity) jen.Code {
	parts := x.c.Key.Parts
	switch {
	case id.binary:
		return x.snippet("$ottertier.HashBytes(bin)", nil)
	case len(parts) == 1 && parts[0].Type.Kind.Integer():
		return x.snippet("uint64(key)", nil)
	}
	return x.snippet("$ottertier.Hash(key)", nil)
}

// newObjectTier makes a tier that keeps values as they are.
func (x *cacheGen) newObjectTier(t *model.Tier, leaf string, v vars) jen.Code {
	id := x.identity()
	v["n"], v["Q"], v["ident"], v["readonly"] = t.Size, id.spelling, id.ident, t.Share == "readonly"
	v["params"] = "key $K, _ []byte"
	if id.binary {
		v["params"] = "_ $K, bin []byte"
	}
	v["params"] = x.snippet(v["params"].(string), v)
	engine := "$ottertier.New[$K, $Q, $V]($n, clock, func($params) $Q { $ident })"
	if t == x.hot() {
		return x.snippet("c.hot = "+engine+"\nc.$f = $cachert.NewObjectLeaf[$K, $V]("+leaf+", c.hot, $readonly)\n", v)
	}
	return x.snippet("c.$f = $cachert.NewObjectLeaf[$K, $V]("+leaf+", "+engine+", $readonly)\n", v)
}

// cloneFunc spells the Clone of the Spec.
func (x *cacheGen) cloneFunc() jen.Code {
	v := x.with(vars{"f": "clone" + x.clone.name})
	if cloneFails(x.c.Type) {
		return x.snippet("$f", v)
	}
	return x.snippet("func(v *$V) error { $f(v); return nil }", v)
}

// objectHit is the whole way of a hit among values.
func (x *cacheGen) objectHit(t *model.Tier) jen.Code {
	id := x.identity()
	v := x.hitVars(vars{"Q": id.spelling, "k": x.binaryKeySize(), "own": "", "doc": "given to everybody who asks", "key": "key", "hash": x.keyHash(id)})
	if t.Share != "readonly" {
		v["doc"] = "copied"
		if x.clone != nil {
			v["own"] = x.snippet("$f(v)\n", vars{"f": "clone" + x.clone.name})
			if cloneFails(x.c.Type) {
				v["own"] = x.snippet("if $f(v) != nil {\n*v = *new($V)\nreturn $no\n}\n", x.with(vars{"f": "clone" + x.clone.name, "no": v["no"]}))
			}
		}
	}
	before := ""
	if id.binary {
		before = "var kb [$k]byte\nbin := $hitKey(kb[:0], key)\n"
		if x.keyFails() {
			before = "var kb [$k]byte\nbin, err := $hitKey(kb[:0], key)\nif err != nil {\nreturn $no\n}\n"
		}
		v["key"] = x.snippet("$Q(bin)", v)
	}
	// What is copied as it is comes last: the counters' atomic operations would wait for it,
	// and the next hit for them. A deep copy may fail, and takes long enough to be timed.
	rest := "$count\n*v = *o\n"
	if v["own"] != "" {
		rest = "*v = *o\n$own $count\n"
	}
	v["count"] = x.snippet("c.core.Hot.End(began, now, 0, status)", nil)
	return x.snippet(`// hit sets *v, which is zero, if the first tier has a live value: it is $doc.
// Anything else is left to the core.$also
func (c *$X) hit($params) $results {
`+before+`began := c.core.Hot.Begin()
o, $got := c.hot.$get($key, $hash)
if status == $cachert.Miss || ${stale}c.core.Closed() {
return $no
}
`+rest+`return $yes
}`, v)
}
