//go:build !windows

package greet

// Wave greets without a word.
func Wave() {}
