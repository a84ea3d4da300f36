package fasttier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/VictoriaMetrics/fastcache"

	"github.com/cachegen/cachegen/runtime"
)

// texts is a cache of strings over one fastcache tier, and what it is made of.
type texts struct {
	*runtime.Core[string, string]
	tier *Tier
}

const textsPrint = "\x00fingerpr" // how the keys of texts begin

// newTexts returns a cache whose clock stands at an instant, over a fastcache that may
// be shared.
func newTexts(t testing.TB, name, prefix string, at time.Time, shared *fastcache.Cache) texts {
	t.Helper()
	var clock runtime.Clock
	if !at.IsZero() {
		clock = &handClock{at}
	}
	base := runtime.NewTimebase(clock)
	tier := New(shared, roomy, base)
	leaf := runtime.NewMemoryLeaf[string, string](runtime.Leaf{Path: name, Engine: "fastcache"}, tier)
	c := runtime.NewCore(runtime.Spec[string, string]{
		Name: name, TTL: time.Hour, Stale: time.Hour, LoadTimeout: time.Second, MemoryPrefix: prefix,
		BinaryKey: func(dst []byte, key string) ([]byte, error) {
			return runtime.FinishKey(append(append(dst, prefix...), key...)), nil
		},
		Formats: []runtime.Format[string]{{
			Codec:  runtime.CodecBinary,
			Append: func(dst []byte, v *string) ([]byte, error) { return append(dst, *v...), nil },
			Decode: func(v *string, data []byte, _ string) error { *v = string(data); return nil },
		}},
		Read:   func(op *runtime.Op[string, string]) { leaf.Read(op) },
		Write:  func(op *runtime.Op[string, string], res []runtime.Result) { leaf.Write(op, res) },
		Remove: func(op *runtime.Op[string, string], res []runtime.Result) { leaf.Remove(op, res) },
	}, runtime.Options{Clock: clock}, base, leaf)
	t.Cleanup(func() { check(t, c.Close(context.Background()), nil) })
	return texts{c, tier}
}

func (c texts) set(t testing.TB, key, value string) {
	t.Helper()
	check(t, c.Set(t.Context(), key, value), nil)
}

// has checks what is under a key; "" is nothing.
func (c texts) has(t testing.TB, key, want string) {
	t.Helper()
	v, ok, err := c.Get(t.Context(), key)
	if err != nil || ok != (want != "") || v != want {
		t.Fatalf("Get(%q): %d bytes, %v, %v, want %d bytes", key, len(v), ok, err, len(want))
	}
}

func save(t testing.TB, want int, caches ...texts) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "warm")
	n, err := SaveFile(t.Context(), path, backends(caches)...)
	check(t, err, nil)
	check(t, n, want)
	files, err := os.ReadDir(filepath.Dir(path))
	check(t, err, nil)
	check(t, len(files), 1) // nothing is left beside it
	return path
}

func warmUp(t testing.TB, path string, want Loaded, caches ...texts) {
	t.Helper()
	l, err := LoadFile(t.Context(), path, backends(caches)...)
	check(t, err, nil)
	check(t, l, want)
}

func backends(caches []texts) (b []runtime.Backend) {
	for _, c := range caches {
		b = append(b, c.Backend())
	}
	return b
}

