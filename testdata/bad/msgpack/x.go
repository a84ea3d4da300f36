// Package msgpack has fields that MessagePack would drop or keep.
package msgpack

//cachegen:cache key=ID
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier redis = redis codec=msgpack
//cachegen:compose products = memory redis
type Product struct {
	_msgpack struct{} `msgpack:",as_array"`
	ID       int64
	secret   string // want:2 `Product.secret: codec=msgpack drops a field that is not exported\n.*export it, or leave it out with cache:"-"`
	Note     string `cache:"-"` // want:2 `Product.Note: codec=msgpack stores it against cache:"-"\n.*add the tag msgpack:"-"`
	JSON     string `cache:"-" json:"-"` // want:2 `Product.JSON: codec=msgpack stores it against cache:"-"`
	Temp     string `cache:"-" msgpack:"-"`
	Opts     string `cache:"-" msgpack:"-,omitempty"`
	hidden   int    `cache:"-"`
	Lines    []Line
	Grid     map[[2]int]string
	Wave     complex64 // want:2 `Product.Wave: codec=msgpack has no complex numbers`
	Node // want:2 `Product.Node: codec=msgpack cannot embed a type that embeds itself\n.*give the field a name`
	Tree     Tree
}

type Line struct {
	SKU  string
	rest string // want:2 `Product.Lines\[\].rest: codec=msgpack drops a field that is not exported`
}

type Node struct {
	Name string
	*Node
}

type Tree struct {
	Name string
	Next *Tree
}
