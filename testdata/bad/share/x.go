// Package share has share= on an engine that copies anyway.
package share

//cachegen:cache key=ID
// want+1:37 `share= is an option of otter, not of redis`
//cachegen:tier redis = redis share=clone
type Product struct {
	ID   int64
	Name string
}
