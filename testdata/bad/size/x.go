// Package size has values that are no sizes.
package size

//cachegen:cache key=ID
// want+1:31 `fastcache: "64mb" is no size\n.*did you mean 64MiB`
//cachegen:tier a = fastcache(64mb)
// want+1:31 `fastcache: "lots" is no size`
//cachegen:tier b = fastcache(lots)
// want+1:31 `fastcache: "9999999999GiB" is too large`
//cachegen:tier c = fastcache(9999999999GiB)
// want+1:37 `max-value: "0" is not positive`
//cachegen:tier d = redis max-value=0
// want+1:37 `max-value: "1M" is no size\n.*did you mean 1MiB`
//cachegen:tier e = redis max-value=1M
//cachegen:compose ab = a b
//cachegen:compose cd = c d
//cachegen:compose abcd = ab cd
//cachegen:compose all = abcd e
type Product struct {
	ID   int64
	Name string
}
