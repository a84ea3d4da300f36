//go:build cachegen_mutants

package remedy

// What is true in ordinary builds, see there.
var (
	Generations = true
	SecondMove  = true
	Quiet       = true
	FarFirst    = true
	Turns       = true
	Flights     = true
	Claims      = true
	Marks       = true
	Instants    = true
	Onward      = true
	Drain       = true
)
