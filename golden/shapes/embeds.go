package shapes

import "time"

// Embeds embeds what has methods and type arguments of its own. It is stored field
// by field, although it has the methods of a time, which store no more than that.
//
//cachegen:cache key=id:int
//cachegen:tier embeds = fastcache(32MiB)
type Embeds struct {
	time.Time
	Box[string]
	*Crate[int32]
	Names
	Mark
	Level int
}

// Box is one of anything.
type Box[T any] struct{ Content T }

// Crate is several.
type Crate[T any] struct {
	Content []T
	Lid     *Box[T]
}

// Mark is embedded, and a number.
type Mark uint16
