// Package stray has directives that hang on something that is no type.
package stray

// want+1:14 `hangs on an import, not on a type`
import "fmt" //cachegen:cache key=ID

// want+1:1 `//cachegen:cache hangs on func Print, not on a type\n.*above the type`
//cachegen:cache key=ID
func Print() {
	// want+1:2 `hangs on something inside func Print`
	//cachegen:cache key=ID
	type inner struct{ ID int64 }
	fmt.Println(inner{})
}

// want+1:1 `//cachegen:tier hangs on a variable`
//cachegen:tier memory = redis
var x int

const (
	// want+1:2 `hangs on a constant`
	//cachegen:cache key=ID
	y = 1
)

// want+1:1 `hangs on nothing`
//cachegen:cache key=ID

type Product struct {
	// want+1:2 `hangs on field ID`
	//cachegen:cache key=ID
	ID int64
}

// want+1:1 `hangs on a group of types`
//cachegen:cache key=ID
type (
	A struct{ ID int64 }
	B struct{ ID int64 }
)

// want+1:1 `//cachegen:compose hangs on nothing`
//cachegen:compose a = b c
