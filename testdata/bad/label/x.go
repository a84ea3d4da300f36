// Package label has labels of the wrong form.
package label

//cachegen:cache key=ID
// want+1:17 `"Memory" is no label\n.*did you mean "memory"`
//cachegen:tier Memory = fastcache(32MiB)
// want+1:17 `"my-redis" is no label\n.*did you mean "my_redis"`
//cachegen:tier my-redis = redis
// want+1:17 `"1st" is no label\n.*a label is made of`
//cachegen:tier 1st = redis
// want+1:20 `"Products" is no label`
//cachegen:compose Products = memory redis
type Product struct {
	ID   int64
	Name string
}
