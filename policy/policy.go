package policy

import "slices"

// Read says how the two parts of a composition are asked.
type Read uint8

const (
	// ReadSequential asks L1 and, when it has no answer, L2.
	ReadSequential Read = iota
	// ReadRace asks both at once and takes the first hit.
	ReadRace
	// ReadParallel asks both, waits for both and takes the entry that lives longer.
	ReadParallel
)

// Write says how the two parts of a composition are written.
type Write uint8

const (
	// WriteOptimistic writes both at once and succeeds if one of them does.
	WriteOptimistic Write = iota
	// WriteSequential writes L1, then L2, and stops at the first failure.
	WriteSequential
	// WriteRace writes both at once and returns at the first success.
	WriteRace
)

// Refill says whether an answer of L2 is written into L1.
type Refill uint8

const (
	// RefillNever leaves L1 as it is.
	RefillNever Refill = iota
	// RefillAlways writes the answer of L2 into L1, with the instants it has.
	RefillAlways
)

// Loser says what becomes of the slower side of a race.
type Loser uint8

const (
	// LoserOffload lets the slower side go on in the background.
	LoserOffload Loser = iota
	// LoserDrop cancels the slower side.
	LoserDrop
)

// OnStale says what a load does with an entry that is stale but not expired.
type OnStale uint8

const (
	// StaleReturn serves the entry as it is.
	StaleReturn OnStale = iota
	// StaleRevalidate loads first and serves the entry if loading fails.
	StaleRevalidate
	// StaleOffload serves the entry at once and reloads in the background.
	StaleOffload
)

// The spellings of the policies in an annotation, in the order of their
// constants: the first of each is the default.
var (
	Reads    = []string{"sequential", "race", "parallel"}
	Writes   = []string{"optimistic", "sequential", "race"}
	Refills  = []string{"never", "always"}
	Losers   = []string{"offload", "drop"}
	OnStales = []string{"return", "revalidate", "offload"}
)

// Parse returns the policy that names spells as s, and whether there is one.
// The type of the result is the caller's choice:
//
//	read, ok := policy.Parse[policy.Read](policy.Reads, "race")
func Parse[P ~uint8](names []string, s string) (P, bool) {
	i := slices.Index(names, s)
	if i < 0 {
		return 0, false
	}
	return P(i), true
}

// String returns the spelling of the policy in an annotation.
func (p Read) String() string { return Reads[p] }

// String returns the spelling of the policy in an annotation.
func (p Write) String() string { return Writes[p] }

// String returns the spelling of the policy in an annotation.
func (p Refill) String() string { return Refills[p] }

// String returns the spelling of the policy in an annotation.
func (p Loser) String() string { return Losers[p] }

// String returns the spelling of the policy in an annotation.
func (p OnStale) String() string { return OnStales[p] }
