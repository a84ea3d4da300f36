// Package kinds has fields of types that cannot be stored.
package kinds

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

type mutex struct{ noCopy }

type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

//cachegen:cache key=ID
type Product struct {
	ID      int64
	Any     any // want:2 `Product.Any: interfaces cannot be cached\n.*cache:"-"`
	Err     error // want:2 `Product.Err: interfaces cannot be cached`
	Ch      chan int // want:2 `Product.Ch: channels cannot be cached`
	Fn      func() // want:2 `Product.Fn: functions cannot be cached`
	Ptr     unsafe.Pointer // want:2 `Product.Ptr: unsafe.Pointer cannot be cached`
	Addr    uintptr // want:2 `Product.Addr: uintptr cannot be cached`
	Mu      sync.Mutex // want:2 `Product.Mu: sync.Mutex cannot be copied, so it cannot be cached`
	Once    *sync.Once // want:2 `Product.Once: sync.Once cannot be copied`
	N       atomic.Int64 // want:2 `Product.N: atomic.Int64 cannot be copied`
	Own     noCopy // want:2 `Product.Own: noCopy cannot be copied`
	L       []interface{ M() } // want:2 `Product.L\[\]: interfaces cannot be cached`
	M       map[string][]any // want:2 `Product.M\[\]\[\]: interfaces cannot be cached`
	K       map[any]int // want:2 `Product.K\[key\]: interfaces cannot be cached`
	comparable // want:2 `Product.comparable: interfaces cannot be cached`
	Skipped sync.Mutex `cache:"-"`
	_       chan int
}

type comparable interface{ Compare() int }
