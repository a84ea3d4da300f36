// Package name has names that cannot be declared.
package name

// want+1:30 `name: "2nd" is no Go identifier`
//cachegen:cache key=ID name=2nd
// want+1:30 `name: "func" is no Go identifier`
//cachegen:cache key=ID name=func
// want+1:30 `name: "string" has a meaning in Go already`
//cachegen:cache key=ID name=string
type Product struct {
	ID   int64
	Name string
}
