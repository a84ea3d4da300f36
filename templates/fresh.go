package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/policy"
)

// revalidates reports whether a stale value is not enough for GetOrLoad.
func (x *cacheGen) revalidates() bool { return x.c.OnStale == policy.StaleRevalidate }

// reloads reports whether GetOrLoad has values loaded in the background.
func (x *cacheGen) reloads() bool { return x.c.OnStale == policy.StaleOffload || x.c.Eager > 0 }

// hitCalls returns how Get and GetOrLoad begin: with a hit in memory, and what
// freshness has them do with it.
func (x *cacheGen) hitCalls() (get, load string) {
	if x.hot() == nil {
		return "", ""
	}
	live, fresh := "c.hit(key, &v)", "c.hit(key, &v)"
	if x.revalidates() {
		live, fresh = "c.hit(key, &v, true)", "c.hit(key, &v, false)"
	}
	if !x.reloads() {
		return "if " + live + " {\nreturn v, true, nil\n}\n", "if " + fresh + " {\nreturn v, nil\n}\n"
	}
	return "if ok, _ := " + live + "; ok {\nreturn v, true, nil\n}\n",
		"if ok, due := " + fresh + "; ok {\nif due {\nc.core.Reload(ctx, key, load)\n}\nreturn v, nil\n}\n"
}

// hitFunc returns the way of a hit as the core wants it for batches, where stale values
// count.
func (x *cacheGen) hitFunc() jen.Code {
	stale := ""
	if x.revalidates() {
		stale = ", true"
	}
	switch {
	case x.reloads():
		return x.snippet("func(key $K, v *$V) bool {\nok, _ := c.hit(key, v"+stale+")\nreturn ok\n}", x.with(nil))
	case x.revalidates():
		return x.snippet("func(key $K, v *$V) bool { return c.hit(key, v"+stale+") }", x.with(nil))
	}
	return x.snippet("c.hit", nil)
}

// hitVars returns the variables of the snippet that is the way of a hit. It has as
// much of freshness in it as the annotation asks for.
func (x *cacheGen) hitVars(more vars) vars {
	v := x.with(more)
	v["params"], v["results"], v["stale"], v["also"] = x.snippet("key $K, v *$V", v), "bool", "", ""
	v["got"], v["get"], v["no"], v["yes"] = "status, now", "Get", "false", "true"
	if x.revalidates() {
		v["params"], v["stale"] = x.snippet("key $K, v *$V, stale bool", v), x.snippet("status == $cachert.Stale && !stale || ", nil)
		v["also"] = "\n// A stale value is one only if it will do."
	}
	if x.reloads() {
		v["results"], v["no"] = "(ok, due bool)", "false, false"
		v["also"] = v["also"].(string) + "\n// due says that the value is to be loaded again in the background."
		v["yes"] = x.due()
	}
	if x.c.Eager > 0 {
		v["got"], v["get"] = "status, now, due", "GetEager"
	}
	return v
}

// due spells the results of a hit.
func (x *cacheGen) due() jen.Code {
	switch {
	case x.c.Eager == 0:
		return x.snippet("true, status == $cachert.Stale", nil)
	case x.c.OnStale == policy.StaleOffload:
		return x.snippet("true, due || status == $cachert.Stale", nil)
	}
	return x.snippet("true, due", nil)
}

// freshness returns the fields of the Spec that say when a value is loaded.
func (x *cacheGen) freshness(add func(text string, v vars)) {
	c := x.c
	if c.TTL > 0 {
		add("TTL: $d", vars{"d": x.duration(c.TTL)})
	}
	if c.Stale > 0 {
		add("Stale: $d", vars{"d": x.duration(c.Stale)})
	}
	switch c.OnStale {
	case policy.StaleRevalidate:
		add("Revalidate: true", nil)
	case policy.StaleOffload:
		add("Reload: true", nil)
	}
	if c.Jitter > 0 {
		add("Jitter: $n", vars{"n": c.Jitter})
	}
	if c.Eager > 0 {
		add("Eager: $n", vars{"n": c.Eager})
	}
	if c.FailSafe > 0 {
		add("FailSafe: $d", vars{"d": x.duration(c.FailSafe)})
	}
	if c.Absent > 0 {
		add("Absent: $d", vars{"d": x.duration(c.Absent)})
	}
	if c.Concurrency > 1 {
		add("Concurrency: $n", vars{"n": int64(c.Concurrency)})
	}
	add("LoadTimeout: $d", vars{"d": x.duration(c.LoadTimeout)})
	if c.Lease > 0 {
		add("Lease: $d", vars{"d": x.duration(c.Lease)})
	}
}
