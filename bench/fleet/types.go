// Package fleet has the widest value that is measured, and our codec of it.
package fleet

import "github.com/cachegen/cachegen/golden/bigstruct"

//go:generate go tool cachegen .

// Vehicle has two hundred fields of all kinds: it is the one of the golden, so that
// what is measured is what is read there.
//
//cachegen:cache key=VIN
//cachegen:tier memory = fastcache(256MiB)
type Vehicle bigstruct.Vehicle
