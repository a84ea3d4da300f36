// Package half has types that can only do half of what it takes to be stored.
package half

import "errors"

// Half can be stored and not be set.
type Half struct{ n int }

// MarshalText returns something.
func (Half) MarshalText() ([]byte, error) { return nil, nil }

// Value would be set in a copy.
type Value struct{ n int }

// MarshalBinary returns something.
func (Value) MarshalBinary() ([]byte, error) { return nil, nil }

// UnmarshalBinary sets nothing.
func (Value) UnmarshalBinary([]byte) error { return errors.New("too late") }

// Part can be stored as far as it is a Whole.
type Part struct {
	Whole
	n int
}

// Whole can be stored.
type Whole struct{ n int }

// MarshalBinary returns something.
func (*Whole) MarshalBinary() ([]byte, error) { return nil, nil }

// UnmarshalBinary sets something.
func (*Whole) UnmarshalBinary([]byte) error { return nil }
