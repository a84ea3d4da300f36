// Package remedy names what the runtime does against the races of a cache with
// several tiers, so that a test can switch one off and see the race happen: an
// explorer that finds nothing proves little unless it finds that.
//
// In ordinary builds the names are constants, so that the compiler leaves nothing
// of them. With the build tag cachegen_mutants they are variables.
package remedy
