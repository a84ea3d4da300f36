// Package ottertier is the otter engine: values in memory as they are, so that a
// hit decodes nothing.
//
//	generated Get ──> Tier.Get ─┬─> index ──> entry        most hits: two fetches from memory
//	                            └─> otter.GetIfPresent     the others, of which otter learns
//	Core ──> ObjectLeaf ──> Load, Save, Drop ──> otter ──left──> index
//
// otter holds so many entries and no more, and lets those go first that are
// rarely asked for. Expiry is ours: an entry carries its instants as ticks of
// runtime.Timebase, and one that is over stays until it is replaced, deleted or
// evicted. So the cache needs no timer and no goroutine.
package ottertier
