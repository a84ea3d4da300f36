// Package unbuiltlast has mistakes, which hide what is not built.
package unbuiltlast

// want+1:40 `ttl: "x" is no duration`
//cachegen:cache key=ID jitter=10% ttl=x
//cachegen:tier redis = redis compress=zstd
type Product struct {
	ID   int64
	Name string
}
