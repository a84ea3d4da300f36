// Package cachegen is a generator of typed, composed caches: see the command in
// cmd/cachegen, and what generated code stands on in runtime.
package cachegen
