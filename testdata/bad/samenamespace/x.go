// Package samenamespace has two caches with one namespace.
package samenamespace

//cachegen:cache key=ID namespace=shop
type Product struct{ ID int64 }

// want+1:35 `namespace shop is that of another cache, at testdata/bad/samenamespace/x.go:4:35`
//cachegen:cache key=ID namespace=shop
type Order struct{ ID int64 }
