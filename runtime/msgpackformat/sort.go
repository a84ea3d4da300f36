package msgpackformat

import (
	"bytes"
	"slices"
)

// sortMaps puts the entries of all maps of a value in the order of their encoded
// keys, and returns what is behind the value. The package does so itself for a few
// types of maps only. A struct is a map too, and is read in any order.
func sortMaps(b []byte) (rest []byte) {
	size, items, _ := head(b)
	rest = b[size:]
	if !isMap(b[0]) {
		for range items {
			rest = sortMaps(rest)
		}
		return rest
	}
	type entry struct{ key, all []byte }
	entries := make([]entry, items/2)
	first := rest
	for i := range entries {
		start := rest
		value := sortMaps(start)
		rest = sortMaps(value)
		entries[i] = entry{start[:len(start)-len(value)], start[:len(start)-len(rest)]}
	}
	order := func(x, y entry) int { return bytes.Compare(x.key, y.key) }
	if slices.IsSortedFunc(entries, order) {
		return rest
	}
	slices.SortFunc(entries, order)
	sorted := make([]byte, 0, len(first)-len(rest))
	for _, e := range entries {
		sorted = append(sorted, e.all...)
	}
	copy(first, sorted)
	return rest
}

// isMap reports whether a value that begins so is a map.
func isMap(first byte) bool { return first&0xf0 == 0x80 || first == 0xde || first == 0xdf }
