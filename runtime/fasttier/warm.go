package fasttier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/VictoriaMetrics/fastcache"

	"github.com/cachegen/cachegen/runtime"
)

// Loaded says what LoadFile did with the entries of a file.
type Loaded struct {
	Entries int // brought into memory
	Expired int // dropped, because their life is over
	Foreign int // dropped: of a cache that was not given, or of another release of its type
	Newer   int // dropped, because this process has written or read the key meanwhile
	Corrupt int // dropped, because the file has changed since it was written
}

// SaveFile writes the live entries that caches, given by their Backend(), have in
// fastcache tiers to a file, for LoadFile in the next process, and returns how many
// there are. The file is replaced at once when it is complete, or not at all.
//
// The caches may be in use meanwhile; what they write then may be in the file or not.
// It needs room on the disk for a copy of the whole fastcache beside the file, and has to come before the
// Close of a cache that has a fastcache of its own.
func SaveFile(ctx context.Context, path string, caches ...runtime.Backend) (saved int, err error) {
	tiers, err := tiersOf(caches)
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), ".warm-*")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	f, err := os.Create(filepath.Join(dir, "entries"))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if saved, err = write(ctx, f, dir, tiers); err != nil {
		return 0, fmt.Errorf("cachegen: save %s: %w", path, err)
	}
	if err := f.Sync(); err != nil {
		return 0, err
	}
	return saved, os.Rename(f.Name(), path)
}

// write writes the entries of the tiers. fastcache does not tell which keys it has: it
// is asked for a dump, and each key in it for its entry, which a tier reads and checks
// like any other.
func write(ctx context.Context, f *os.File, dir string, tiers []tier) (saved int, err error) {
	w := newRecordWriter(f)
	done := map[*fastcache.Cache]bool{}
	for _, t := range tiers {
		if t.engine.freed.Load() {
			return 0, runtime.ErrClosed
		}
		if done[t.engine.cache] {
			continue
		}
		done[t.engine.cache] = true
		dump := filepath.Join(dir, "dump")
		if err := t.engine.cache.SaveToFile(dump); err != nil {
			return 0, err
		}
		err := eachKey(ctx, dump, func(key []byte) error {
			for _, owner := range tiers {
				if owner.engine.cache != t.engine.cache || !owner.owns(key) {
					continue
				}
				if e, ok := owner.Entry(key); ok {
					saved++
					return w.entry(owner.Now(), owner.Path, key, e)
				}
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return saved, w.end(saved)
}

// LoadFile brings the entries of a file that SaveFile has written into memory, as far
// as they belong to the caches, given by their Backend(), and are still alive. Each is
// checked by itself: its checksum, that its key is one of a cache and its fingerprint that of the
// cache's type, and its life. A key that the cache has written meanwhile keeps what
// was written. So it is meant for the start, before or beside the first requests, and
// does no harm later.
//
// The error is fs.ErrNotExist where there is no file, as at the first start. A file that
// ends too soon or cannot be read on is an error too, and what was good before that has been loaded.
//
// What other processes have changed since the file was written is not known here: as
// with any entry in memory, its ttl is the bound.
func LoadFile(ctx context.Context, path string, caches ...runtime.Backend) (l Loaded, err error) {
	tiers, err := tiersOf(caches)
	if err != nil {
		return l, err
	}
	f, err := os.Open(path)
	if err != nil {
		return l, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return l, err
	}
	if l, err = read(ctx, f, info.Size(), tiers); err != nil {
		err = fmt.Errorf("cachegen: load %s: %w", path, err)
	}
	return l, err
}

// read loads the entries of a file that has size bytes.
func read(ctx context.Context, f io.Reader, size int64, tiers []tier) (l Loaded, err error) {
	r := newRecordReader(f, size)
	for ctx.Err() == nil {
		rec, err := r.next()
		switch {
		case errors.Is(err, errEnd):
			return l, nil
		case err != nil:
			return l, err
		}
		l.take(rec, tiers)
	}
	return l, ctx.Err()
}

// take puts one entry where it belongs.
func (l *Loaded) take(r record, tiers []tier) {
	if r.corrupt {
		l.Corrupt++
		return
	}
	for _, t := range tiers {
		if t.Path != r.path || !t.owns(r.key) {
			continue
		}
		// A clock that was set back since must not lengthen anybody's life.
		now := t.Now()
		if early := r.saved - now; early > 0 {
			r.entry.Stale, r.entry.Expire = sooner(r.entry.Stale, early), sooner(r.entry.Expire, early)
		}
		switch {
		case now >= r.entry.Expire:
			l.Expired++
		case t.Warm(r.key, r.entry):
			l.Entries++
		default:
			l.Newer++
		}
		return
	}
	l.Foreign++
}

func sooner(instant, by int64) int64 {
	if instant == runtime.Never {
		return instant
	}
	return instant - by
}

// tier is a fastcache tier of a cache.
type tier struct {
	runtime.MemoryTier
	engine *Tier
}

// owns reports whether a key is one of the cache's own, or one that other caches use
// in it, and not the second key of a big payload.
func (t *tier) owns(key []byte) bool {
	n := len(t.Prefix)
	return len(key) >= n && key[0]&bigKey == 0 && string(key[1:n]) == t.Prefix[1:]
}

func tiersOf(caches []runtime.Backend) (tiers []tier, err error) {
	for _, c := range caches {
		found, err := runtime.MemoryTiers(c)
		if err != nil {
			return nil, err
		}
		for _, t := range found {
			if engine, ok := t.Engine.(*Tier); ok {
				tiers = append(tiers, tier{t, engine})
			}
		}
	}
	return tiers, nil
}
