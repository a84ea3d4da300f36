// Package fasttier is the fastcache engine: encoded entries in memory that the
// garbage collector does not look at.
//
//	generated Get ──> Tier.Get ──> front.look           what is read most: few hits write
//	                                  └─> fastcache.HasGet   no allocation: what is long
//	                                                    lies in a Scratch
//	Core ──> MemoryLeaf ──> Load, Save, Drop
//	a user's main ──> SaveFile at the end, LoadFile at the next start
//
// An entry is a header and a payload:
//
//	0  kind, and a number drawn by the process   4 bytes
//	4  stale at, expire at                      16  ticks of runtime.Timebase
//	20 when to reload it eagerly                 8  a tick, in entries of a kind of their own
//	   payload
//
// Ticks mean nothing to another process, so entries with another number, such as
// those of a fastcache that was loaded with its own LoadFromFile, are not there.
// SaveFile and LoadFile carry entries over: their file has instants of Unix time, and a
// checksum for each entry.
//
// fastcache does not store entries of 64 KiB and more. Theirs is a marker, and
// the payload lies under a second key, by SetBig. Both carry one number drawn
// for this write, so a marker never goes with the payload of another.
package fasttier
