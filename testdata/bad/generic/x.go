// Package generic has types that cannot have a cache.
package generic

//cachegen:cache key=ID
type Page[T any] struct { // want:6 `Page is generic, and a generic type cannot have a cache\n.*as in type UserPage Page\[User\]`
	ID    int64
	Items []T
}

//cachegen:cache key=id:int
type Alias = Page[int] // want:6 `Alias is an alias, which cannot have a cache\n.*declare a type of its own: type Alias Page\[int\]`

//cachegen:cache key=id:int
type Any interface{ M() } // want:6 `Any: interfaces cannot be cached`

//cachegen:cache key=id:int
type Func func() // want:6 `Func: functions cannot be cached`

//cachegen:cache key=id:int
type Broken Missing // want:6 `Broken: undefined: Missing`

//cachegen:cache key=id:int
type Loop [2]Loop // want:6 `invalid recursive type`
