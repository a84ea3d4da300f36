// Package slot has a slot that is no part of the key.
package slot

// want+1:35 `slot: "Nam" is no part of the key\n.*did you mean "Name"`
//cachegen:cache key=ID,Name slot=Nam
type Product struct {
	ID   int64
	Name string
}
