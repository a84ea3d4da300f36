package shapes

// NilEmpty has lists in lists: each can be nil, and each can be empty.
//
//cachegen:cache key=id:int
//cachegen:tier nilempty = fastcache(32MiB)
type NilEmpty struct {
	Strings  []string
	Bytes    []byte
	Map      map[string]int
	Lists    [][]byte
	Maps     []map[int]string
	Values   map[string][]int
	Nested   map[string]map[int8]bool
	Pair     [2][]int
	Pointer  *[]string
	Pointers []*[]int
	Named    Names
	Empties  []struct{}
	Nothing  map[struct{}]struct{}
}

// Names is a list with a name.
type Names []string
