// Package redis is called like the client that generated code imports.
package redis

// Mode is how a server runs.
type Mode int

// Node is a server.
type Node struct {
	Addr string
	Mode Mode
}
