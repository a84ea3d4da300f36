// Package duplicatelabel has a label given twice.
package duplicatelabel

//cachegen:cache key=ID
//cachegen:tier memory = fastcache(32MiB)
// want+1:17 `label memory is taken, see line`
//cachegen:tier memory = redis
// want+2:20 `label memory is taken`
// want+1:36 `memory is used twice`
//cachegen:compose memory = memory memory
type Product struct {
	ID   int64
	Name string
}
