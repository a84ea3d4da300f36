// Package unbuiltlast has mistakes, which hide what is not built.
package unbuiltlast

// want+1:38 `ttl: "x" is no duration`
//cachegen:cache key=ID lease=5s ttl=x
//cachegen:tier redis = redis compress=zstd
type Product struct {
	ID   int64
	Name string
}
