// Package tag has field tags that mean nothing.
package tag

//cachegen:cache key=ID
type Product struct {
	ID   int64
	Name string `cache:"name"` // want:2 `Product.Name: unknown tag cache:"name"\n.*the only one is cache:"-"`
	Note string `cache:""` // want:2 `Product.Note: unknown tag cache:""`
}
