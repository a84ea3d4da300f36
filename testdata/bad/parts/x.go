// Package parts has compositions of one and of three parts.
package parts

//cachegen:cache key=ID
//cachegen:tier a = backend
//cachegen:tier b = backend
//cachegen:tier c = backend
// want+1:20 `composition abc has two parts, not 3\n.*compose two of them`
//cachegen:compose abc = a b c
//cachegen:cache name=Second key=ID
//cachegen:tier a = backend
// want+1:20 `composition alone has two parts, not 1`
//cachegen:compose alone = a
type Product struct {
	ID   int64
	Name string
}
