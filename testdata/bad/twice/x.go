// Package twice has a type that is declared twice.
package twice

type Product struct{ ID int64 }

//cachegen:cache key=ID
type Product struct{ Name string } // want:6 `Product: Product redeclared`