var start = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// TestWarm saves entries of all kinds, and finds them in another cache with the lives
// that they had left.
func TestWarm(t *testing.T) {
	old := newTexts(t, "texts", textsPrint, start, nil)
	big := string(payload(3*limit, 'b'))
	for i := range 500 {
		old.set(t, fmt.Sprint("key", i), fmt.Sprint("value ", i))
	}
	old.set(t, "big", big)
	old.set(t, "empty", "")
	old.set(t, "sixteen", "padded")
	check(t, old.Store(t.Context(), "absent", runtime.Entry[string]{Status: runtime.Absent, StaleAt: start.Add(time.Hour), ExpireAt: start.Add(time.Hour)}), nil)
	check(t, old.Store(t.Context(), "for ever", runtime.Entry[string]{Status: runtime.Hit, Value: "v"}), nil)
	check(t, old.Store(t.Context(), "short", runtime.Entry[string]{Status: runtime.Hit, Value: "v", StaleAt: start.Add(time.Minute), ExpireAt: start.Add(time.Minute)}), nil)
	old.set(t, "deleted", "v")
	if _, err := old.Delete(t.Context(), "deleted"); err != nil {
		t.Fatal(err)
	}
	path := save(t, 506, old)

	later := newTexts(t, "texts", textsPrint, start.Add(70*time.Minute), nil)
	warmUp(t, path, Loaded{Entries: 504, Expired: 2}, later)
	for i := range 500 {
		later.has(t, fmt.Sprint("key", i), fmt.Sprint("value ", i))
	}
	later.has(t, "big", big)
	later.has(t, "short", "")
	later.has(t, "deleted", "")
	e, err := later.Lookup(t.Context(), "key7")
	check(t, err, nil)
	check(t, e.Status, runtime.Stale)
	check(t, e.StaleAt.Equal(start.Add(time.Hour)), true)
	check(t, e.ExpireAt.Equal(start.Add(2*time.Hour)), true)
	e, err = later.Lookup(t.Context(), "for ever")
	check(t, err, nil)
	check(t, e.ExpireAt.IsZero(), true)
	e, err = later.Lookup(t.Context(), "empty")
	check(t, err, nil)
	check(t, e.Status, runtime.Stale)

	soon := newTexts(t, "texts", textsPrint, start, nil)
	warmUp(t, path, Loaded{Entries: 506}, soon)
	e, err = soon.Lookup(t.Context(), "absent")
	check(t, err, nil)
	check(t, e.Status, runtime.Absent)
	check(t, save(t, 506, soon) != "", true) // what was loaded can be saved again
}

// TestWarmClockSetBack gives nobody more life than there was when the file was written.
func TestWarmClockSetBack(t *testing.T) {
	old := newTexts(t, "texts", textsPrint, start, nil)
	old.set(t, "k", "v")
	path := save(t, 1, old)
	back := newTexts(t, "texts", textsPrint, start.Add(-24*time.Hour), nil)
	warmUp(t, path, Loaded{Entries: 1}, back)
	e, err := back.Lookup(t.Context(), "k")
	check(t, err, nil)
	check(t, e.ExpireAt.Equal(start.Add(-22*time.Hour)), true)
}

// TestWarmForeign leaves out what belongs to another cache, release or tier.
func TestWarmForeign(t *testing.T) {
	shared := fastcache.New(smallest)
	defer shared.Reset()
	one := newTexts(t, "one", textsPrint, start, shared)
	two := newTexts(t, "two", "\x00release2", start, shared)
	one.set(t, "k", "of one")
	two.set(t, "k", "of two")
	shared.Set([]byte("somebody's"), []byte("own"))
	path := save(t, 2, one, two)

	warmUp(t, path, Loaded{Entries: 1, Foreign: 1}, newTexts(t, "one", textsPrint, start, nil))
	warmUp(t, path, Loaded{Foreign: 2}, newTexts(t, "one", "\x00release3", start, nil))
	warmUp(t, path, Loaded{Foreign: 2}, newTexts(t, "three", textsPrint, start, nil))
	warmUp(t, path, Loaded{Foreign: 2})
	again := newTexts(t, "two", "\x00release2", start, nil)
	warmUp(t, path, Loaded{Entries: 2}, newTexts(t, "one", textsPrint, start, nil), again)
	again.has(t, "k", "of two")
	warmUp(t, save(t, 1, two), Loaded{Foreign: 1}, one) // one of those that share is left out
}

