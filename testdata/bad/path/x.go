// Package path has mistakes deep inside a type.
package path

//cachegen:cache key=ID
type Order struct {
	ID    int64
	Lines []Line
	Page[Line]
	Inline struct {
		Deep map[string]func() // want:3 `Order.Inline.Deep\[\]: functions cannot be cached`
	}
}

type Line struct {
	SKU  string
	Meta any // want:2 `^Order.Lines\[\].Meta: interfaces cannot be cached`
	Next *Line
}

type Page[T any] struct {
	Items []T
	Total chan T // want:2 `^Order.Page.Total: channels cannot be cached`
}
