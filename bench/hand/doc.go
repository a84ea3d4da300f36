// Package hand has what is generated in package shop as an expert writes it for the
// one type, as fast as it gets: the limit that generated code is measured against.
package hand
