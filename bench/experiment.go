package main

import "github.com/cachegen/cachegen/bench/measure"

// experiment is a chapter of the report.
type experiment struct {
	title  string
	text   string // what was compared, and what is to be learned from it
	groups []measure.Group
	bars   []bar
}

// experiments returns all of them.
func experiments(l *lab) []experiment {
	return []experiment{
		codecs(),
		memory(l),
		remote(l),
		batches(l),
	}
}