// TestWarmNewer keeps what this process has written, removed or found already.
func TestWarmNewer(t *testing.T) {
	old := newTexts(t, "texts", textsPrint, start, nil)
	for _, k := range []string{"set", "deleted", "found", "untouched"} {
		old.set(t, k, "old")
	}
	path := save(t, 4, old)
	now := newTexts(t, "texts", textsPrint, start, nil)
	now.tier.Save([]byte(textsPrint+"found"), entry([]byte("new"))) // as a refill does
	now.set(t, "set", "new")
	if _, err := now.Delete(t.Context(), "deleted"); err != nil {
		t.Fatal(err)
	}
	warmUp(t, path, Loaded{Entries: 1, Newer: 3}, now)
	now.has(t, "set", "new")
	now.has(t, "deleted", "")
	now.has(t, "found", "new")
	now.has(t, "untouched", "old")
}

// TestWarmFlips changes every bit of a file, and cuts it everywhere: what is loaded
// is what was saved, or nothing.
func TestWarmFlips(t *testing.T) {
	old := newTexts(t, "texts", textsPrint, start, nil)
	old.set(t, "a", "value of a")
	old.set(t, "b", "value of b")
	check(t, old.Store(t.Context(), "c", runtime.Entry[string]{Status: runtime.Absent}), nil)
	path := save(t, 3, old)
	good, err := os.ReadFile(path)
	check(t, err, nil)
	now := newTexts(t, "texts", textsPrint, start, nil)
	tiers, err := tiersOf(backends([]texts{now}))
	check(t, err, nil)
	try := func(what string, at int, file []byte) {
		t.Helper()
		l, err := read(t.Context(), bytes.NewReader(file), int64(len(file)), tiers)
		if err == nil && l.Corrupt == 0 {
			t.Fatalf("%s at %d: loaded %+v", what, at, l)
		}
		found := 0
		for _, k := range []string{"a", "b", "c"} {
			e, err := now.Lookup(t.Context(), k)
			if err != nil || e.Status == runtime.Hit && e.Value != "value of "+k || (e.Status == runtime.Absent) != (e.Status != runtime.Miss && k == "c") {
				t.Fatalf("%s at %d: %q is %+v, %v", what, at, k, e, err)
			}
			if now.tier.Drop([]byte(textsPrint+k), 0) {
				found++
			}
		}
		if found != l.Entries {
			t.Fatalf("%s at %d: %d entries, want %d", what, at, found, l.Entries)
		}
	}
	for i := range good {
		for bit := range 8 {
			file := bytes.Clone(good)
			file[i] ^= 1 << bit
			try("flip", 8*i+bit, file)
		}
		try("cut", i, good[:i])
	}
	try("more behind the end", len(good), append(bytes.Clone(good), 0))
	try("two files", len(good), append(bytes.Clone(good), good...))
}

// FuzzWarm reads anything for a file.
func FuzzWarm(f *testing.F) {
	old := newTexts(f, "texts", textsPrint, start, nil)
	old.set(f, "a", "value")
	path := save(f, 1, old)
	good, err := os.ReadFile(path)
	check(f, err, nil)
	f.Add(good)
	f.Add([]byte{})
	now := newTexts(f, "texts", textsPrint, start, nil)
	tiers, err := tiersOf(backends([]texts{now}))
	check(f, err, nil)
	f.Fuzz(func(t *testing.T, file []byte) {
		l, err := read(t.Context(), bytes.NewReader(file), int64(len(file)), tiers)
		if err == nil && len(file) < recordHeader || l.Entries > len(file)/recordHeader {
			t.Fatalf("%+v, %v of %d bytes", l, err, len(file))
		}
		now.tier.cache.Reset()
	})
}

