// Godoc caches the documentation of Go's own standard library, and shows what
// that is worth.
//
//	        GetOrLoad("net/http")
//	                │
//	   ┌────────────v────────────┐
//	   │     PackageDocCache     │  generated from the annotation of PackageDoc
//	   │                         │
//	   │  docs.memory  fastcache │──hit──> some microseconds
//	   │       │ miss  ^ refill  │
//	   │  docs.redis   redis     │──hit──> some hundred microseconds
//	   └───────┬─────────────────┘
//	           │ miss  ^ write both
//	           v       │
//	stdlib.load: parse the sources in GOROOT for four platforms, find the
//	examples in the tests, look up what is there since when, render it
//	                                ──────> tens of milliseconds
//
// It reads every package once, with nothing in the caches; then many, the popular
// ones more often, from memory; then the same ones with memory cleared, so that
// the first read of each comes from Redis. After each of these it prints which
// tier has answered how many reads, and how long they took.
//
// Usage:
//
//	godoc [-goroot dir] [-packages n] [-reads n]
//
// With REDIS_URL in the environment it uses that Redis, else one embedded in its
// own process.
package main
