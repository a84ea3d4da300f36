package shapes

import "time"

// Aliases names types by other names.
//
//cachegen:cache key=id:int
//cachegen:tier aliases = fastcache(32MiB)
type Aliases struct {
	Text   Text
	Texts  Also
	Points ListOf[Spot]
	ByText map[Text]ListOf[Text]
	Span   Span
	Maybe  Maybe
	*Spot
}

// Names of other types.
type (
	Text          = string
	Spot          = Point
	Span          = time.Duration
	Maybe         = *Spot
	ListOf[T any] = []T
	Also          = ListOf[Again]
	Again         = Text
)
