// Package msgpackformat encodes stored values as vmihailenco/msgpack does, for
// tiers with codec=msgpack.
package msgpackformat

import (
	"bytes"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/runtime"
)

// New returns the format for values of type V. It stores what msgpack.Marshal
// returns, and reads what msgpack.Unmarshal does, except that:
//
//   - a value nested deeper than runtime.MaxDepth, such as a cyclic one, is an
//     error and not the end of the process,
//   - counts that the bytes cannot hold and bytes behind the end are errors, before
//     the decoder believes a count and allocates for it,
//   - no goroutine is left behind: Unmarshal starts one for each type of pointer.
func New[V any]() runtime.Format[V] {
	deep := newDepth[V]()
	return runtime.Format[V]{
		Codec: runtime.CodecMsgpack,
		Append: func(dst []byte, v *V) ([]byte, error) {
			if err := deep.check(v); err != nil {
				return nil, err
			}
			return appendTo(dst, v)
		},
		Decode: func(v *V, data []byte, _ string) error {
			if err := check(data); err != nil {
				return err
			}
			return decode(data, v)
		},
	}
}

// NewSorted returns New with the maps of each value in the order of their keys, so
// that equal values have equal bytes.
func NewSorted[V any]() runtime.Format[V] {
	f := New[V]()
	unsorted := f.Append
	f.Append = func(dst []byte, v *V) ([]byte, error) {
		all, err := unsorted(dst, v)
		if err != nil {
			return nil, err
		}
		if check(all[len(dst):]) == nil { // a type's own encoder may have written anything
			sortMaps(all[len(dst):])
		}
		return all, nil
	}
	return f
}

func appendTo(dst []byte, v any) ([]byte, error) {
	enc := msgpack.GetEncoder()
	out := bytes.NewBuffer(dst)
	enc.Reset(out)
	if err := enc.Encode(v); err != nil {
		return nil, err // nobody knows what state the encoder is in: it is not used again
	}
	msgpack.PutEncoder(enc)
	return out.Bytes(), nil
}

func decode(data []byte, v any) error {
	dec := msgpack.GetDecoder()
	src := bytes.NewReader(data)
	dec.Reset(src)
	if err := dec.Decode(v); err != nil {
		return err
	}
	msgpack.PutDecoder(dec)
	if src.Len() > 0 { // a type's own decoder has left something
		return runtime.ErrCorrupt
	}
	return nil
}
