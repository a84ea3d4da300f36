package runtime

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"runtime/debug"
)

// Values of types that store themselves, by methods like MarshalBinary, have their
// bytes in a section of their own behind everything else. Its length is in front
// of the encoding, in four bytes.

// errOwn is the error for methods that append to nothing, or more than 4 GiB.
var errOwn = errors.New("cachegen: a method that stores a value returned less than it was given, or too much")

// ownHeader is how many bytes say how long the section is.
const ownHeader = 4

// Own collects what values make of themselves.
type Own struct {
	Bytes []byte
	start int // of what the last value made
	err   error
}

// Add adds what a method like MarshalBinary returned.
func (o *Own) Add(data []byte, err error) { o.Set(append(o.Bytes, data...), err) }

// Set takes what a method like AppendBinary returned, which appended to Bytes.
func (o *Own) Set(all []byte, err error) {
	switch {
	case o.err != nil:
	case err != nil:
		o.err = err
	case len(all) < len(o.Bytes) || uint64(len(all)) > math.MaxUint32:
		o.err = errOwn
	default:
		o.Bytes = all
	}
}

// PutSize writes how many bytes the last value made to the front of b and returns
// what is left of b.
func (o *Own) PutSize(b []byte) []byte {
	binary.LittleEndian.PutUint32(b, uint32(len(o.Bytes)-o.start))
	o.start = len(o.Bytes)
	return b[4:]
}

// GrowOwn is like Grow, and leaves room in front for the length of the section.
func GrowOwn(dst []byte, n int) (all, added []byte) {
	all, added = Grow(dst, ownHeader+n)
	return all, added[ownHeader:]
}

// End appends the section to dst, whose last n bytes came from GrowOwn.
func (o *Own) End(dst []byte, n int) ([]byte, error) {
	if o.err != nil {
		return nil, o.err
	}
	binary.LittleEndian.PutUint32(dst[len(dst)-n-ownHeader:], uint32(len(o.Bytes)))
	dst, added := Grow(dst, len(o.Bytes))
	copy(added, o.Bytes)
	return dst, nil
}

// SplitOwn splits an encoding, and the same as a string if there is one, into what
// SplitText splits and the section of values that stored themselves. That is a
// copy, since their methods are not ours.
func SplitOwn(data []byte, text string) (rest []byte, restText string, own []byte, ok bool) {
	if len(data) < ownHeader {
		return nil, "", nil, false
	}
	n := binary.LittleEndian.Uint32(data)
	if uint64(n) > uint64(len(data)-ownHeader) {
		return nil, "", nil, false
	}
	end := len(data) - int(n)
	own = bytes.Clone(data[end:])
	if text != "" {
		text = text[ownHeader:end]
	}
	return data[ownHeader:end], text, own, true
}

// TakeOwn returns the bytes of the next value that stored itself: b has their number
// in front, and they are in front of own.
func TakeOwn(b, own []byte) (data, rest, restOwn []byte, ok bool) {
	if len(b) < 4 {
		return nil, b, own, false
	}
	n := binary.LittleEndian.Uint32(b)
	if uint64(n) > uint64(len(own)) {
		return nil, b, own, false
	}
	return own[:n:n], b[4:], own[n:], true
}

// Refuse is deferred around a method that is not ours: where that panics, *ok is
// false.
func Refuse(ok *bool) {
	if recover() != nil {
		*ok = false
	}
}

// Recover is deferred around a method that is not ours: its panic becomes an error.
func Recover(err *error) {
	if p := recover(); p != nil {
		*err = &PanicError{Value: p, Stack: debug.Stack()}
	}
}
