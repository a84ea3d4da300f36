// Package race tells tests whether the race detector is on, which allocates
// where ordinary code does not.
package race
