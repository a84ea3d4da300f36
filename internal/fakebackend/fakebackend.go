// Package fakebackend has a runtime.Backend for tests: a map that can be told to
// fail, and that counts what is asked of it.
package fakebackend

import (
	"bytes"
	"context"
	"sync"

	"github.com/cachegen/cachegen/runtime"
)

// Backend is a runtime.Backend over a map.
type Backend struct {
	mu      sync.Mutex
	name    string
	entries map[string]runtime.Raw
	fail    error
	before  func(ctx context.Context, op, key string)

	// What has been asked for.
	Reads, Writes, Removes int
}

// New returns an empty backend with a label.
func New(label string) *Backend {
	return &Backend{name: label, entries: map[string]runtime.Raw{}}
}

// Fail makes every operation fail with err, or none if it is nil.
func (b *Backend) Fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail = err
}

// Before has fn called in front of every operation.
func (b *Backend) Before(fn func(ctx context.Context, op, key string)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.before = fn
}

// Entries returns what is stored, by key.
func (b *Backend) Entries() map[string]runtime.Raw {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := map[string]runtime.Raw{}
	for k, raw := range b.entries {
		all[k] = raw
	}
	return all
}

// Count returns how often an operation has been asked for.
func (b *Backend) Count(op string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return map[string]int{"read": b.Reads, "write": b.Writes, "remove": b.Removes}[op]
}

// Put stores raw under key, as another process would.
func (b *Backend) Put(key string, raw runtime.Raw) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.entries[key] = raw
}

// Clear forgets everything.
func (b *Backend) Clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.entries)
}

// Label implements runtime.Backend.
func (b *Backend) Label() string { return b.name }

// Read implements runtime.Backend.
func (b *Backend) Read(ctx context.Context, key []byte) (raw runtime.Raw, ok bool, err error) {
	err = b.do(ctx, "read", key, &b.Reads, func(k string) { raw, ok = b.entries[k] })
	return raw, ok, err
}

// Write implements runtime.Backend.
func (b *Backend) Write(ctx context.Context, key []byte, raw runtime.Raw) error {
	raw.Data = bytes.Clone(raw.Data)
	return b.do(ctx, "write", key, &b.Writes, func(k string) { b.entries[k] = raw })
}

// Remove implements runtime.Backend.
func (b *Backend) Remove(ctx context.Context, key []byte) (removed int, err error) {
	err = b.do(ctx, "remove", key, &b.Removes, func(k string) {
		if _, ok := b.entries[k]; ok {
			removed = 1
		}
		delete(b.entries, k)
	})
	return removed, err
}

func (b *Backend) do(ctx context.Context, op string, key []byte, count *int, fn func(key string)) error {
	k := string(key)
	b.mu.Lock()
	before := b.before
	b.mu.Unlock()
	if before != nil {
		before(ctx, op, k)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	*count++
	if b.fail != nil {
		return b.fail
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	fn(k)
	return nil
}
