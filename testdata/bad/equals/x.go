// Package equals has spaces around the = of an option.
package equals

// want+3:25 `spaces around the = of option ttl\n.*write ttl=10m`
// want+2:35 `spaces around the = of option stale\n.*write stale=1m`
// want+1:45 `"=x" has no name`
//cachegen:cache key=ID ttl = 10m stale= 1m =x
// want+1:43 `option codec has no value`
//cachegen:tier memory = fastcache(32MiB) codec=
//cachegen:tier redis = redis
// want+1:44 `spaces around the = of option read\n.*write read=sequential`
//cachegen:compose products = memory redis read = sequential
type Product struct {
	ID   int64
	Name string
}
