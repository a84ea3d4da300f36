// Package shadow gives other meanings to names that generated code needs.
package shadow

//cachegen:cache key=ID
type Product struct {
	ID   int64
	Name string
}

type string []byte // want:6 `string is declared here, and code that is generated into this package needs Go's own\ngive it another name`

func copy(to, from []int) {} // want:6 `copy is declared here`

const (
	true = 1 // want:2 `true is declared here`
	max  = 2
)

// Generated code does without these.
func min(a, b int) int { return a }

type any struct{}
