package main

import "time"

//go:generate go tool cachegen

// PackageDoc is the documentation of one package, as a documentation site would
// show it. All texts are Markdown.
//
//cachegen:cache key=ImportPath ttl=1h stale=10m
//cachegen:tier memory = fastcache(256MiB)
//cachegen:tier redis = redis max-value=8MiB
//cachegen:compose docs = memory redis read=sequential write=optimistic refill=always
type PackageDoc struct {
	ImportPath string
	Name       string
	Synopsis   string
	Doc        string
	Imports    []string
	Consts     []Value
	Vars       []Value
	Funcs      []Func
	Types      []Type
	Examples   []Example
	Notes      map[string][]Note // by marker, such as "BUG"
	Platforms  []string          // "linux/amd64"
	Source     Source
	Parsed     time.Duration // what it took to make all this
}

// Symbol is what all declarations have.
type Symbol struct {
	Doc        string
	Decl       string
	Since      string   // first version of Go with it: "1.21"; "" if that is unknown
	Platforms  []string // nil: all those of the package
	Deprecated bool
	File       string
	Line       int
}

// Value is one declaration of constants or variables.
type Value struct {
	Symbol
	Names []string
}

// Func is a function or a method.
type Func struct {
	Symbol
	Name     string
	Recv     string // "*T" for a method
	Examples []Example
}

// Type is a type with all that belongs to it.
type Type struct {
	Symbol
	Name     string
	Consts   []Value
	Vars     []Value
	Funcs    []Func // those that return it
	Methods  []Func
	Examples []Example
}

// Example is a piece of code that shows how to use something.
type Example struct {
	Suffix    string
	Doc       string
	Code      string
	Output    string
	Unordered bool // the lines of the output may come in any order
}

// Note is a marked comment, such as BUG(name): text.
type Note struct {
	UID  string
	Body string
	File string
	Line int
}

// Source says how much of it there is.
type Source struct {
	Files int
	Lines int
	Bytes int64
}
