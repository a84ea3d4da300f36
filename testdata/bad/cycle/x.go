// Package cycle has compositions that are parts of each other.
package cycle

//cachegen:cache key=ID
//cachegen:tier a = backend
//cachegen:tier b = backend
// want+1:20 `composition one is a part of itself\n.*one → two → one`
//cachegen:compose one = two a
//cachegen:compose two = one b
type Product struct {
	ID   int64
	Name string
}
