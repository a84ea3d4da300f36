package shapes

import "time"

// Arrays has arrays of everything.
//
//cachegen:cache key=id:int
//cachegen:tier arrays = fastcache(32MiB)
type Arrays struct {
	Bools    [3]bool
	Ints     [2]int
	Bytes    [300]byte
	Octets   [2]Octet
	Strings  [3]string
	Matrix   [2][3]float32
	Lists    [2][][]byte
	Maps     [2]map[string]int
	Pointers [2]*int
	Structs  [2]Point
	Times    [2]time.Time
	None     [0]string
	Nothing  [5]struct{}
	Cube     [2][2][2]string
	Slices   [][2]Point
	Complex  [2]complex64
}

// Octet is a byte with a name.
type Octet byte
