package shapes

// Hidden has what other packages do not see.
//
//cachegen:cache key=id:int
//cachegen:tier hidden = fastcache(32MiB)
type Hidden struct {
	number int64
	text   string
	inner  secret
	list   []secret
	byName map[label]*secret
	secret
	*cover
	Public string
}

type secret struct {
	value string
	level uint8
}

type cover struct {
	secret []byte
	Open   bool
}

type label string
