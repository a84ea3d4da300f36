package methods

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Money keeps its fields to itself and to its methods, which have pointers.
type Money struct {
	cents    int64
	currency string
	_        func() string // nobody can store it for them
}

var (
	errDebt    = errors.New("debt cannot be stored")
	errForeign = errors.New("not our money")
)

// AppendBinary fails for debts, and panics for a currency.
func (m *Money) AppendBinary(b []byte) ([]byte, error) {
	switch {
	case m.currency == "panic":
		panic("no such currency")
	case m.currency == "cut":
		return nil, nil
	case m.cents < 0:
		return b, errDebt
	}
	return append(binary.BigEndian.AppendUint64(b, uint64(m.cents)), m.currency...), nil
}

// UnmarshalBinary fails for what is too short and panics for a currency.
func (m *Money) UnmarshalBinary(b []byte) error {
	if len(b) < 8 {
		return errForeign
	}
	m.cents, m.currency = int64(binary.BigEndian.Uint64(b)), string(b[8:])
	switch m.currency {
	case "bad":
		panic("bad currency")
	case "panic", "cut":
		return errForeign
	}
	if m.cents < 0 {
		return errDebt
	}
	return nil
}

// Code spells itself as a key, and has no method to be set by.
type Code string

// MarshalText panics for a code.
func (c Code) MarshalText() ([]byte, error) {
	if c == "panic" {
		panic("no such code")
	}
	return []byte(c), nil
}

// Range is stored as text, by methods of both kinds of receivers.
type Range struct{ low, high int }

// MarshalText writes a range as 1-2.
func (r Range) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%d-%d", r.low, r.high), nil }

// UnmarshalText reads a range.
func (r *Range) UnmarshalText(b []byte) error {
	_, err := fmt.Sscanf(string(b), "%d-%d", &r.low, &r.high)
	return err
}

// Token is bytes, and has methods for other purposes, which it must not be stored by.
type Token [16]byte

// MarshalText fails.
func (Token) MarshalText() ([]byte, error) { return nil, errors.New("a token is a secret") }

// UnmarshalText fails.
func (*Token) UnmarshalText([]byte) error { return errors.New("a token is a secret") }
