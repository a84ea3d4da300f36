package shapes

import "sync"

// LeftOut has fields that are not stored.
//
//cachegen:cache key=id:int
//cachegen:tier leftout = fastcache(32MiB)
type LeftOut struct {
	_      int
	A      string
	_      [4]byte
	Mu     *sync.Mutex `cache:"-"`
	B      int32
	_      func()
	Call   func() error `cache:"-"`
	Any    any          `cache:"-"`
	Events chan int     `cache:"-"`
	Parts  []Part
	ByName map[string]Part
	One    *Part
	Only   OnlyLeftOut
}

// Part has some, too.
type Part struct {
	Kept    string
	Scratch []byte `cache:"-"`
	_       string
	parent  *LeftOut `cache:"-"`
	Size    int
}

// OnlyLeftOut has no other fields.
type OnlyLeftOut struct {
	_    string
	Gone string `cache:"-"`
}
