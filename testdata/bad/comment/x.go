// Package comment has trailing comments.
package comment

// want+1:25 `trailing comment after the arguments of //cachegen:cache\n.*line of its own`
//cachegen:cache key=ID // it's the "key"
// want+1:43 `trailing comment after the arguments of //cachegen:tier`
//cachegen:tier memory = fastcache(64MiB) # 64MiB "are enough
type Product struct {
	ID   int64
	Name string
}
