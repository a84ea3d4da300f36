package badgertier

import (
	"context"
	"errors"
	"time"

	"github.com/dgraph-io/badger/v4"

	"github.com/cachegen/cachegen/runtime"
)

// Engine stores entries in a badger database.
type Engine struct {
	db       *badger.DB
	maxValue int64
}

// New returns an engine over db. Values of more than maxValue bytes are not read;
// 0 is no limit.
func New(db *badger.DB, maxValue int64) *Engine { return &Engine{db: db, maxValue: maxValue} }

// Read implements runtime.RemoteEngine.
func (e *Engine) Read(ctx context.Context, reads []runtime.RemoteRead) error {
	return e.db.View(func(txn *badger.Txn) error {
		for i := range reads {
			if err := ctx.Err(); err != nil {
				return err
			}
			e.read(txn, &reads[i])
		}
		return nil
	})
}

func (e *Engine) read(txn *badger.Txn, r *runtime.RemoteRead) {
	item, err := txn.Get([]byte(r.Key))
	switch {
	case errors.Is(err, badger.ErrKeyNotFound):
	case err != nil:
		r.Err = err
	case e.maxValue > 0 && item.ValueSize() > e.maxValue:
		r.Err = runtime.ErrTooLarge
	default:
		r.Raw.Data, r.Err = item.ValueCopy(nil)
		r.Found = r.Err == nil
	}
}

// Write implements runtime.RemoteEngine.
func (e *Engine) Write(ctx context.Context, writes []runtime.RemoteWrite) error {
	return e.batch(ctx, func(b *badger.WriteBatch) {
		for i := range writes {
			w := &writes[i]
			entry := badger.NewEntry([]byte(w.Key), w.Raw.Data)
			entry.ExpiresAt = expiry(time.Now(), w.Life)
			w.Err = b.SetEntry(entry)
		}
	})
}

// expiry returns the second from which on badger has an entry no more: the first
// in which none of its life is left. A life of 0 is for ever, to it and to us.
func expiry(now time.Time, life time.Duration) uint64 {
	if life == 0 {
		return 0
	}
	return uint64(now.Add(life + time.Second - 1).Unix())
}

// Remove implements runtime.RemoteEngine. Nobody else in this cache writes the
// keys meanwhile, so what the first transaction sees is what the second removes.
func (e *Engine) Remove(ctx context.Context, removes []runtime.RemoteRemove) error {
	err := e.db.View(func(txn *badger.Txn) error {
		for i := range removes {
			r := &removes[i]
			switch _, err := txn.Get([]byte(r.Key)); {
			case err == nil:
				r.Removed = 1
			case !errors.Is(err, badger.ErrKeyNotFound):
				r.Err = err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return e.batch(ctx, func(b *badger.WriteBatch) {
		for i := range removes {
			r := &removes[i]
			if err := b.Delete([]byte(r.Key)); err != nil {
				r.Removed, r.Err = 0, err
			}
		}
	})
}

// batch hands fn a batch and writes it. A database that is closed while it is
// used can panic: the caller of an engine takes that for its error.
func (e *Engine) batch(ctx context.Context, fn func(*badger.WriteBatch)) error {
	if e.db.IsClosed() {
		return badger.ErrDBClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	b := e.db.NewWriteBatch()
	defer b.Cancel()
	fn(b)
	return b.Flush()
}
