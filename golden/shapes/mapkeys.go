package shapes

import "time"

// MapKeys has maps with keys of every kind.
//
//cachegen:cache key=id:int
//cachegen:tier mapkeys = fastcache(32MiB)
type MapKeys struct {
	Bool      map[bool]string
	Int       map[int]int8
	Uint16    map[uint16]string
	Float     map[float64]string
	Complex   map[complex64]bool
	Struct    map[Point]string
	Anonymous map[struct {
		A int16
		B string
	}]int
	Array   map[[2]string]int
	Points  map[[2]Point]Point
	Bytes   map[[3]byte][]byte
	Named   map[Name]Name
	Time    map[time.Time]string
	Nothing map[struct{}]string
	None    map[[0]string]string
	Deep    map[string][]map[Point][]map[int8]string
	Pointer map[string]*Point
	Holder  map[Holder]int
}

// Point has strings and numbers.
type Point struct {
	X, Y  int32
	Label string
}

// Name is a string.
type Name string

// Holder holds a time, so that it is a key of no fixed size.
type Holder struct {
	At    time.Time
	Names [2]Name
}
