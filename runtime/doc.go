// Package runtime is what generated caches stand on: the entries and errors
// that their callers see, and the slow path behind the code that cachegen
// writes out for each type.
//
//	generated Get ── memory hit ────────────────────────────> value
//	     │ else
//	     v
//	   Core ── Op ──> generated read / write / remove
//	     │               │
//	     │               ├── MemoryLeaf ──> MemoryEngine  (runtime/fasttier)
//	     │               ├── ObjectLeaf ──> ObjectEngine  (runtime/ottertier)
//	     │               └── RemoteLeaf ──> RemoteEngine  (runtime/redistier, runtime/badgertier, a Backend)
//	     │                       └── envelope, marks, bounded calls
//	     ├── fence     who may write a key, and which answers are too old
//	     ├── flight    one load per key
//	     ├── leases    one load per key in all processes that share a LeaseEngine
//	     └── Offload   bounded background work
//
// Callers of a generated cache use Entry, Status, ReadMode, Options, Stats,
// Backend, Codec, Offload and the errors. Core, Op, the leaves, the helpers of
// the codec and of keys are for generated code: their names may change together
// with FormatVersion, which generated files check when they are compiled.
//
// The package is imported by generated files under the name cachert, since the
// standard library has a runtime of its own.
package runtime
