// Package selfcycle has a composition that is a part of itself.
package selfcycle

//cachegen:cache key=ID
//cachegen:tier a = backend
// want+1:20 `composition one is a part of itself`
//cachegen:compose one = one a
type Product struct {
	ID   int64
	Name string
}