// TestWarmErrors says what is wrong, and leaves a file that is there alone.
func TestWarmErrors(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "warm")
	c := newTexts(t, "texts", textsPrint, start, nil)
	c.set(t, "k", "v")
	_, err := LoadFile(t.Context(), path, c.Backend())
	check(t, errors.Is(err, fs.ErrNotExist), true)
	_, err = SaveFile(t.Context(), filepath.Join(dir, "none", "warm"), c.Backend())
	check(t, errors.Is(err, fs.ErrNotExist), true)
	_, err = SaveFile(t.Context(), path, stranger{})
	check(t, strings.Contains(err.Error(), "stranger is not the Backend() of a generated cache"), true)

	check(t, os.WriteFile(path, []byte("something else"), 0o600), nil)
	l, err := LoadFile(t.Context(), path, c.Backend())
	check(t, errors.Is(err, ErrNotComplete), true)
	check(t, l, Loaded{})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = SaveFile(ended, path, c.Backend())
	check(t, errors.Is(err, context.Canceled), true)
	_, err = LoadFile(ended, path, c.Backend())
	check(t, errors.Is(err, context.Canceled), true)
	check(t, c.Close(t.Context()), nil)
	_, err = SaveFile(t.Context(), path, c.Backend())
	check(t, errors.Is(err, runtime.ErrClosed), true)
	b, err := os.ReadFile(path)
	check(t, err, nil)
	check(t, string(b), "something else")
	files, err := os.ReadDir(dir)
	check(t, err, nil)
	check(t, len(files), 1)
}

// stranger is a backend that is no cache.
type stranger struct{ runtime.Backend }

// TestWarmProcess loads what another process has saved, whose clock began elsewhere.
func TestWarmProcess(t *testing.T) {
	const env = "FASTTIER_SAVE_TO"
	if path := os.Getenv(env); path != "" {
		c := newTexts(t, "texts", textsPrint, time.Time{}, nil)
		c.set(t, "k", "of another process")
		_, err := SaveFile(t.Context(), path, c.Backend())
		check(t, err, nil)
		return
	}
	path := filepath.Join(t.TempDir(), "warm")
	child := exec.Command(os.Args[0], "-test.run=^TestWarmProcess$")
	child.Env = append(os.Environ(), env+"="+path)
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	c := newTexts(t, "texts", textsPrint, time.Time{}, nil)
	warmUp(t, path, Loaded{Entries: 1}, c)
	c.has(t, "k", "of another process")
	e, err := c.Lookup(t.Context(), "k")
	check(t, err, nil)
	if left := time.Until(e.StaleAt); left > time.Hour || left < 30*time.Minute {
		t.Errorf("stale in %v, want just below an hour", left)
	}
}

// TestDump refuses a dump in another form.
func TestDump(t *testing.T) {
	c := fastcache.New(smallest)
	defer c.Reset()
	c.Set([]byte("key"), []byte("value"))
	dir := filepath.Join(t.TempDir(), "dump")
	check(t, c.SaveToFile(dir), nil)
	keys := 0
	check(t, eachKey(t.Context(), dir, func(k []byte) error { keys++; check(t, string(k), "key"); return nil }), nil)
	check(t, keys, 1)
	check(t, errors.Is(eachKey(t.Context(), t.TempDir(), nil), errDump), true)
	name := filepath.Join(dir, "data.0.bin")
	b, err := os.ReadFile(name)
	check(t, err, nil)
	check(t, os.WriteFile(name, b[:len(b)/2], 0o600), nil)
	check(t, eachKey(t.Context(), dir, func([]byte) error { return nil }) != nil, true)
}

// BenchmarkWarm saves and loads a hundred thousand entries.
func BenchmarkWarm(b *testing.B) {
	old := newTexts(b, "texts", textsPrint, start, nil)
	value := strings.Repeat("x", 500)
	for i := range 100_000 {
		old.set(b, fmt.Sprint(i), value)
	}
	path := filepath.Join(b.TempDir(), "warm")
	b.Run("save", func(b *testing.B) {
		for range b.N {
			if _, err := SaveFile(b.Context(), path, old.Backend()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("load", func(b *testing.B) {
		now := newTexts(b, "texts", textsPrint, start, nil)
		for range b.N {
			now.tier.cache.Reset()
			if l, err := LoadFile(b.Context(), path, now.Backend()); err != nil || l.Entries == 0 {
				b.Fatal(l, err)
			}
		}
	})
}
