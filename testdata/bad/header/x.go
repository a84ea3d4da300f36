// Package header has directives without a label.
package header

//cachegen:cache key=ID
// want+1:12 `//cachegen:tier is empty\n.*//cachegen:tier label = engine`
//cachegen:tier
// want+1:17 `does not begin with "label = engine"\n.*with spaces around the =`
//cachegen:tier memory=fastcache(32MiB)
// want+1:17 `does not begin with "label = engine"`
//cachegen:tier redis
// want+1:20 `does not begin with "label = l1 l2"`
//cachegen:compose products =
// want+1:12 `//cachegen:compose is empty`
//cachegen:compose
type Product struct {
	ID   int64
	Name string
}
