// Package recursive has types that contain themselves.
package recursive

// Tree is a tree, and its nodes are lists.
//
//cachegen:cache key=Name
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier store = backend
//cachegen:compose trees = memory store
type Tree struct {
	Name     string
	Left     *Tree
	Right    *Tree
	Children []Tree
	ByName   map[string]*Tree
	List     *List
}

// List and Item contain each other.
type List struct {
	Value int
	Items []Item
}

// Item is one of a List.
type Item struct {
	Next *List
}

// Forest is no struct, and contains itself.
//
//cachegen:cache key=id:int64
//cachegen:tier forests = fastcache(32MiB)
type Forest []Forest
