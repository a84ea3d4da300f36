package main

import (
	"fmt"
	"github.com/cachegen/cachegen/bench/measure"
	"slices"
)

type plotted struct {
	file, title string
	groups      []string
}

func reside(string)                                                          {}
func loadTypes(string)                                                       {}
func writeDocs(string, []experiment, measure.Results, measure.Options) error { return nil }
func contains(a []string, s string) bool                                     { return slices.Contains(a, s) }
func own(s measure.Series) (u []string) {
	for k := range s {
		if k != measure.Nanoseconds && k != measure.Allocs && k != measure.Bytes && k != measure.CPU {
			u = append(u, k)
		}
	}
	slices.Sort(u)
	return u
}
func figure(x float64) string { return fmt.Sprintf("%.4g", x) }
