package shapes

import "time"

// Pointers has pointers to everything, and two of each kind.
//
//cachegen:cache key=id:int
//cachegen:tier pointers = fastcache(32MiB)
type Pointers struct {
	Int, Other   *int
	Twice, Again **int
	Thrice       ***string
	Bool         *bool
	Struct, Next *Point
	Slice        *[]*int
	Structs      []**Point
	Map          *map[string]**bool
	Array        *[3]*int16
	Bytes        *[]byte
	Fixed        *[4]byte
	Time, Until  *time.Time
	Anonymous    *struct {
		A *int
		B **string
	}
	Nothing  *struct{}
	Nothings []*struct{}
	Named    map[string]*[0]int
	Pairs    [2]*struct{}
	Marked   []struct {
		At   *struct{}
		Name string
	}
}
