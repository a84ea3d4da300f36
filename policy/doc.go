// Package policy names the choices that a composed cache is built from: how
// two parts are read, how they are written, what a hit behind the first part
// does to it, and what becomes of a stale entry.
//
//	annotation ──Parse──> Read, Write, Refill, Loser, OnStale ──> generated code
//	                                                      └─────> runtime
//
// The values are plain constants. They are parsed once, at generation, and the
// code that a cache runs is chosen by them; nothing here is looked up when a
// cache is used.
package policy
