// Package generics caches generic types through their instantiations.
package generics

// User is on pages.
type User struct {
	ID   int64
	Name string
}

// Page is a page of anything.
type Page[T any] struct {
	Number int
	Items  []T
	Next   *Page[T]
}

// Pair is two things.
type Pair[A comparable, B any] struct {
	First  A
	Second B
}

// UserPage is what is cached.
//
//cachegen:cache key=tenant:string,page:int ttl=1m
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier store = backend
//cachegen:compose userpages = memory store refill=always
type UserPage Page[User]

// Index has fields of instantiated types.
//
//cachegen:cache key=Name
//cachegen:tier imemory = fastcache(32MiB)
//cachegen:tier istore = backend
//cachegen:compose indexes = imemory istore
type Index struct {
	Name  string
	Pairs []Pair[string, int]
	Best  Pair[Pair[int, bool], *User]
	Pages map[string]Page[User]
}
