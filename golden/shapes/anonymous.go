package shapes

// Anonymous has structs without a name, everywhere that they can be.
//
//cachegen:cache key=id:int
//cachegen:tier anonymous = fastcache(32MiB)
type Anonymous struct {
	Plain struct{ A, B int8 }
	Deep  struct {
		Name  string
		Inner struct {
			Values []string
			More   struct{ Last bool }
		}
	}
	Slice []struct {
		Key   string
		Value []byte
	}
	Map     map[string]struct{ N int }
	Array   [2]struct{ S string }
	Pointer *struct {
		Self *struct{ Depth int }
	}
	Empty struct{}
}
