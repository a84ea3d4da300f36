// Package money has types for another package's structs.
package money

// Currency is a code of ISO 4217.
type Currency string

// Amount is a sum of money.
type Amount struct {
	Units    int64
	Currency Currency
}
