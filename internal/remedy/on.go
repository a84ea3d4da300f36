//go:build !cachegen_mutants

package remedy

const (
	// Generations: what was read before a write is not stored after it.
	Generations = true
	// SecondMove: what was read during a write is not stored after it.
	SecondMove = true
	// Quiet: nothing is refilled while the key is being written.
	Quiet = true
	// FarFirst: a remove begins with the tier that others are refilled from.
	FarFirst = true
	// Turns: writers of one key go one after the other.
	Turns = true
	// Flights: nobody joins a load that began before a write.
	Flights = true
	// Claims: a load that began before a write is not stored.
	Claims = true
	// Marks: a tier whose copy of a key cannot be trusted is a miss for it.
	Marks = true
	// Instants: a refilled copy has the instants of its origin.
	Instants = true
	// Onward: behind a tier that fails the next one is asked.
	Onward = true
	// Drain: Close waits for the work in the background.
	Drain = true
)
