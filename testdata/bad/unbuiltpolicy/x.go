// Package unbuiltpolicy has policies that are not built.
package unbuiltpolicy

//cachegen:cache key=ID
//cachegen:tier a = backend
//cachegen:tier b = backend
//cachegen:tier c = backend
// want+3:34 `read=race is not supported yet`
// want+2:45 `write=race is not supported yet`
// want+1:56 `loser=drop is not supported yet`
//cachegen:compose ab = a b read=race write=race loser=drop
// want+1:36 `read=parallel is not supported yet`
//cachegen:compose abc = ab c read=parallel
type Product struct {
	ID   int64
	Name string
}
