package generator

import (
	"slices"

	"github.com/cachegen/cachegen/generator/load"
)

// RootLabel returns the label that the composition of a cache for a type would be
// given by hand: HTTPPage becomes http_page. It is none of those that are taken.
func RootLabel(typ string, taken ...string) string {
	label := load.RootLabel(typ)
	for slices.Contains(taken, label) {
		label += "s"
	}
	return label
}
