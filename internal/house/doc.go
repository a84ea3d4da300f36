// Package house has nothing but tests: they keep the order of the house.
//
//	source ──load──> model ──templates──> files
//
//	cmd/cachegen ──> generator ──> generator/load ──> generator/model ──> policy
//	                     └───────> templates ───────────────┘
//	generated code ──> runtime/… ──> runtime ──> policy
//
// An arrow is an import, and there is no other. So whoever uses a generated cache
// links nothing of the generator, and whoever uses it in memory only links no
// client of Redis.
package house
