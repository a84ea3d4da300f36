// Package model describes annotated packages as plain data: what the loader
// found and the emitter needs, without go/types and without jennifer.
//
//	load ──fills──> Package ─ File ─ Cache ─┬─ Key
//	                                        ├─ Tier…        the leaves, left to right
//	                                        ├─ Node         the composition over them
//	                                        └─ Type         the shape of the value
//	                                             └──> Fingerprint, Min, Plain
package model
