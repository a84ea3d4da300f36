// Package syntax has a file that cannot be parsed.
package syntax

//cachegen:cache key=Nowhere
type Product struct {
	ID int64

var x = 1 // want:1 `expected '}', found 'var'` // want:5 `expected ';'`
