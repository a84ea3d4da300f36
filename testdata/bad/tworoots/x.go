// Package tworoots has two compositions that are parts of nothing.
package tworoots

//cachegen:cache key=ID
//cachegen:tier a = backend
//cachegen:tier b = backend
//cachegen:tier c = backend
//cachegen:tier d = backend
//cachegen:compose first = a b
// want+1:20 `a second root: neither first nor second is a part of anything`
//cachegen:compose second = c d
type Product struct {
	ID   int64
	Name string
}
