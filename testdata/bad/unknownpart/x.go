// Package unknownpart has a part that is not declared.
package unknownpart

//cachegen:cache key=ID
//cachegen:tier memory = fastcache(32MiB)
// want+1:17 `tier redis is not used`
//cachegen:tier redis = redis
// want+1:38 `composition products: unknown part "rediss"\n.*did you mean "redis"`
//cachegen:compose products = memory rediss
// want+1:37 `unknown part "disk"\n.*one of`
//cachegen:compose outer = products disk
type Product struct {
	ID   int64
	Name string
}
