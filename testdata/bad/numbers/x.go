// Package numbers has values that are no counts and no shares.
package numbers

// want+3:44 `concurrency: "0" is no count`
// want+2:53 `jitter: "abc" is no share\n.*a share is written as 10%`
// want+1:63 `eager: "100%" is not between`
//cachegen:cache key=ID ttl=1h concurrency=0 jitter=abc eager=100%
// want+1:37 `share: unknown value "deep"`
//cachegen:tier redis = redis share=deep
type Product struct {
	ID   int64
	Name string
}
