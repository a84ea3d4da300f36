package model

import (
	"slices"
	"testing"
)

// TestFactor holds what decoding costs to what it is by hand: 1.25 for the rounding
// of what is allocated, divided by the bytes that an element has at least.
func TestFactor(t *testing.T) {
	num, str := &Type{Kind: Int64, Size: 8}, &Type{Kind: String, Size: 16}
	slice := func(elem *Type) *Type { return &Type{Kind: Slice, Elem: elem, Size: 24} }
	array := func(n int64, elem *Type) *Type { return &Type{Kind: Array, Elem: elem, Len: n, Size: n * elem.Size} }
	pointer := func(elem *Type) *Type { return &Type{Kind: Pointer, Elem: elem, Size: 8} }
	object := func(size int64, fields ...*Type) *Type {
		m := &Type{Kind: Struct, Size: size}
		for _, f := range fields {
			m.Fields = append(m.Fields, Field{Name: "F", Type: f})
		}
		return m
	}
	list := object(8) // struct{ Next *list }
	list.Name, list.Recursive = "list", true
	list.Fields = []Field{{Name: "Next", Type: pointer(list)}}
	tree := object(24) // struct{ Kids []tree }
	tree.Name, tree.Recursive = "tree", true
	tree.Fields = []Field{{Name: "Kids", Type: slice(tree)}}
	hidden := &Type{Kind: Struct, Size: 800, Fields: []Field{{Name: "F", Type: array(100, num), Skip: true}}}
	for name, tt := range map[string]struct {
		t    *Type
		want int64
	}{
		"a number":                     {num, 1},
		"a string":                     {str, 2},
		"numbers":                      {slice(num), 2},
		"strings":                      {slice(str), 5 + 2},
		"slices of strings":            {slice(slice(str)), 30 + slack + 5 + 2},
		"strings in an array":          {slice(array(4, str)), 5 + 2},
		"what is not stored":           {slice(hidden), 1000},
		"a pointer":                    {pointer(array(100, num)), 2},
		"a pointer to what is skipped": {pointer(hidden), 1000 + slack},
		"a map":                        {&Type{Kind: Map, Key: str, Elem: num}, share(8*25*5/4, 12) + 2},
		"large elements of a map":      {&Type{Kind: Map, Key: str, Elem: hidden}, share(8*25*5/4+1000+slack, 4) + 2},
		"a list":                       {list, 10 + slack},
		"a tree":                       {tree, 30 + slack},
		"a tree in slices":             {slice(tree), 30 + slack},
		"times":                        {slice(&Type{Kind: Time, Size: 24}), (30 + zoneSize + 15) / 16},
		"what stores itself":           {slice(&Type{Kind: Custom, Size: 8}), share(10+ownSize+10+slack, OwnSize) + ownFactor},
	} {
		if got := tt.t.Factor(false); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
	if got, want := slice(str).Factor(true), share(20+slack, 4)+2; got != want {
		t.Errorf("strings of their own: %d, want %d", got, want)
	}
	if got, want := object(100*80, slices.Repeat([]*Type{{Kind: Map, Key: num, Elem: num}}, 100)...).Factor(false), int64((8000-rootSize)/100+1); got != want {
		t.Errorf("a hundred maps: %d, want %d", got, want)
	}
}
