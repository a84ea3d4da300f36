package runtime

import "errors"

// unshare makes *v, a copy of a value, share nothing with it that could change. It
// fails for a value that contains itself.
func (c *Core[K, V]) unshare(v *V) error {
	if c.spec.Clone == nil {
		return nil
	}
	return c.spec.Clone(v)
}

// objectOf returns a copy of a value to keep.
func (c *Core[K, V]) objectOf(v V) (*V, error) {
	if err := c.unshare(&v); err != nil {
		return nil, err
	}
	return &v, nil
}

// object returns the copy of the slot's value that tiers keep as it is: nil for
// an absence. It is made once.
func (op *Op[K, V]) object(s *slot[K, V]) (*V, error) {
	if s.status == Absent {
		return nil, nil
	}
	if s.object == nil {
		o, err := op.core.objectOf(s.value)
		if err != nil {
			return nil, err
		}
		s.object = o
	}
	return s.object, nil
}

// prepare makes what a tier stores, so that nobody who has a lock, or who has given
// the value away, has to. What is too large for the tier is its own matter.
func (op *Op[K, V]) prepare(s *slot[K, V], l *Leaf) (err error) {
	if l.Format == Objects {
		_, err = op.object(s)
	} else if _, err = op.stored(s, l); errors.Is(err, ErrTooLarge) {
		err = nil
	}
	return err
}

// memoryLeaf is a tier that is written under the lock of a stripe.
type memoryLeaf[K comparable, V any] interface {
	Tier[K, V]
	write(op *Op[K, V], s *slot[K, V]) error
	// drop removes the entry of a slot's key and reports whether it was alive.
	drop(s *slot[K, V], now int64) bool
}

// Zero forgets what *p holds: generated code cannot spell every type.
func Zero[T any](p *T) { *p = *new(T) }
