package runtime

import "errors"

// The compressions that an envelope can name.
const (
	CompressNone byte = iota // stored as it was encoded
	CompressGzip
	CompressZstd
	CompressS2
)

// maxInflated is what a value may inflate to in a tier without max-value.
const maxInflated = 64 << 20

// reasonCompression rejects what cannot be inflated.
const reasonCompression reason = "compression"

// Compressor makes encodings smaller. It is used by many goroutines at once and
// keeps neither what it is given nor what it returns.
type Compressor interface {
	// ID names the compression in an envelope.
	ID() byte
	// Compress returns src compressed, as a slice of its own.
	Compress(src []byte) ([]byte, error)
	// Decompress returns what Compress was given, as a slice of its own, and an
	// error for anything that Compress does not return. It returns ErrTooLarge,
	// before it has taken much memory, if that has more than limit bytes.
	Decompress(src []byte, limit int) ([]byte, error)
}

// names returns how an envelope names a format.
func (s *Spec[K, V]) names(format int) (codec, compression byte) {
	f := &s.Formats[format]
	if f.Compressor == nil {
		return f.Codec, CompressNone
	}
	return s.Formats[f.Base].Codec, f.Compressor.ID()
}

// inflated is how many bytes a value in the tier may have before compression.
func (l *Leaf) inflated() int {
	if l.MaxValue > 0 {
		return int(min(l.MaxValue, int64(^uint(0)>>1)))
	}
	return maxInflated
}

// stored returns the slot's value in the form in which a tier stores it, or
// ErrTooLarge if the tier could not read it back.
func (op *Op[K, V]) stored(s *slot[K, V], l *Leaf) ([]byte, error) {
	if f := &op.core.spec.Formats[l.Format]; f.Compressor != nil {
		base, err := op.payload(s, f.Base)
		if err != nil {
			return nil, err
		}
		if len(base) > l.inflated() {
			return nil, ErrTooLarge
		}
	}
	return op.payload(s, l.Format)
}

// compress returns the slot's value in a compressed format.
func (op *Op[K, V]) compress(s *slot[K, V], format int) (data []byte, err error) {
	f := &op.core.spec.Formats[format]
	base, err := op.payload(s, f.Base)
	if err != nil {
		return nil, err
	}
	began := tick()
	err = protect(func() (err error) {
		data, err = f.Compressor.Compress(base)
		return err
	})
	op.core.making[format].since(began)
	return data, err
}

// timeFormat has the making of what a tier stores timed there, unless an earlier
// tier does it for both.
func (c *Core[K, V]) timeFormat(l *tierBase) {
	t := &l.counters.times
	format := l.Format
	if format == Objects {
		return
	}
	if f := &c.spec.Formats[format]; f.Compressor != nil {
		if c.making[format] == nil {
			c.making[format] = &t.compress
		}
		format = f.Base
	}
	if c.making[format] == nil {
		c.making[format] = &t.encode
	}
}

// take reads what a tier has stored for the slot and keeps it, since a tier with
// the same format can store the same bytes. text is data as a string that never
// changes, or empty.
func (op *Op[K, V]) take(s *slot[K, V], l *tierBase, data []byte, text string) reason {
	base, format := data, l.outside()
	f := &op.core.spec.Formats[format]
	if f.Compressor != nil {
		var why reason
		began := tick()
		base, why = inflate(f.Compressor, data, l.inflated())
		l.counters.times.decompress.since(began)
		if why != reasonNone {
			return why
		}
		format, text = f.Base, ""
	}
	if why := op.decode(s, l, format, base, text); why != reasonNone {
		return why
	}
	if op.keep(s, l.outside(), data); f.Compressor != nil {
		op.keep(s, format, base)
	}
	return reasonNone
}

// decode is accept for what a tier has stored. Tiers outside of memory time it: all single
// entries, and one in sampledEntries of batches.
func (op *Op[K, V]) decode(s *slot[K, V], l *tierBase, format int, data []byte, text string) reason {
	began := untimed
	if !l.selected(op.core.instant) && op.timed(false) {
		began = tick()
	}
	why := op.accept(s, format, data, text)
	l.counters.times.decode.sampledSince(began)
	return why
}

// timed reports whether an entry is one whose encoding or decoding is to be timed: in memory,
// one in sampling; else all single ones, and of batches one in sampledEntries.
func (op *Op[K, V]) timed(memory bool) bool {
	every := uint(sampledEntries)
	switch {
	case memory:
		every = sampling
	case len(op.slots) == 1 && len(op.bulk.asked) <= 1:
		return true
	}
	op.taken++
	return op.taken%every == 1
}

// inflate undoes a compression.
func inflate(c Compressor, data []byte, limit int) (base []byte, why reason) {
	err := protect(func() (err error) {
		base, err = c.Decompress(data, limit)
		return err
	})
	switch {
	case err == nil:
		return base, reasonNone
	case errors.Is(err, ErrTooLarge):
		return nil, reasonTooLarge
	}
	return nil, reasonCompression
}
