// Package generator turns annotated packages into generated files.
//
//	patterns ──load──> model ──templates──> []File ──> Write | Diff | Check
//	                │                                    (output.go: the only part
//	                └── diag.List: all mistakes, sorted    that touches files)
//
// Generate is pure apart from reading: what it returns can be written, compared
// or printed.
package generator
