// Package spaces has unquoted values with spaces.
package spaces

// want+1:38 `unexpected "shop"\n.*an argument with spaces is quoted whole: "namespace=my shop"`
//cachegen:cache key=ID namespace=my shop
// want+1:43 `unexpected "shared"\n.*name=value`
//cachegen:tier memory = fastcache(32MiB) shared
type Product struct {
	ID   int64
	Name string
}
