// Package badgertier is the badger engine: entries on the disk of this machine,
// which outlive the process.
//
//	RemoteLeaf ──> Engine ──┬── Read      one View transaction for the batch
//	                        ├── Write     one WriteBatch
//	                        └── Remove    a look at what is there, and one WriteBatch
//
// badger drops entries by itself, but knows the time to the second only. So an
// entry is kept to the end of the second in which it expires, and the exact
// instant is that of the envelope, which every read looks at.
//
// The database is its owner's: Close of a cache does not close it.
package badgertier
