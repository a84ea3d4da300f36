package main

import (
	"slices"

	"github.com/cachegen/cachegen/bench/measure"
)

// experiment is a chapter of the report.
type experiment struct {
	title  string
	text   string // what was compared, and what is to be learned from it
	groups []measure.Group
	bars   []bar
	curves []curve
}

// group returns the group of a name.
func (e experiment) group(name string) measure.Group {
	return e.groups[slices.IndexFunc(e.groups, func(g measure.Group) bool { return g.Name == name })]
}

// experiments returns all of them.
func experiments(l *lab) []experiment {
	return []experiment{
		codecs(),
		memory(l),
		remote(l),
		batches(l),
		writes(l),
		tiers(l),
		residents(l),
		sizes(l),
		generators(l),
		entries(l),
		valueSizes(l),
		goroutines(l),
		depths(l),
	}
}
