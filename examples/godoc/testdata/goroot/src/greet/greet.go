// Package greet says hello.
//
// It is polite.
package greet

import (
	"fmt"
	"io"
)

// How loud a greeting may be.
const (
	Soft = iota
	Loud
)

// Default is who is greeted when nobody is named.
var Default = "world"

// Hello writes a greeting to w.
//
// Deprecated: Use [Greeter.Greet].
func Hello(w io.Writer) { fmt.Fprintln(w, "hello,", Default) }

// A Greeter greets.
type Greeter struct {
	Name string // of whom it greets

	loudness int
}

// New returns a Greeter for name.
func New(name string) *Greeter { return &Greeter{Name: name} }

// Greet returns a greeting.
func (g *Greeter) Greet() string { return "hello, " + g.Name }

// BUG(ann): It greets in English only.
