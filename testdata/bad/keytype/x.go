// Package keytype has types that cannot be keys.
package keytype

import "time"

type Point struct{ X, Y int }

type Shape interface{ Area() float64 }

// want+1:29 `key field Score: floats cannot be keys\n.*a key is a bool`
//cachegen:cache name=A key=Score
// want+1:29 `key field Parent: pointers cannot be keys`
//cachegen:cache name=B key=Parent
// want+1:29 `key field Names: slices cannot be keys`
//cachegen:cache name=C key=Names
// want+1:29 `key field Flags: maps cannot be keys`
//cachegen:cache name=D key=Flags
// want+1:29 `key field At: structs without AppendText or MarshalText cannot be keys`
//cachegen:cache name=E key=At
// want+1:29 `key field Grid: floats cannot be keys`
//cachegen:cache name=F key=Grid
// want+1:31 `key parameter s: interfaces cannot be keys`
//cachegen:cache name=G key=s:Shape
// want+1:31 `key parameter e: interfaces cannot be keys`
//cachegen:cache name=H key=e:error
// want+1:31 `key parameter z: complex numbers cannot be keys`
//cachegen:cache name=I key=z:complex64
// want+1:29 `key field Wave: complex numbers cannot be keys`
//cachegen:cache name=J key=Wave
type Product struct {
	ID     int64
	Score  float32
	Parent *int
	Names  []string
	Flags  map[string]bool
	At     Point
	Grid   [2]float64
	Made   time.Time
	Wave   complex128
}
