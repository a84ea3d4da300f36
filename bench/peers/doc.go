// Package peers has the libraries that ours is compared with, each used as its
// documentation says.
package peers
