// Package undefined has fields whose types do not exist.
package undefined

import "example.com/nowhere"

//cachegen:cache key=ID
type Product struct {
	ID   int64
	Meta Missing // want:2 `^Product.Meta: undefined: Missing`
	List []*Absent // want:2 `^Product.List\[\]: undefined: Absent`
	M    Named // want:2 `^Product.M: undefined: Gone`
	Far  nowhere.Type // want:2 `^Product.Far: no required module provides package example.com/nowhere\n.*go get example.com/nowhere`
	Out  Missing `cache:"-"`
}

type Named Gone

func (p Product) Save() { undefinedToo(p) }
