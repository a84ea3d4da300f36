// Package verb has an unknown directive.
package verb

//cachegen:cache key=ID
// want+1:12 `unknown directive //cachegen:teir\n.*did you mean "tier"`
//cachegen:teir memory = fastcache(32MiB)
// want+1:12 `unknown directive //cachegen:expire\n.*one of cache, tier, compose`
//cachegen:expire 10m
type Product struct {
	ID   int64
	Name string
}
