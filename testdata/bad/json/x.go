// Package json has fields that JSON would drop or keep.
package json

import "time"

//cachegen:cache key=ID
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier redis = redis codec=json
//cachegen:compose products = memory redis
type Product struct {
	ID     int64
	secret string // want:2 `Product.secret: codec=json drops a field that is not exported`
	Note   string `cache:"-"` // want:2 `Product.Note: codec=json stores it against cache:"-"\n.*add the tag json:"-"`
	Temp   string `cache:"-" json:"-"`
	hidden int    `cache:"-"`
	kept          `cache:"-"` // want:2 `Product.kept: codec=json stores it against cache:"-"`
	Lines  []Line
	Wave   complex64 // want:2 `Product.Wave: codec=json has no complex numbers`
	Grid   map[[2]int]string // want:2 `Product.Grid: codec=json has no map keys of type \[2\]int`
	At     time.Time
	base
	*ptr // want:3 `Product.ptr: codec=json drops a field that is not exported`
}

type Line struct {
	SKU  string
	rest string // want:2 `Product.Lines\[\].rest: codec=json drops a field that is not exported`
}

type base struct{ Kept string }

type ptr struct{ Lost string }

type kept struct{ Stored string }
