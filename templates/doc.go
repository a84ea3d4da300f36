// Package templates turns the model of a file into Go source.
//
//	model.File ──> File ──┬── cache.go     config, type, constructor
//	                      ├── api.go       Get, Set, …
//	                      ├── plan.go      the composition, spelled out over the tiers
//	                      ├── key.go       keys in memory and outside the process
//	                      ├── codec*.go    size, put and take of each kind of type
//	                      └── guard.go     what must fail to compile when it is out of date
//	                              └──> snippet.go ──> jennifer ──> layout.go, gofmt ──> bytes
//
// Everything is a pure function of the model, and the model has been checked:
// an error of this package is a bug of cachegen.
package templates
