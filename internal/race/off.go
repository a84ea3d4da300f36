//go:build !race

package race

// Enabled is false.
const Enabled = false
