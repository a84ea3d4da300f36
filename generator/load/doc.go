// Package load reads annotated packages: it finds the directives, checks them
// and describes the caches that they ask for as plain data.
//
//	patterns ────go list────> syntax, types        golist.go, roots.go; load.go: with go/packages
//	                             │                 scan.go: old outputs are empty files,
//	                             │                 functions have no bodies
//	       directive.go          ├──> annotations  comments ──> verb, arguments
//	       block.go tier.go      │        │
//	       compose.go options.go │        └──> blocks ──> tree of tiers
//	                             │                │
//	       schema.go key.go      └──> model.Type  │    one shape for each named type
//	                                      │       │
//	       cache.go check.go              └───────┴──> model.Package
//
// Everything that a user can get wrong is reported here, with the position of
// the token that is wrong; after a load that succeeds nothing can fail but us.
package load
