// Package shapes has a type for each hazard of the codec, each in a file that is
// called like it.
package shapes
