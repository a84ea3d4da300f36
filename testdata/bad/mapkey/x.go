// Package mapkey has maps whose keys cannot be stored.
package mapkey

type Part struct {
	ID    int
	Place *int
	Note  string `cache:"-"`
}

//cachegen:cache key=ID
//cachegen:tier one = redis
type Product struct {
	ID    int64
	Parts map[[2]Part][]string // want:2 `Product.Parts\[key\]: the field Note is left out, so two keys could be one`
	Names map[*int]string
}

type Point struct {
	X *int
	_ int
}

// want+1:30 `maps=sorted: Grid.Rows\[\].Cells\[key\]: pointers have no order`
//cachegen:cache key=ID maps=sorted
//cachegen:tier two = redis
type Grid struct {
	ID   int64
	Rows []struct{ Cells map[Point]int }
}
