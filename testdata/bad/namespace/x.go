// Package namespace has namespaces that would not do as a part of keys.
package namespace

// want+1:38 `' ' cannot be part of a namespace`
//cachegen:cache key=ID "namespace=my shop"
// want+1:43 `'\{' cannot be part of a namespace`
//cachegen:cache name=B key=ID namespace=a{b}
// want+1:44 `cannot be part of a namespace`
//cachegen:cache name=C key=ID "namespace=a\x00"
// want+1:32 `option namespace has no value`
//cachegen:cache name=D key=ID namespace=
type Product struct {
	ID   int64
	Name string
}
