// Package samename has two caches of one name.
package samename

//cachegen:cache key=ID
// want+1:1 `ProductCache is generated for another cache already, at testdata/bad/samename/x.go:4:1\n.*name=`
//cachegen:cache key=ID
type Product struct{ ID int64 }

// want+1:30 `NewProductCache is generated for another cache already`
//cachegen:cache key=ID name=NewProductCache
type Order struct{ ID int64 }
