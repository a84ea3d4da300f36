// Package declared has names that are declared by hand.
package declared

// ProductCacheConfig is in the way.
type ProductCacheConfig struct{}

// want+1:1 `ProductCacheConfig is declared already, at testdata/bad/declared/x.go:5:6`
//cachegen:cache key=ID
type Product struct{ ID int64 }

func NewOrders() {}

// want+1:30 `NewOrders is declared already`
//cachegen:cache key=ID name=Orders
type Order struct{ ID int64 }

type LineKey struct{}

// want+1:31 `LineKey is declared already`
//cachegen:cache key=A,B name=Line
type Item struct{ A, B string }

// SingleKey is not: a key of one field is no type.
type SingleKey struct{}

//cachegen:cache key=A name=Single
type Entry struct{ A string }
